package dev.widekey.daemon.migration;

import dev.widekey.backfill.Throttle;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.daemon.merge.Alarm;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Holds the copy back while the operator pauses it or while the stream is behind, or may be: a lag that cannot be read throttles. Thread-safe.
 */
public final class CopyThrottle implements Throttle {
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(100).toNanos();

    private final Supplier<Optional<FeedStatus>> stream;
    private final BooleanSupplier paused;
    private final Duration maxLag;
    private final Alarm alarm;

    /** Wires the throttle; an alarm ends every wait by its exception. */
    public CopyThrottle(Supplier<Optional<FeedStatus>> stream, BooleanSupplier paused, Duration maxLag, Alarm alarm) {
        this.stream = stream;
        this.paused = paused;
        this.maxLag = maxLag;
        this.alarm = alarm;
    }

    @Override
    public void await(BooleanSupplier stopping) throws InterruptedException {
        while (!stopping.getAsBoolean() && reason().isPresent()) {
            alarm.check();
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Why the copy is held back now; empty when it is not. */
    public Optional<String> reason() {
        if (paused.getAsBoolean()) {
            return Optional.of("paused");
        }
        return lagReason();
    }

    /** Why the stream is not close enough to the source; empty when it is. */
    public Optional<String> lagReason() {
        Optional<FeedStatus> status = stream.get();
        if (status.isEmpty()) {
            return Optional.of("stream not started");
        }
        if (status.get().lag().isEmpty()) {
            return Optional.of("stream lag unknown");
        }
        Duration lag = status.get().lag().get();
        return lag.compareTo(maxLag) > 0
                ? Optional.of("stream lag " + lag.toMillis() / 1000.0 + " s over " + maxLag.toMillis() / 1000.0 + " s")
                : Optional.empty();
    }
}
