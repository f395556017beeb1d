package dev.widekey.daemon.simulation;

import java.util.function.LongFunction;

/** Runs seeds, one after the other. Used by one thread; several simulations run side by side. */
public final class Simulation implements AutoCloseable, LongFunction<String> {
    private final ActorThreads threads = new ActorThreads();
    private final Tally tally = new Tally();
    private long steps;

    /** How one run ended. */
    record Outcome(long seed, String violation, long hash, World world) {

        boolean isClean() {
            return violation.isEmpty();
        }

        /** What happened, the last steps, and how to see it again. */
        String report() {
            return "seed " + seed + ": " + violation + "\n" + String.join("\n", world.trace.last(150)) + "\nseed "
                    + seed + ": " + violation + "\nreplay: deploy/simulate --replay " + seed;
        }
    }

    Outcome run(long seed, boolean aloud) {
        World world = new World(seed, threads, aloud);
        String violation = world.run();
        tally.add(world.tally);
        steps += world.schedule.steps();
        return new Outcome(seed, violation, world.trace.hash(), world);
    }

    /** Runs a seed and says in one line what went wrong; empty when nothing did. */
    @Override
    public String apply(long seed) {
        return run(seed, false).violation();
    }

    Tally tally() {
        return tally;
    }

    long steps() {
        return steps;
    }

    @Override
    public void close() {
        threads.close();
    }
}
