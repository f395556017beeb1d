package dev.widekey.daemon.audit.anomalies;

import java.util.List;
import java.util.Optional;

/**
 * What an audit found of one class. Immutable.
 *
 * @param rows counted
 * @param keys of some of them, at most {@value Anomalies#SAMPLES}, in order
 * @param gaveUp why some rows could not be looked at, so that the count is a lower bound; empty when all were
 */
public record Finding(AnomalyClass of, long rows, List<String> keys, Optional<String> gaveUp) {

    /** Keeps its own copies. */
    public Finding {
        keys = List.copyOf(keys);
    }

    /** The finding on one line. */
    @Override
    public String toString() {
        String sample =
                keys.isEmpty() ? "" : " (key " + String.join(", ", keys) + (rows > keys.size() ? ", ..." : "") + ")";
        return of.name() + ": " + gaveUp.map(why -> "at least ").orElse("") + rows + (rows == 1 ? " row" : " rows")
                + sample + ": " + of.meaning() + gaveUp.map(why -> "; " + why).orElse("");
    }
}
