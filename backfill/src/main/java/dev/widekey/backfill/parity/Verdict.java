package dev.widekey.backfill.parity;

import java.util.List;

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
     * @param differences the first of them
     * @param rows compared before the comparison ended
     */
    record Divergent(List<Difference> differences, long rows) implements Verdict {
        /** Keeps its own copy of the list. */
        public Divergent {
            differences = List.copyOf(differences);
        }
    }

    /** Neither table holds a row in scope: nothing was compared, so nothing is proven. */
    record Nothing() implements Verdict {}

    /** The comparison was stopped before its end. */
    record Stopped() implements Verdict {}
}
