package dev.widekey.backfill.parity;

import java.util.List;
import java.util.Locale;

/**
 * One key that differs, proven to stand still.
 *
 * @param key the primary key
 * @param kind how it differs, seen from the source
 * @param columns those that differ, in the table's order; empty when a whole row does, or when the row changed before they could be told
 */
public record Difference(long key, Kind kind, List<String> columns) {

    /** Keeps its own copy of the columns. */
    public Difference {
        columns = List.copyOf(columns);
    }

    /** A whole row that differs. */
    Difference(long key, Kind kind) {
        this(key, kind, List.of());
    }

    /** How a row differs. */
    public enum Kind {
        /** The source has the row, the target does not. */
        MISSING,
        /** The target has the row, the source does not. */
        EXTRA,
        /** Both have the row, with different content. */
        DIFFERENT,
        /** The row changed each time it was looked at, so nothing is known about it. */
        UNSETTLED
    }

    @Override
    public String toString() {
        return key + " " + kind.name().toLowerCase(Locale.ROOT)
                + (columns.isEmpty() ? "" : " in " + String.join(" and ", columns));
    }
}
