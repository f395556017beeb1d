package dev.widekey.daemon.throttle;

import dev.widekey.backfill.Throttle;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.daemon.merge.Alarm;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Holds the copy back while the operator pauses it, while the stream may lose its binlog, or while the stream is behind, or may be: a lag that cannot be read
 * throttles. What begins then begins as the {@link Governor} allows. Thread-safe.
 */
public final class CopyThrottle implements Throttle {
    private final Supplier<Optional<FeedStatus>> stream;
    private final BooleanSupplier paused;
    private final Supplier<Optional<String>> priority;
    private final Duration maxLag;
    private final Governor governor;
    private final Alarm alarm;

    /**
     * Wires the throttle; an alarm ends every wait by its exception.
     *
     * @param priority why the stream should have the servers for itself; empty when it need not
     */
    public CopyThrottle(
            Supplier<Optional<FeedStatus>> stream,
            BooleanSupplier paused,
            Supplier<Optional<String>> priority,
            Duration maxLag,
            Governor governor,
            Alarm alarm) {
        this.stream = stream;
        this.paused = paused;
        this.priority = priority;
        this.maxLag = maxLag;
        this.governor = governor;
        this.alarm = alarm;
    }

    @Override
    public Turn await(BooleanSupplier stopping) throws InterruptedException {
        while (!stopping.getAsBoolean()) {
            alarm.check();
            Optional<Turn> turn = hold().isPresent() ? Optional.empty() : governor.begin();
            if (turn.isPresent()) {
                return turn.get();
            }
            LockSupport.parkNanos(this, Governor.LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return Turn.FREE;
    }

    /** Why the copy is held back or slowed down now; empty when it is not. */
    public Optional<String> reason() {
        return hold().or(governor::reason);
    }

    /** Why nothing may begin now, neither a chunk nor the cutover; empty when it may. */
    public Optional<String> hold() {
        return paused.getAsBoolean() ? Optional.of("paused") : priority.get().or(this::lagReason);
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
