package dev.widekey.sandbox.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be measured. Immutable.
 *
 * @param repository the checkout the daemon is run from
 * @param folder where files go, for this run alone
 * @param rows rows of the history
 * @param repeats how often each contender runs
 * @param contenders who takes part in the copy
 * @param growth sizes in millions of rows, ascending
 */
record Order(Path repository, Path folder, int rows, int repeats, List<Contender> contenders, List<Double> growth) {
    /** Keeps unmodifiable copies. */
    Order {
        contenders = List.copyOf(contenders);
        growth = List.copyOf(growth);
        if (rows < 100) {
            throw new IllegalArgumentException("--rows must be at least 100, not " + rows);
        }
        if (repeats < 1) {
            throw new IllegalArgumentException("--repeats must be at least 1, not " + repeats);
        }
        if (growth.size() < 2
                || growth.get(0) <= 0
                || !growth.equals(growth.stream().distinct().sorted().toList())) {
            throw new IllegalArgumentException("--growth takes two sizes or more, ascending, not " + growth);
        }
    }
}
