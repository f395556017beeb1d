package dev.widekey.flags.client;

import dev.widekey.flags.ack.Versions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The flags in force in this process, how long it may act on them, and what goes on under which. Thread-safe; knows no store.
 */
final class Trips {

    private final Duration lease;
    private final LongSupplier nanoTime;
    private final Set<Trip> going = new HashSet<>();
    private @Nullable View view;
    private long until;
    private long term;
    private boolean closed;

    Trips(Duration lease, LongSupplier nanoTime) {
        this.lease = lease;
        this.nanoTime = nanoTime;
    }

    /**
     * Begins a trip.
     *
     * @throws FlagsUnknownException when the flags were never read or the lease has ended
     */
    synchronized Trip begin(boolean writing) {
        if (closed) {
            throw new IllegalStateException("the router is closed");
        }
        View now = view;
        if (now == null) {
            throw new FlagsUnknownException(
                    "the flags have not been read yet, so this process may neither write nor read;"
                            + " see that the server with the state schema answers");
        }
        requireLease();
        Trip trip = new Trip(this, now, term, writing);
        going.add(trip);
        return trip;
    }

    synchronized void end(Trip trip) {
        going.remove(trip);
        notifyAll();
    }

    synchronized void requireAllowed(Trip trip) {
        requireLease();
        if (trip.term() != term) {
            throw new FlagsUnknownException("the lease ended while this went on, and the flags were read again since;"
                    + " nothing was written, it may be begun again");
        }
    }

    /**
     * Takes over what a read found.
     *
     * @throws IllegalStateException when it is older than what is known
     */
    synchronized void adopt(View found) {
        View known = view;
        if (found.equals(known)) {
            return;
        }
        if (known != null && !found.versions().cover(known.versions())) {
            throw new IllegalStateException(
                    "the flags are older than before: found " + found.versions() + ", known " + known.versions());
        }
        view = found;
    }

    /**
     * Takes over what a read found and begins a new lease.
     *
     * @param sent when the heartbeat that was answered before the read was about to be sent
     */
    synchronized void renew(View found, long sent) {
        adopt(found);
        // Whoever looked in between found this instance expired, so what began before the gap must not be finished.
        if (isOver()) {
            term++;
        }
        until = sent + lease.toNanos();
    }

    /** What this process acts on: the flags in force, unless something goes on that began under older ones. */
    synchronized Versions acts() {
        View now = view;
        if (now == null) {
            return Versions.UNREAD;
        }
        long write = now.versions().write();
        long read = now.versions().read();
        for (Trip trip : going) {
            Versions its = trip.view().versions();
            read = Math.min(read, its.read());
            if (trip.isWriting()) {
                write = Math.min(write, its.write());
            }
        }
        return new Versions(write, read);
    }

    /** Whether this is what the process goes by now. */
    synchronized boolean isInForce(View then) {
        return then.equals(view);
    }

    /** Lets nothing begin any more and waits until nothing goes on; false when that takes too long. */
    synchronized boolean close(Duration patience) throws InterruptedException {
        closed = true;
        long begun = System.nanoTime();
        for (long left = patience.toNanos(); !going.isEmpty() && left > 0; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = patience.toNanos() - (System.nanoTime() - begun);
        }
        return going.isEmpty();
    }

    private void requireLease() {
        if (isOver()) {
            throw new FlagsUnknownException("the flags were last confirmed more than " + lease.toMillis()
                    + " ms ago, so this process may neither write nor read until it has read them again;"
                    + " see that the server with the state schema answers");
        }
    }

    private boolean isOver() {
        return nanoTime.getAsLong() - until >= 0;
    }
}
