package dev.widekey.backfill.parity;

/**
 * One key that differs, proven to stand still.
 *
 * @param key the primary key
 * @param kind how it differs, seen from the source
 */
public record Difference(long key, Kind kind) {

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
        return key + " " + kind.name().toLowerCase(java.util.Locale.ROOT);
    }
}
