package dev.widekey.cdc;

/**
 * The ordered stream of changes of one table.
 *
 * <p>Call order: construct, {@link #start} once, {@link #close} once. The feed repairs by itself whatever can be repaired
 * without losing a change (connections, stalls, server restarts), resuming from the last batch handed over, and reports the rest
 * through {@link ChangeListener#onHalt}. {@link #status} may be called from any thread at any time.
 */
public interface ChangeFeed extends AutoCloseable {

    /** Begins to deliver everything behind {@code from}; returns at once. */
    void start(Position from, ChangeListener listener);

    /** The health now; never blocks. */
    FeedStatus status();

    /** Stops delivering and waits, within a bound, until the listener is not called any more. Does not call onHalt. */
    @Override
    void close();
}
