package dev.widekey.flags.client;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Writes that begin again, by the flags as they are then, when a fence refuses them. Thread-safe. */
final class Writes {

    private static final IntervalFunction BACK_OFF =
            IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(20), 1.6, 0.5, Duration.ofSeconds(1));

    private final Trips trips;
    private final Watch watch;
    private final Duration patience;
    private final LongSupplier nanoTime;
    final LongAdder done = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder abandoned = new LongAdder();

    /** What one write does on one trip. */
    @FunctionalInterface
    interface Route<T> {
        T go(Trip trip) throws SQLException;
    }

    Writes(Trips trips, Watch watch, Duration patience, LongSupplier nanoTime) {
        this.trips = trips;
        this.watch = watch;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    <T> T run(Route<T> route) throws SQLException {
        long begun = nanoTime.getAsLong();
        Retry retry = Retry.of(
                "write",
                RetryConfig.custom()
                        .maxAttempts(Integer.MAX_VALUE)
                        .intervalFunction(
                                // The last wait ends with the patience, so that the last try is as late as it may be.
                                attempt -> Math.max(1, Math.min(BACK_OFF.apply(attempt), left(begun))))
                        .retryOnException(failure -> Refusal.isIn(failure) && left(begun) > 0)
                        .build());
        int[] attempts = {0};
        try {
            T result = call(retry, () -> {
                if (attempts[0]++ > 0) {
                    retried.increment();
                }
                return attempt(route, begun);
            });
            done.increment();
            return result;
        } catch (SQLException | RuntimeException failure) {
            if (Refusal.isIn(failure)) {
                abandoned.increment();
            }
            throw failure;
        }
    }

    private <T> T attempt(Route<T> route, long begun) throws SQLException {
        try (Trip trip = trips.begin(true)) {
            return route.go(trip);
        } catch (SQLException | RuntimeException failure) {
            if (Refusal.isIn(failure)) {
                refused.increment();
                // The trip is over by now, so a flip that this finds is not held up by it.
                watch.refresh(nanoTime.getAsLong(), Duration.ofMillis(left(begun)));
            }
            throw failure;
        }
    }

    /** Milliseconds that are left of the patience. */
    private long left(long begun) {
        return patience.toMillis() - TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - begun);
    }

    private static <T> T call(Retry retry, Callable<T> work) throws SQLException {
        try {
            return retry.executeCallable(work);
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalStateException("a write throws SQLExceptions and unchecked ones alone", failure);
        }
    }
}
