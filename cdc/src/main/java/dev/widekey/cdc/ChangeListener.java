package dev.widekey.cdc;

/**
 * Receives the stream. All calls come from one thread, in stream order.
 */
public interface ChangeListener {

    /**
     * Takes over the batch. May block: that is the back-pressure. Returning does not mean that the batch is durable; the
     * receiver stores {@link ChangeBatch#resume()} together with the rows.
     */
    void onBatch(ChangeBatch batch) throws InterruptedException;

    /** The stream cannot go on without losing changes, and has stopped for good. Called at most once, and last. */
    void onHalt(FeedHalt halt);
}
