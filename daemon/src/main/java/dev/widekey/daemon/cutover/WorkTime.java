package dev.widekey.daemon.cutover;

import dev.widekey.backfill.Throttle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A throttle that knows how long its turns took, and so how long somebody has to rest who may take a small share of the time. Waiting for a turn is no work.
 * Thread-safe; it adds up what all turns took.
 */
final class WorkTime implements Throttle {
    /** So many times as long as the work took. */
    private static final int RESTS = 19;

    private static final Duration LEAST = Duration.ofMillis(500);

    private final Throttle throttle;
    private final LongSupplier nanoTime;
    private final AtomicLong worked = new AtomicLong();

    /** A throttle in front of another one, which decides. */
    WorkTime(Throttle throttle, LongSupplier nanoTime) {
        this.throttle = throttle;
        this.nanoTime = nanoTime;
    }

    @Override
    public Turn await(BooleanSupplier stopping) throws InterruptedException {
        Turn turn = throttle.await(stopping);
        long began = nanoTime.getAsLong();
        return new Turn() {
            @Override
            public void spent(long rows, long bytes) {
                turn.spent(rows, bytes);
            }

            @Override
            public void close() {
                worked.addAndGet(nanoTime.getAsLong() - began);
                turn.close();
            }
        };
    }

    /** How long to rest for the turns that were closed since the last rest. */
    Duration rest() {
        Duration rest = Duration.ofNanos(worked.getAndSet(0)).multipliedBy(RESTS);
        return rest.compareTo(LEAST) < 0 ? LEAST : rest;
    }
}
