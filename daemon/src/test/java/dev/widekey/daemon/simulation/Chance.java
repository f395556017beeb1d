package dev.widekey.daemon.simulation;

import java.util.List;

/** The only source of chance in a run: SplitMix64, so that a seed means the same on every machine. */
final class Chance {
    private long state;

    Chance(long seed) {
        state = seed;
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** From 0 up to but without {@code bound}. */
    int below(int bound) {
        return (int) ((next() >>> 33) % bound);
    }

    /** Both ends included. */
    int between(int low, int high) {
        return low + below(high - low + 1);
    }

    boolean percent(int percent) {
        return below(100) < percent;
    }

    <T> T of(List<T> some) {
        return some.get(below(some.size()));
    }
}
