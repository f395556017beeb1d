package dev.widekey.daemon.throttle;

import dev.widekey.backfill.Throttle;
import dev.widekey.daemon.config.Pacing;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Lets pieces of work begin within the budget and at the pace the signals allow. One for the whole daemon: the copy and the comparison wait for it, the
 * stream is only charged, so that what it uses is not there for them. Thread-safe.
 */
public final class Governor implements Throttle {
    static final long LOOK_AGAIN_NANOS = 10_000_000L;

    private final Pace pace;
    private final Gate gate;
    private final Budget budget;
    private volatile boolean resting;

    /** A governor with these settings. */
    public Governor(Settings settings, LongSupplier nanoTime) {
        this.pace = new Pace(nanoTime);
        this.gate = new Gate(pace::share, nanoTime);
        this.budget = new Budget(nanoTime);
        apply(settings);
    }

    /** Changes the settings; holds for whatever begins from now on. */
    public void apply(Settings settings) {
        pace.follow(settings.mode() == Pacing.AUTO);
        gate.workers(settings.workers());
        budget.limit(settings.rowsPerSecond(), settings.bytesPerSecond());
    }

    @Override
    public Turn await(BooleanSupplier stopping) throws InterruptedException {
        while (!stopping.getAsBoolean()) {
            Optional<Turn> turn = begin();
            if (turn.isPresent()) {
                return turn.get();
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return Turn.FREE;
    }

    /** Begins a piece of work if one may begin now. */
    Optional<Turn> begin() {
        return !resting && budget.isEven() && gate.enter() ? Optional.of(new Begun()) : Optional.empty();
    }

    /** Takes something off the budget without waiting. */
    public void charge(long rows, long bytes) {
        budget.charge(rows, bytes);
    }

    /** Why work is held back or slowed down now; empty when it is not. */
    public Optional<String> reason() {
        return pace.reason()
                .or(() -> resting ? Optional.of("measuring source latency at rest") : Optional.empty())
                .or(budget::reason);
    }

    /** The share of its full speed at which the daemon may work, 0 to 1. */
    public double share() {
        return pace.share();
    }

    /** The newest reading of a signal, divided by its limit; NaN when there is none. */
    public double ratio(Signal signal) {
        return pace.ratio(signal);
    }

    /** Whether signals are wanted. */
    boolean isFollowing() {
        return pace.isFollowing();
    }

    /** Whether no piece of work is under way. */
    boolean isQuiet() {
        return gate.isQuiet();
    }

    /** Lets nothing begin for a moment, so that the source can be seen without the daemon's load. */
    void rest(boolean now) {
        resting = now;
    }

    /** Takes in what the signals say. */
    void look(Map<Signal, Reading> readings) {
        pace.look(readings);
    }

    private final class Begun implements Turn {
        private final AtomicBoolean ended = new AtomicBoolean();

        @Override
        public void spent(long rows, long bytes) {
            charge(rows, bytes);
        }

        @Override
        public void close() {
            if (!ended.getAndSet(true)) {
                gate.leave();
            }
        }
    }
}
