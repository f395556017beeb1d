package dev.widekey.daemon.cutover;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** How long to leave the application alone after an attempt that held it up for nothing: longer each time. Used by one thread. */
public final class Attempts {
    private static final long LOOK_AGAIN_NANOS = 50_000_000L;

    private final LongSupplier nanoTime;
    private final IntervalFunction interval;
    private int failed;
    private long next;

    /** Whole cutovers: seconds to minutes. */
    public Attempts(LongSupplier nanoTime) {
        this(
                nanoTime,
                IntervalFunction.ofExponentialRandomBackoff(Duration.ofSeconds(2), 2, 0.3, Duration.ofMinutes(2)));
    }

    private Attempts(LongSupplier nanoTime, IntervalFunction interval) {
        this.nanoTime = nanoTime;
        this.interval = interval;
    }

    /** Single locks: a second to half a minute. */
    Attempts ofLock() {
        return new Attempts(
                nanoTime,
                IntervalFunction.ofExponentialRandomBackoff(Duration.ofSeconds(1), 2, 0.3, Duration.ofSeconds(30)));
    }

    void failed() {
        next = nanoTime.getAsLong()
                + Duration.ofMillis(interval.apply(++failed)).toNanos();
    }

    void succeeded() {
        failed = 0;
    }

    Duration left() {
        return failed == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, next - nanoTime.getAsLong()));
    }

    Optional<String> closed() {
        Duration left = left();
        return left.isZero()
                ? Optional.empty()
                : Optional.of("the last cutover was given up; the next begins in " + (left.toSeconds() + 1) + " s");
    }

    void await(BooleanSupplier giveUp) {
        while (!left().isZero() && !giveUp.getAsBoolean()) {
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
    }
}
