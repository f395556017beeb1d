package dev.widekey.sandbox.csmh;

/**
 * Repeatable randomness (splitmix64): the same seed gives the same numbers on every Java version. Not thread-safe.
 */
public final class Dice {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private long state;

    /** Dice that begin anywhere. */
    public Dice(long seed) {
        this.state = seed;
    }

    /** Dice for one part of a whole, independent of all other parts. */
    public static Dice of(long seed, long part) {
        return new Dice(mix(seed + mix(part + STEP)));
    }

    static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** 64 bits. */
    public long nextLong() {
        state += STEP;
        return mix(state);
    }

    /** Uniform in {@code [0, bound)}. */
    public int below(int bound) {
        return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
    }

    /** Uniform in {@code [0, 1)}. */
    public double unit() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** True with that probability. */
    public boolean chance(double probability) {
        return unit() < probability;
    }

    /** Pareto with minimum 1, rounded up and capped. */
    int pareto(double alpha, int cap) {
        return (int) Math.min(cap, StrictMath.ceil(StrictMath.pow(1 - unit(), -1 / alpha)));
    }

    /** Lognormal, rounded down and capped. */
    public int lognormal(double mu, double sigma, int cap) {
        double normal = StrictMath.sqrt(-2 * StrictMath.log(1 - unit())) * StrictMath.cos(2 * Math.PI * unit());
        return (int) Math.min(cap, StrictMath.exp(mu + sigma * normal));
    }
}
