package dev.widekey.daemon.throttle;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How long a read of the source takes, lately and while the daemon rests.
 *
 * <p>Nine of ten reads of the last seconds are compared with nine of ten reads made while no chunk was under way, so that the daemon never takes its own
 * load for the source's usual state. A daemon that is slowed down rests now and then, and learns anew what is usual; reads that get
 * faster under load are learnt too. Not thread-safe.
 */
final class Baseline {
    /** Reads that are enough to know anything. */
    static final int FEWEST = 10;

    private static final int LATELY = 30;
    private static final int USUAL = 300;
    private static final double QUANTILE = 0.9;

    private final Ring lately = new Ring(LATELY);
    private final Ring usual = new Ring(USUAL);

    /**
     * Takes in one read.
     *
     * @param millis it took
     * @param quiet whether nothing of the daemon was at work meanwhile
     */
    void add(double millis, boolean quiet) {
        lately.add(millis);
        // Faster under load than at rest: the rest was of another time.
        if (quiet || (usual.size() >= FEWEST && lately.quantile() < usual.quantile())) {
            usual.add(millis);
        }
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
