package dev.widekey.sandbox.bench;

import java.util.ArrayList;
import java.util.List;

/** CPU per row once the JVM has compiled what it runs: the second half of the rows alone. Used by one thread. */
final class WarmUp {
    private record Seen(long rows, double cpu) {}

    private final List<Seen> all = new ArrayList<>();

    /** Notes how many rows are done and what they have cost. */
    void look(long rows, double cpuSeconds) {
        all.add(new Seen(rows, cpuSeconds));
    }

    /** CPU seconds per million rows of the second half; 0 when nobody looked in the middle. */
    double cpuPerMillionRows() {
        Seen last = all.get(all.size() - 1);
        return all.stream()
                .filter(seen -> seen.rows() >= last.rows() / 2 && seen.rows() < last.rows())
                .findFirst()
                .map(half -> (last.cpu() - half.cpu()) / (last.rows() - half.rows()) * 1e6)
                .orElse(0.0);
    }
}
