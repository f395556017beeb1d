package dev.widekey.daemon.throttle;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long commits on the target take, measured at one the daemon makes anyway: the renewal of its lease. One that is under way counts with what it has
 * taken so far. Thread-safe.
 */
public final class CommitLatency {
    private static final long SILENCE_NANOS = Duration.ofSeconds(12).toNanos();
    private static final long NONE = -1;

    private final LongSupplier nanoTime;
    private long heardAt;
    private long pendingSince;
    private boolean pending;
    private long worst = NONE;
    private String failure = "";

    /** Nothing is measured yet. */
    public CommitLatency(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.heardAt = nanoTime.getAsLong();
    }

    /** A commit begins. */
    public synchronized void begins() {
        pending = true;
        pendingSince = nanoTime.getAsLong();
    }

    /** It is answered. */
    public synchronized void ends() {
        heardAt = nanoTime.getAsLong();
        worst = Math.max(worst, heardAt - pendingSince);
        pending = false;
        failure = "";
    }

    /** It has failed. */
    public synchronized void fails(String why) {
        pending = false;
        failure = why;
    }

    /** The longest since the last question; empty when there was none. */
    synchronized Optional<Reading> read(Duration limit) {
        long now = nanoTime.getAsLong();
        if (!failure.isEmpty()) {
            return Optional.of(new Reading.Unknown(failure));
        }
        if (!pending && now - heardAt > SILENCE_NANOS) {
            return Optional.of(new Reading.Unknown(
                    "no commit for " + Duration.ofNanos(now - heardAt).toSeconds() + " s"));
        }
        long nanos = pending ? Math.max(worst, now - pendingSince) : worst;
        worst = NONE;
        return nanos == NONE ? Optional.empty() : Optional.of(new Reading.Value(nanos / 1e6, limit.toNanos() / 1e6));
    }
}
