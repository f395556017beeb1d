package dev.widekey.sandbox.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

/**
 * Moments at which the daemon is killed, drawn from a seed and spread over copy, catch-up and cutover. Used by one thread.
 */
public final class KillPlan {
    private static final double COPY_SHARE = 0.6;
    private static final double CATCH_UP_SHARE = 0.8;
    private static final double SECONDS_INTO_CATCH_UP = 2;
    private static final double SECONDS_INTO_CUTOVER = 5;
    private static final Set<String> CATCH_UP =
            Set.of("CATCH_UP", "VERIFY", "READY", "FLIP_WRITES", "DRAIN", "FLIP_READS", "WATCH");
    private static final Set<String> CUTOVER =
            Set.of("FLIP_WRITES", "DRAIN", "FLIP_READS", "FENCE", "UNFENCE", "FLIP", "OPEN", "WATCH");

    private final double[] moments;
    private final long chunks;
    private int done;
    private long reachedAt;

    /**
     * Draws the moments.
     *
     * @param kills how many
     * @param chunks about how many chunks there will be
     */
    public KillPlan(long seed, int kills, long chunks) {
        this.moments = new Random(seed).doubles(kills).sorted().toArray();
        this.chunks = chunks;
    }

    /** How many have come. */
    public int done() {
        return done;
    }

    /** True when all have come. */
    public boolean isOver() {
        return done == moments.length;
    }

    /** True when the next moment has come; the caller then kills, once per answer. */
    boolean isDue(DaemonState state, long nanoTime) throws SQLException {
        if (done == moments.length || !hasCome(moments[done], state, nanoTime)) {
            return false;
        }
        done++;
        reachedAt = 0;
        return true;
    }

    private boolean hasCome(double moment, DaemonState state, long nanoTime) throws SQLException {
        if (moment < COPY_SHARE) {
            return state.copiedChunks() > moment / COPY_SHARE * 0.95 * chunks;
        }
        boolean cutover = moment >= CATCH_UP_SHARE;
        if (reachedAt == 0 && isIn(state, cutover ? CUTOVER : CATCH_UP)) {
            reachedAt = nanoTime;
        }
        double seconds = cutover
                ? (moment - CATCH_UP_SHARE) / (1 - CATCH_UP_SHARE) * SECONDS_INTO_CUTOVER
                : (moment - COPY_SHARE) / (CATCH_UP_SHARE - COPY_SHARE) * SECONDS_INTO_CATCH_UP;
        return reachedAt != 0
                && nanoTime - reachedAt
                        > Duration.ofMillis((long) (seconds * 1_000)).toNanos();
    }

    private static boolean isIn(DaemonState state, Set<String> phases) throws SQLException {
        return state.phase().filter(phases::contains).isPresent();
    }

    @Override
    public String toString() {
        return done + " of " + moments.length;
    }
}
