package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.RowBatch;
import java.sql.SQLException;
import java.util.Set;

/** Writes chunks to the target. A port, so that the windows can be tried against a target that is not MySQL. Thread-safe. */
public interface ChunkWriter {

    /** How a read waits for what was delivered. */
    Visibility visibility();

    /** Begins a chunk's transaction, under the owner's epoch. */
    Transaction begin(Chunk chunk) throws SQLException;

    /** A chunk's transaction. Used by one thread. */
    interface Transaction extends AutoCloseable {

        /** Inserts rows whose key is absent. */
        void insert(RowBatch batch) throws SQLException;

        /**
         * Deletes the tombstoned keys, records the chunk, commits, and returns when that is known to have happened. When it throws, it is known not
         * to have happened.
         */
        void commit(Set<Long> tombstones) throws SQLException, InterruptedException;

        /** Rolls back what is not committed. */
        @Override
        void close();
    }
}
