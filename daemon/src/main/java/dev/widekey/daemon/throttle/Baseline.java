package dev.widekey.daemon.throttle;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How long a read of the source takes, lately and while the daemon rests.
 *
 * <p>Nineteen of twenty reads of the last seconds are compared with nineteen of twenty made while no turn was under way, so that the daemon never takes its
 * own load for the source's usual state. When it has not rested for a minute (in its first minute sooner) it asks for a short rest, and learns anew what is usual; reads that get
 * faster under load are learnt too. Counts reads and no time. Not thread-safe.
 */
final class Baseline {
    /** The first reads of a process are slow for reasons of its own. */
    static final int WARMING_UP = 20;

    /** Reads that are enough to know anything, and as many as a rest is for. */
    static final int FEWEST = 20;

    /** So many reads without a rest, and the first one is wanted: what a process sees while it starts is soon to be forgotten. */
    static final int FIRST_REST = 100;

    /** The same for every later one, reached by doubling. */
    static final int WITHOUT_REST = 1200;

    /** So many reads, and a rest is over that never became quiet: a turn takes long. */
    private static final int LONGEST_REST = 60;

    private static final int LATELY = 60;
    private static final int USUAL = 40;
    private static final double QUANTILE = 0.95;

    /** Less than this part of what is usual is faster, and no luck: the same reads differ by some tenths from one handful to the next. */
    private static final double FASTER = 0.6;

    private final Ring lately = new Ring(LATELY);
    private final Ring usual = new Ring(USUAL);
    private int warmingUp = WARMING_UP;
    private int interval = FIRST_REST;
    private int sinceRest;
    private int rested;

    /**
     * Takes in one read.
     *
     * @param millis it took
     * @param quiet whether nothing of the daemon was at work meanwhile
     */
    void add(double millis, boolean quiet) {
        if (warmingUp > 0) {
            warmingUp--;
            return;
        }
        lately.add(millis);
        // Faster under load than at rest: the rest was of another time.
        if (quiet || (usual.size() >= FEWEST && lately.quantile() < FASTER * usual.quantile())) {
            usual.add(millis);
        }
        sinceRest++;
        rested += quiet ? 1 : 0;
        if (rested >= FEWEST || sinceRest >= interval + LONGEST_REST) {
            interval = sinceRest > interval ? Math.min(WITHOUT_REST, 2 * interval) : interval;
            sinceRest = 0;
            rested = 0;
        }
    }

    /** Whether it is time for a rest. */
    boolean wantsRest() {
        return sinceRest >= interval;
    }

    /** What reads take lately; empty while too little is known. */
    OptionalDouble lately() {
        return usual.size() < FEWEST || lately.size() < FEWEST
                ? OptionalDouble.empty()
                : OptionalDouble.of(lately.quantile());
    }

    /** What reads take while the daemon rests. */
    double usual() {
        return usual.quantile();
    }

    /** The newest values, so many. */
    private static final class Ring {
        private final double[] values;
        private int size;
        private int next;

        Ring(int most) {
            values = new double[most];
        }

        void add(double value) {
            values[next] = value;
            next = (next + 1) % values.length;
            size = Math.min(values.length, size + 1);
        }

        int size() {
            return size;
        }

        double quantile() {
            double[] sorted = Arrays.copyOf(values, size);
            Arrays.sort(sorted);
            return sorted[(int) Math.ceil(size * QUANTILE) - 1];
        }
    }
}
