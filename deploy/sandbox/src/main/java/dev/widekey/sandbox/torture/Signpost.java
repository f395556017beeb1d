package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where the writers are told to write, and how far the copy is: both read from the target every few milliseconds, as any application could. One
 * thread runs it; any thread reads it.
 */
final class Signpost implements Runnable {
    /** Older than this and a pair of flags is no longer believed: nobody may write. */
    static final Duration FRESH = Duration.ofMillis(500);

    private final World world;
    private final CountDownLatch stop;
    private final long lookMillis;
    private volatile Flags flags = Flags.DEFAULT;
    private volatile long believedAt = System.nanoTime() - FRESH.toNanos();
    private volatile long sourceUntil = System.nanoTime();
    private volatile long frontier;

    Signpost(World world, CountDownLatch stop, long lookMillis) {
        this.world = world;
        this.lookMillis = lookMillis;
        this.stop = stop;
    }

    @Override
    public void run() {
        try {
            while (stop.getCount() > 0) {
                try (Connection target = world.targetConnection()) {
                    while (!stop.await(lookMillis, TimeUnit.MILLISECONDS)) {
                        long asked = System.nanoTime();
                        Flags read = Flags.read(target, world.stateSchema(), world.migration());
                        if (!read.extended()) {
                            sourceUntil = asked;
                        }
                        flags = read;
                        believedAt = asked;
                        frontier = copied(target);
                    }
                } catch (SQLException away) {
                    // The flags grow old meanwhile, which stops the writers.
                    boolean ignored = stop.await(lookMillis, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The pair read last. */
    Flags flags() {
        return flags;
    }

    /** Whether the pair was read just now. */
    boolean isFresh() {
        return System.nanoTime() - believedAt < FRESH.toNanos();
    }

    /** The last moment ({@link System#nanoTime}) at which the writes were known to belong to the source. */
    long sourceUntil() {
        return sourceUntil;
    }

    /** The highest key that is planned for copying; 0 before the copy, {@link Long#MAX_VALUE} once all is planned. */
    long frontier() {
        return frontier;
    }

    private long copied(Connection target) {
        try (Statement query = target.createStatement();
                ResultSet row = query.executeQuery("SELECT COALESCE(MAX(up_to), 0), COUNT(*) > COUNT(up_to) FROM "
                        + world.stateSchema() + ".chunk")) {
            row.next();
            return row.getBoolean(2) ? Long.MAX_VALUE : row.getLong(1);
        } catch (SQLException none) {
            // Not made yet, or the connection is gone, which the flags notice.
            return 0;
        }
    }
}
