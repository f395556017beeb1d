package dev.widekey.cdc;

/**
 * The ordered stream of changes of one table.
 *
 * <p>Call order: construct, {@link #start} once, {@link #close} once. The feed repairs by itself whatever can be repaired
 * without losing a change (connections, stalls, server restarts), resuming from the last batch handed over, and reports the rest
 * through {@link ChangeListener#onHalt}. {@link #status} may be called from any thread at any time.
 */
public interface ChangeFeed extends AutoCloseable {

    /**
     * Begins to deliver everything behind {@code from}; returns at once.
     *
     * @param delivered every transaction of which an earlier feed may have delivered a part; a server that lacks one of them is not
     *     followed
     */
    void start(Position from, Gtids delivered, ChangeListener listener);

    /** Begins to deliver everything behind {@code from}, of which nothing was ever delivered; returns at once. */
    default void start(Position from, ChangeListener listener) {
        start(from, from.gtids(), listener);
    }

    /** The health now; never blocks. */
    FeedStatus status();

    /** Stops delivering and waits, within a bound, until the listener is not called any more. Does not call onHalt. */
    @Override
    void close();
}
