package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.RowBatch;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.ChunkLog;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.table.TargetTable;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Set;

/** Chunks in MySQL: rows, tombstones and the record of the chunk in one transaction. Thread-safe. */
public final class TargetChunkWriter implements ChunkWriter {
    private final Database target;
    private final TargetTable table;
    private final ChunkLog log;
    private final Ownership ownership;
    private final Visibility visibility;
    private final Retry resolution;

    /**
     * Wires the writer.
     *
     * @param resolution how long to go on asking what became of a COMMIT that was not answered: until it is known
     */
    public TargetChunkWriter(
            Database target,
            TargetTable table,
            ChunkLog log,
            Ownership ownership,
            Visibility visibility,
            Retry resolution) {
        this.target = target;
        this.table = table;
        this.log = log;
        this.ownership = ownership;
        this.visibility = visibility;
        this.resolution = resolution;
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
        private long rows;

        ChunkTransaction(Chunk chunk, OwnedTransaction transaction) {
            this.chunk = chunk;
            this.transaction = transaction;
        }

        @Override
        public void insert(RowBatch batch) throws SQLException {
            table.insertAbsent(transaction.connection(), batch);
            CrashPoint.CHUNK_ROWS.reached();
            rows += batch.size();
        }

        @Override
        public void commit(Set<Long> tombstones) throws SQLException, InterruptedException {
            table.delete(transaction.connection(), tombstones);
            CrashPoint.CHUNK_TOMBSTONES.reached();
            log.record(transaction.connection(), chunk, rows);
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
