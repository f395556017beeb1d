package dev.widekey.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of the project, found from the module's own folder. */
final class Repository {
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    private Repository() {}

    /** The folder of the parent. */
    static Path root() {
        return Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    }

    /** Every Java file of every module that is no test. */
    static List<Path> mainSources() throws IOException {
        return sources("src/main/java");
    }

    /** Every Java file of every module's tests. */
    static List<Path> testSources() throws IOException {
        return sources("src/test/java").stream()
                .filter(file -> !file.endsWith("package-info.java"))
                .toList();
    }

    private static List<Path> sources(String folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        Matcher module = MODULE.matcher(Files.readString(root().resolve("pom.xml")));
        while (module.find()) {
            try (Stream<Path> files = Files.walk(root().resolve(module.group(1)).resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    /** Every Markdown file that belongs to the project. */
    static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(root())) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> Stream.of("target", ".git", "node_modules")
                            .noneMatch(folder ->
                                    root().relativize(file).toString().matches("(.*/)?\\Q" + folder + "\\E/.*")))
                    .sorted()
                    .toList();
        }
    }

    /** One file's text. */
    static String text(String file) throws IOException {
        return Files.readString(root().resolve(file));
    }
}
