package dev.widekey.daemon.cutover;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long the application's writes are held up: from the moment a fence is asked for, since from then on writes wait for it, to the moment the other side
 * takes them. {@link #last} is for any thread.
 */
public final class Pause {
    private final LongSupplier nanoTime;
    private long began;

    /** Whether it began in this process. */
    private boolean known;

    private volatile Optional<Duration> last = Optional.empty();

    /** Nothing is held up yet. */
    public Pause(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    /** The next one begins now. */
    void begin() {
        began = nanoTime.getAsLong();
        known = true;
    }

    /** How long it has been. */
    Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - began);
    }

    boolean isLongerThan(Duration most) {
        return elapsed().compareTo(most) > 0;
    }

    /** How long it has been, as the end of a sentence. */
    String text() {
        return known ? "for " + elapsed().toMillis() + " ms" : "since before this process began";
    }

    /** It is over: writes are taken again. */
    void end() {
        last = known ? Optional.of(elapsed()) : Optional.empty();
        known = false;
    }

    /** The last one that has ended in this process. */
    public Optional<Duration> last() {
        return last;
    }
}
