package dev.widekey.daemon.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.yaml.snakeyaml.error.Mark;

/** Collects what is wrong with one file. Confined to the thread that loads. */
final class Problems {

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(Mark mark, String key, String what, String got, String allowed) {
        found.add(new Problem(file, mark.getLine() + 1, mark.getColumn() + 1, key, what, got, allowed));
    }

    /** A problem of the file as a whole. */
    void add(String what, String got, String allowed) {
        found.add(new Problem(file, 1, 1, "", what, got, allowed));
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
            throw new ConfigException(found);
        }
    }
}
