package dev.widekey.daemon.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One rule of the code taken away: a text that stands in a source file exactly once, and what stands there instead.
 *
 * @param name what is wrong with the code then
 * @param file below the repository's root
 */
record Mutation(String name, String file, List<Edit> edits) {

    /** One replacement. */
    record Edit(String from, String to) {}

    static Mutation of(String name, String file, String from, String to) {
        return new Mutation(name, file, List.of(new Edit(from, to)));
    }

    Mutation and(String from, String to) {
        List<Edit> more = new ArrayList<>(edits);
        more.add(new Edit(from, to));
        return new Mutation(name, file, more);
    }

    /** The file's text with the mutation in it. */
    String mutated() throws IOException {
        Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
        String text = Files.readString(root.resolve(file));
        for (Edit edit : edits) {
            int at = text.indexOf(edit.from());
            if (at < 0 || text.indexOf(edit.from(), at + 1) >= 0) {
                throw new AssertionError("\"" + name + "\" does not fit " + file
                        + " any more: this has to stand there exactly once: " + edit.from());
            }
            text = text.substring(0, at)
                    + edit.to()
                    + text.substring(at + edit.from().length());
        }
        return text;
    }

    /** The name of the class in the file. */
    String className() {
        return file.substring(file.indexOf("/java/") + "/java/".length(), file.length() - ".java".length())
                .replace('/', '.');
    }

    @Override
    public String toString() {
        return name;
    }
}
