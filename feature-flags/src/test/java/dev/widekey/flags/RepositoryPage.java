package dev.widekey.flags;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A file of the repository, for tests that hold what it says against the code. */
public final class RepositoryPage {

    private RepositoryPage() {}

    /** Where a file of the repository is. */
    public static Path path(String name) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path found = folder.resolve(name);
            if (Files.exists(folder.resolve("deploy/examples")) && Files.exists(found)) {
                return found;
            }
        }
        throw new AssertionError(name + " is not in the repository");
    }

    /** The code blocks of one language in a page, in their order. */
    public static List<String> blocks(String name, String language) throws IOException {
        return Pattern.compile("^```" + language + "\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(path(name)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
