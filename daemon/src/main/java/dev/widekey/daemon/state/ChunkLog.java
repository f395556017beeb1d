package dev.widekey.daemon.state;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.ChunkOrder;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.Plan;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Faults;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The plan of chunks, one row each. A chunk's row says it is copied exactly when the chunk's rows are committed, because {@link #record} runs in
 * the same transaction. Thread-safe.
 */
public final class ChunkLog implements Plan {
    private final Database target;
    private final StateSchema state;
    private final String migration;
    private final Ownership ownership;
    private final Retry retry;

    /** The plan of one migration, written in this process's epoch. */
    public ChunkLog(Database target, StateSchema state, String migration, Ownership ownership, Retry retry) {
        this.target = target;
        this.state = state;
        this.migration = migration;
        this.ownership = ownership;
        this.retry = retry;
    }

    @Override
    public Optional<Chunk> last() throws SQLException {
        return read("SELECT number, above, up_to FROM " + state.name("chunk")
                        + " WHERE migration = ? ORDER BY number DESC LIMIT 1")
                .stream()
                .findFirst();
    }

    @Override
    public Optional<Chunk> furthest(ChunkOrder order) throws SQLException {
        String bound = order == ChunkOrder.ASCENDING ? "up_to" : "above";
        return read("SELECT number, above, up_to FROM " + state.name("chunk") + " WHERE migration = ? ORDER BY " + bound
                        + " IS NULL DESC, " + bound + (order == ChunkOrder.ASCENDING ? " DESC" : "") + " LIMIT 1")
                .stream()
                .findFirst();
    }

    @Override
    public List<Chunk> uncopied() throws SQLException {
        return read("SELECT number, above, up_to FROM " + state.name("chunk")
                + " WHERE migration = ? AND copied = 0 ORDER BY number");
    }

    @Override
    public void add(Chunk chunk) throws SQLException {
        attempt(() -> {
            try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
                insert(transaction.connection(), chunk);
                CrashPoint.INSIDE_CHUNK_PLAN.reached();
                transaction.commit();
                return true;
            }
        });
        CrashPoint.AFTER_CHUNK_PLAN.reached();
    }

    @Override
    public List<Chunk> split(Chunk chunk, long at, long number) throws SQLException {
        Chunk lower = new Chunk(chunk.number(), new KeyRange(chunk.range().above(), at));
        Chunk upper = new Chunk(number, new KeyRange(at, chunk.range().upTo()));
        attempt(() -> {
            try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
                cut(transaction.connection(), lower);
                insert(transaction.connection(), upper);
                CrashPoint.INSIDE_CHUNK_SPLIT.reached();
                transaction.commit();
                return true;
            }
        });
        CrashPoint.AFTER_CHUNK_SPLIT.reached();
        return List.of(lower, upper);
    }

    /** Repeated after a lost answer, it finds the chunk cut already. */
    private void cut(Connection transaction, Chunk lower) throws SQLException {
        try (PreparedStatement update = transaction.prepareStatement(
                "UPDATE " + state.name("chunk") + " SET up_to = ? WHERE migration = ? AND number = ? AND copied = 0")) {
            update.setObject(1, lower.range().upTo());
            update.setString(2, migration);
            update.setLong(3, lower.number());
            update.executeUpdate();
        }
    }

    /** Repeated after a lost answer, it finds its own row and leaves it alone. */
    private void insert(Connection transaction, Chunk chunk) throws SQLException {
        try (PreparedStatement insert = transaction.prepareStatement(
                "INSERT INTO " + state.name("chunk")
                        + " (migration, number, above, up_to, copied) VALUES (?, ?, ?, ?, 0) ON DUPLICATE KEY UPDATE number = number")) {
            insert.setString(1, migration);
            insert.setLong(2, chunk.number());
            insert.setObject(3, chunk.range().above());
            insert.setObject(4, chunk.range().upTo());
            insert.executeUpdate();
        }
    }

    /** Records the chunk as copied, in the transaction that wrote its rows. */
    public void record(Connection transaction, Chunk chunk, long rows) throws SQLException {
        try (PreparedStatement update = transaction.prepareStatement(
                "UPDATE " + state.name("chunk")
                        + " SET copied = 1, copied_rows = ?, copied_at = NOW(6) WHERE migration = ? AND number = ? AND copied = 0")) {
            update.setLong(1, rows);
            update.setString(2, migration);
            update.setLong(3, chunk.number());
            if (update.executeUpdate() != 1) {
                throw new HaltException(
                        HaltException.Reason.FAILED, chunk + " is not in the plan, or is recorded as copied already");
            }
        }
    }

    /** Whether the chunk is recorded as copied; waits for a transaction that holds its row. */
    public boolean isCopied(Connection fresh, Chunk chunk) throws SQLException {
        try (PreparedStatement query = fresh.prepareStatement(
                "SELECT copied FROM " + state.name("chunk") + " WHERE migration = ? AND number = ? FOR UPDATE")) {
            query.setString(1, migration);
            query.setLong(2, chunk.number());
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private List<Chunk> read(String sql) throws SQLException {
        return attempt(() -> {
            try (Connection connection = target.pool().getConnection();
                    PreparedStatement query = connection.prepareStatement(sql)) {
                query.setString(1, migration);
                List<Chunk> chunks = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        chunks.add(new Chunk(row.getLong(1), new KeyRange(bound(row, 2), bound(row, 3))));
                    }
                }
                return chunks;
            }
        });
    }

    private static @Nullable Long bound(ResultSet row, int column) throws SQLException {
        long bound = row.getLong(column);
        return row.wasNull() ? null : bound;
    }

    /** A failure that passes comes out only when nobody wants to wait for that any more: that is no reason to halt. */
    private <T> T attempt(Callable<T> work) throws SQLException {
        try {
            return retry.executeCallable(work);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            if (failure instanceof SQLException passing && Faults.passes(passing)) {
                throw passing;
            }
            throw new HaltException(
                    HaltException.Reason.FAILED,
                    "the plan of chunks cannot be read or written: " + failure.getMessage(),
                    failure);
        }
    }
}
