package dev.widekey.flags.client;

/** One write or read that goes by the flags, from looking at them to its end. Used by one thread. */
final class Trip implements AutoCloseable {

    private final Trips trips;
    private final View view;
    private final long term;
    private final boolean writing;

    Trip(Trips trips, View view, long term, boolean writing) {
        this.trips = trips;
        this.view = view;
        this.term = term;
        this.writing = writing;
    }

    /** The flags it goes by, to its end. */
    View view() {
        return view;
    }

    /** Which of the leases it began in; one that ended and was renewed is another. */
    long term() {
        return term;
    }

    boolean isWriting() {
        return writing;
    }

    /**
     * Returns when it is still covered by the lease it began in.
     *
     * @throws FlagsUnknownException when that lease has ended since, whether renewed or not
     */
    void requireAllowed() {
        trips.requireAllowed(this);
    }

    @Override
    public void close() {
        trips.end(this);
    }
}
