package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.RowBatch;
import dev.widekey.backfill.Window;
import dev.widekey.cdc.Change;
import dev.widekey.cdc.Gtids;
import dev.widekey.daemon.state.CrashPoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One chunk in flight: its range, its tombstones, and its transaction on the target.
 *
 * <p>The lock is wanted by two threads only: the dispatcher while it marks, and the chunk's worker from the deletion of tombstoned keys until its
 * commit is known. Race it closes: a delete delivered between the deletion of tombstones and the commit would find the row neither in the
 * target (not committed yet) nor in the tombstones (read already). The worker may wait inside the database while it holds the lock; the
 * dispatcher holds no connection, and the applier never wants the lock, so no circle can form that neither side sees.
 */
final class ChunkWindow implements Window {
    private final Chunk chunk;
    private final ChunkWriter writer;
    private final Consumer<ChunkWindow> forget;

    private final Lock lock;
    private final int mostTombstones;
    private final Set<Long> tombstones = new HashSet<>();
    private boolean overflown;

    private Gtids delivered = Gtids.empty();
    private ChunkWriter.@Nullable Transaction transaction;

    /**
     * A window that nobody marks yet.
     *
     * @param lock a lock of its own
     * @param mostTombstones more than these and the chunk starts over
     */
    ChunkWindow(Chunk chunk, ChunkWriter writer, Consumer<ChunkWindow> forget, Lock lock, int mostTombstones) {
        this.chunk = chunk;
        this.writer = writer;
        this.forget = forget;
        this.lock = lock;
        this.mostTombstones = mostTombstones;
    }

    /** What had been delivered after the window was registered; called once, before the window is used. */
    void readsFrom(Gtids delivered) {
        this.delivered = delivered;
    }

    /** Marks the changes that fall into the range, in stream order. Called by the dispatcher. */
    void mark(List<Change> changes) {
        lock.lock();
        try {
            for (Change change : changes) {
                if (chunk.range().contains(change.key())) {
                    if (change.isDelete()) {
                        tombstones.add(change.key());
                    } else {
                        tombstones.remove(change.key());
                    }
                }
            }
            if (tombstones.size() > mostTombstones) {
                overflown = true;
                tombstones.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitVisible(Connection source) throws SQLException {
        writer.visibility().await(source, chunk, delivered);
        CrashPoint.AFTER_WINDOW.reached();
    }

    @Override
    public void insert(RowBatch batch) throws SQLException {
        transaction().insert(batch);
    }

    @Override
    public void commit() throws SQLException, InterruptedException {
        ChunkWriter.Transaction open = transaction();
        lock.lock();
        try {
            if (overflown) {
                throw new SQLTransientException("more than " + mostTombstones + " rows of " + chunk
                        + " were deleted while it was copied; it starts over");
            }
            open.commit(tombstones);
            forget.accept(this);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        // The transaction ends first: as long as it could still commit, the window stays registered.
        if (transaction != null) {
            transaction.close();
        }
        forget.accept(this);
    }

    private ChunkWriter.Transaction transaction() throws SQLException {
        if (transaction == null) {
            transaction = writer.begin(chunk);
        }
        return transaction;
    }
}
