package dev.widekey.backfill;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * One chunk's stay in the merge. The order of calls is the protocol: opened, {@link #awaitVisible}, one read whose rows go to {@link
 * #insert}, {@link #commit}, {@link #close}. A window that failed anywhere is closed and never used again: its rows are dropped and the chunk
 * starts over with a new window, a new wait and a new read.
 *
 * <p>Used by one thread.
 */
public interface Window extends AutoCloseable {

    /** Returns once every change the stream had delivered when the window was opened is readable on {@code source}. */
    void awaitVisible(Connection source) throws SQLException, InterruptedException;

    /**
     * Writes rows in the chunk's transaction, leaving rows whose key exists alone.
     *
     * @throws RowRejectedException when the target refuses a row's content
     */
    void insert(RowBatch batch) throws SQLException;

    /**
     * Takes out again the rows deleted meanwhile, records the chunk as copied and commits. When it returns, all of that is durable; when it
     * throws, none of it is.
     */
    void commit() throws SQLException, InterruptedException;

    /** Rolls back what is not committed and forgets the range. Never throws. */
    @Override
    void close();
}
