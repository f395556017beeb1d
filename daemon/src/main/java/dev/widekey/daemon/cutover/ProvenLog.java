package dev.widekey.daemon.cutover;

import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The proven prefix of a migration's rows, stored. Thread-safe. */
public final class ProvenLog {
    private final Database target;
    private final StateSchema state;
    private final String migration;
    private final Ownership ownership;
    private final Retry retry;

    /**
     * The log of one migration; creates nothing.
     *
     * @param retry for reads and writes that fail for a passing reason; each may be repeated
     */
    public ProvenLog(Database target, StateSchema state, String migration, Ownership ownership, Retry retry) {
        this.target = target;
        this.state = state;
        this.migration = migration;
        this.ownership = ownership;
        this.retry = retry;
    }

    /** What is stored. */
    Optional<ProvenPrefix> read() throws SQLException {
        String sql = "SELECT up_to, compared, position, delivered, comparison, epoch FROM " + name()
                + " WHERE migration = ?";
        return passing(() -> {
            try (Connection connection = target.pool().getConnection();
                    PreparedStatement query = connection.prepareStatement(sql)) {
                query.setString(1, migration);
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(new ProvenPrefix(
                                    row.getLong(1),
                                    row.getLong(2),
                                    new StreamPosition.Stored(
                                            Position.parse(row.getString(3)), Gtids.parse(row.getString(4))),
                                    row.getString(5),
                                    row.getLong(6)))
                            : Optional.empty();
                }
            }
        });
    }

    /** Stores it in the place of what was stored. */
    void write(ProvenPrefix proven) throws SQLException {
        String sql = "REPLACE INTO " + name()
                + " (migration, up_to, compared, position, delivered, comparison, epoch, at) VALUES (?, ?, ?, ?, ?, ?, ?, NOW(6))";
        owned(sql, write -> {
            write.setLong(2, proven.upTo());
            write.setLong(3, proven.rows());
            write.setString(4, proven.began().position().toText());
            write.setString(5, proven.began().delivered().toString());
            write.setString(6, proven.comparison());
            write.setLong(7, proven.epoch());
        });
        CrashPoint.AFTER_PROVEN.reached();
    }

    /** From now on nothing is proven. Returns whether something was. */
    boolean forget() throws SQLException {
        return owned("DELETE FROM " + name() + " WHERE migration = ?", delete -> {}) > 0;
    }

    private interface Values {
        void set(PreparedStatement statement) throws SQLException;
    }

    private int owned(String sql, Values values) throws SQLException {
        return passing(() -> {
            try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
                int rows;
                try (PreparedStatement statement = transaction.connection().prepareStatement(sql)) {
                    statement.setString(1, migration);
                    values.set(statement);
                    rows = statement.executeUpdate();
                }
                transaction.commit();
                return rows;
            }
        });
    }

    private <T> T passing(Callable<T> work) throws SQLException {
        return Retries.call(retry, "the proven prefix cannot be read or written", work);
    }

    private String name() {
        return state.name("proven");
    }
}
