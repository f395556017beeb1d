package dev.widekey.backfill.parity;

/** What a comparison found. */
public sealed interface Verdict {

    /**
     * Every row was compared and is equal.
     *
     * @param rows compared, never zero
     * @param ranges of keys, together every key in scope
     */
    record Equal(long rows, long ranges) implements Verdict {}

    /**
     * At least one row differs.
     *
     * @param differences found before the comparison ended
     * @param rows compared before it ended
     */
    record Divergent(long differences, long rows) implements Verdict {}

    /** Neither table holds a row in scope: nothing was compared, so nothing is proven. */
    record Nothing() implements Verdict {}

    /** The comparison was stopped before its end. */
    record Stopped() implements Verdict {}
}
