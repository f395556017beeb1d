package dev.widekey.daemon.throttle;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Lets so much work happen at once as the share allows: fewer workers first, and below one worker, one that rests between two pieces of work.
 *
 * <p>Whatever is at work beyond the share runs up a debt of worker-time, which is worked off before anybody begins again. So any share is met
 * over time, however long a piece of work takes. Thread-safe.
 */
final class Gate {
    /** The most that has to be worked off, in seconds of one worker: a piece of work that took long must not block the next one for ever. */
    private static final double MOST_DEBT = 30;

    private final DoubleSupplier share;
    private final LongSupplier nanoTime;
    private int workers;
    private int active;
    private double debt;
    private long updatedAt;

    /** A closed gate, for no worker. */
    Gate(DoubleSupplier share, LongSupplier nanoTime) {
        this.share = share;
        this.nanoTime = nanoTime;
        this.updatedAt = nanoTime.getAsLong();
    }

    /** Sets how many may work at full speed. */
    synchronized void workers(int most) {
        update();
        workers = most;
    }

    /** Takes a place if there is one; {@link #leave} gives it back. */
    synchronized boolean enter() {
        update();
        double capacity = capacity();
        if (capacity <= 0 || debt > 0 || active >= Math.ceil(capacity)) {
            return false;
        }
        active++;
        return true;
    }

    synchronized void leave() {
        update();
        active--;
    }

    /** Whether nobody is at work. */
    synchronized boolean isQuiet() {
        return active == 0;
    }

    private double capacity() {
        return share.getAsDouble() * workers;
    }

    private void update() {
        long now = nanoTime.getAsLong();
        double seconds = (now - updatedAt) / 1e9;
        updatedAt = now;
        debt = Math.min(MOST_DEBT, Math.max(0, debt + seconds * (active - capacity())));
    }
}
