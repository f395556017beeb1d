package dev.widekey.sandbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The document with the results. Each suite owns the lines between two markers of its own; everything else is written by hand and stays. Used by one thread.
 *
 * @param file the document
 */
record Page(Path file) {

    /**
     * Replaces what stands between a suite's markers.
     *
     * @throws IllegalStateException when the markers are not there, once each and in order
     */
    void replace(String suite, List<String> lines) throws IOException {
        List<String> old = Files.readAllLines(file);
        int begin = only(old, begin(suite));
        int end = only(old, end(suite));
        if (begin < 0 || end < begin) {
            throw new IllegalStateException(file + " needs the lines " + begin(suite) + " and " + end(suite));
        }
        List<String> changed = new ArrayList<>(old.subList(0, begin + 1));
        changed.addAll(lines);
        changed.addAll(old.subList(end, old.size()));
        Files.write(file, changed);
    }

    static String begin(String suite) {
        return "<!-- deploy/bench writes here: " + suite + " -->";
    }

    static String end(String suite) {
        return "<!-- end of " + suite + " -->";
    }

    private static int only(List<String> lines, String marker) {
        int first = lines.indexOf(marker);
        return first == lines.lastIndexOf(marker) ? first : -1;
    }
}
