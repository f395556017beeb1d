package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.RowBatch;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.quarantine.Refusals;
import dev.widekey.daemon.state.ChunkLog;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.table.TargetTable;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Chunks in MySQL: rows, tombstones, entries of the quarantine and the record of the chunk in one transaction. Thread-safe. */
public final class TargetChunkWriter implements ChunkWriter {
    private final Database target;
    private final TargetTable table;
    private final ChunkLog log;
    private final Quarantine quarantine;
    private final Ownership ownership;
    private final Visibility visibility;
    private final Retry resolution;
    private final LongSupplier firstReserved;

    /** Wires the writer of a table in which every id is the source's. */
    public TargetChunkWriter(
            Database target,
            TargetTable table,
            ChunkLog log,
            Quarantine quarantine,
            Ownership ownership,
            Visibility visibility,
            Retry resolution) {
        this(target, table, log, quarantine, ownership, visibility, resolution, () -> Long.MAX_VALUE);
    }

    /**
     * Wires the writer.
     *
     * @param resolution how long to go on asking what became of a COMMIT that was not answered: until it is known
     * @param firstReserved the first id that belongs to the application; beyond every key when none does
     */
    public TargetChunkWriter(
            Database target,
            TargetTable table,
            ChunkLog log,
            Quarantine quarantine,
            Ownership ownership,
            Visibility visibility,
            Retry resolution,
            LongSupplier firstReserved) {
        this.target = target;
        this.table = table;
        this.log = log;
        this.quarantine = quarantine;
        this.ownership = ownership;
        this.visibility = visibility;
        this.resolution = resolution;
        this.firstReserved = firstReserved;
    }

    @Override
    public Visibility visibility() {
        return visibility;
    }

    @Override
    public Transaction begin(Chunk chunk) throws SQLException {
        OwnedTransaction transaction = OwnedTransaction.begin(target, ownership);
        CrashPoint.CHUNK_BEGUN.reached();
        return new ChunkTransaction(chunk, transaction);
    }

    private final class ChunkTransaction implements Transaction {
        private final Chunk chunk;
        private final OwnedTransaction transaction;
        private final Refusals refusals = new Refusals(quarantine);
        private long rows;

        ChunkTransaction(Chunk chunk, OwnedTransaction transaction) {
            this.chunk = chunk;
            this.transaction = transaction;
        }

        @Override
        public void insert(RowBatch batch) throws SQLException {
            requireOwn(batch);
            table.insertAbsent(transaction.connection(), batch, refusals);
            CrashPoint.CHUNK_ROWS.reached();
            rows += batch.size();
        }

        @Override
        public void commit(Set<Long> marked) throws SQLException, InterruptedException {
            Set<Long> tombstones = own(marked);
            Connection connection = transaction.connection();
            table.delete(connection, tombstones);
            CrashPoint.CHUNK_TOMBSTONES.reached();
            quarantine(connection, tombstones);
            log.record(connection, chunk, rows - refusals.keys().size());
            CrashPoint.BEFORE_CHUNK_COMMIT.reached();
            try {
                transaction.commit();
                CrashPoint.AFTER_CHUNK_COMMIT.reached();
            } catch (SQLException failure) {
                if (!OwnedTransaction.isUnknown(failure)) {
                    throw failure;
                }
                if (outcome() == OwnedTransaction.Outcome.ROLLED_BACK) {
                    throw new SQLTransientException("the commit of " + chunk + " did not happen", failure);
                }
            }
        }

        /** The last chunk has no bound above, so it would take along a row of the source that has got into the application's ids. */
        private void requireOwn(RowBatch batch) {
            long first = firstReserved.getAsLong();
            if (first == Long.MAX_VALUE || batch.size() == 0) {
                return;
            }
            long highest = table.lastKey(batch);
            if (highest >= first) {
                throw HaltException.gapExhausted("the source holds a row with id " + highest, first);
            }
        }

        /**
         * The race: the stream marks a change before it refuses to apply it. A row of the source that was born and deleted among the application's ids is
         * a tombstone by then, and would take a row of the application's along.
         */
        private Set<Long> own(Set<Long> marked) {
            long first = firstReserved.getAsLong();
            return first == Long.MAX_VALUE
                    ? marked
                    : marked.stream().filter(key -> key < first).collect(Collectors.toSet());
        }

        private void quarantine(Connection connection, Set<Long> tombstones) throws SQLException {
            // The race: a change that was refused while this chunk was under way has left no row that would keep the
            // chunk from inserting the one before it.
            table.delete(connection, quarantine.held(connection, chunk.range()));
            refusals.forget(tombstones);
            if (!refusals.keys().isEmpty()) {
                quarantine.enter(connection, refusals.all());
                // The race: the stream may have written a newer row, which the target took.
                quarantine.leave(connection, table.present(connection, refusals.keys()));
                CrashPoint.CHUNK_REFUSED.reached();
            }
        }

        private OwnedTransaction.Outcome outcome() throws SQLException {
            try {
                return resolution.executeCallable(
                        () -> transaction.resolve(target, fresh -> log.isCopied(fresh, chunk)));
            } catch (SQLException | RuntimeException failure) {
                throw failure;
            } catch (Exception failure) {
                throw new SQLException("the outcome of the commit of " + chunk + " is unknown", failure);
            }
        }

        @Override
        public void close() {
            transaction.close();
        }
    }
}
