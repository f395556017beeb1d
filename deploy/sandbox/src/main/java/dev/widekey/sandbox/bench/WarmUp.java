package dev.widekey.sandbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a row takes once the JVM has compiled what it runs: from half of the rows to nine tenths. A row counts when it is committed, so at both ends
 * about as much is under way. Used by one thread.
 */
final class WarmUp {
    private static final double FROM = 0.5;
    private static final double TO = 0.9;

    private record Seen(long rows, double cpu, double seconds) {}

    private final List<Seen> all = new ArrayList<>();

    /**
     * Notes how many rows are done and what they have cost.
     *
     * @param cpuSeconds of the daemon, up to now
     * @param seconds of a clock that runs evenly
     */
    void look(long rows, double cpuSeconds, double seconds) {
        all.add(new Seen(rows, cpuSeconds, seconds));
    }

    /** CPU seconds per million rows; 0 when nobody looked in between. */
    double cpuPerMillionRows() {
        return perMillion(Seen::cpu);
    }

    /** Seconds per million rows; 0 when nobody looked in between. */
    double secondsPerMillionRows() {
        return perMillion(Seen::seconds);
    }

    private double perMillion(ToDoubleFunction<Seen> cost) {
        long rows = all.get(all.size() - 1).rows();
        Optional<Seen> from =
                all.stream().filter(seen -> seen.rows() >= rows * FROM).findFirst();
        Optional<Seen> to =
                all.stream().filter(seen -> seen.rows() >= rows * TO).findFirst();
        if (from.isEmpty() || to.isEmpty() || from.get().rows() == to.get().rows()) {
            return 0;
        }
        return (cost.applyAsDouble(to.get()) - cost.applyAsDouble(from.get()))
                / (to.get().rows() - from.get().rows())
                * 1e6;
    }
}
