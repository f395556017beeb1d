package dev.widekey.daemon.repair;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The keys somebody has asked to repair, with who, when and the outcome; kept for good. Asking is anybody's who may run the commands, the outcome
 * is the owner's to write. Thread-safe.
 */
public final class RepairLog {
    private static final int BATCH = 1_000;
    private static final int NO_SUCH_TABLE = 1146;

    private final Database target;
    private final StateSchema state;
    private final String migration;

    /** The log of one migration; creates nothing. */
    public RepairLog(Database target, StateSchema state, String migration) {
        this.target = target;
        this.state = state;
        this.migration = migration;
    }

    /** Asks for these keys, all or none. A key that is asked for and open already is not asked for twice. */
    public void ask(Collection<Long> keys, String who) throws SQLException {
        String sql =
                "INSERT INTO " + name() + " (migration, row_key, asked_by, asked_at) SELECT ?, ?, ?, NOW(6) FROM DUAL"
                        + " WHERE NOT EXISTS (SELECT 1 FROM " + name()
                        + " open WHERE open.migration = ? AND open.row_key = ? AND open.outcome IS NULL)";
        try (Connection connection = target.connect();
                PreparedStatement insert = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            int waiting = 0;
            for (Long key : keys) {
                insert.setString(1, migration);
                insert.setLong(2, key);
                insert.setString(3, who);
                insert.setString(4, migration);
                insert.setLong(5, key);
                insert.addBatch();
                if (++waiting == BATCH) {
                    insert.executeBatch();
                    waiting = 0;
                }
            }
            insert.executeBatch();
            connection.commit();
        }
    }

    /** The first of the open keys, in the order they were asked for. */
    public List<Long> open(int most) throws SQLException {
        String sql =
                "SELECT row_key FROM " + name() + " WHERE migration = ? AND outcome IS NULL ORDER BY seq LIMIT " + most;
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            List<Long> keys = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    keys.add(row.getLong(1));
                }
            }
            return keys;
        }
    }

    /** How many are open. */
    public long count() throws SQLException {
        return number("SELECT COUNT(*) FROM " + name() + " WHERE migration = ? AND outcome IS NULL");
    }

    /** How many are open, also with state that an older daemon made. */
    public long countIfAny() throws SQLException {
        try {
            return count();
        } catch (SQLException missing) {
            if (missing.getErrorCode() == NO_SUCH_TABLE) {
                return 0;
            }
            throw missing;
        }
    }

    /** The number of the newest entry, 0 when there is none. */
    public long last() throws SQLException {
        return number("SELECT COALESCE(MAX(seq), 0) FROM " + name() + " WHERE migration = ?");
    }

    /** The outcomes of the entries behind that number. */
    public Map<Outcome, Long> outcomes(long behind) throws SQLException {
        String sql = "SELECT outcome, COUNT(*) FROM " + name()
                + " WHERE migration = ? AND seq > ? AND outcome IS NOT NULL GROUP BY outcome";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            query.setLong(2, behind);
            Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    counts.put(Outcome.valueOf(row.getString(1)), row.getLong(2));
                }
            }
            return counts;
        }
    }

    /** Stores what became of these keys. */
    void done(Ownership ownership, Map<Long, Outcome> outcomes) throws SQLException {
        String sql = "UPDATE " + name()
                + " SET outcome = ?, done_at = NOW(6), epoch = ? WHERE migration = ? AND row_key = ? AND outcome IS NULL";
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            try (PreparedStatement update = transaction.connection().prepareStatement(sql)) {
                for (Map.Entry<Long, Outcome> outcome : outcomes.entrySet()) {
                    update.setString(1, outcome.getValue().name());
                    update.setLong(2, ownership.epoch());
                    update.setString(3, migration);
                    update.setLong(4, outcome.getKey());
                    update.addBatch();
                }
                update.executeBatch();
            }
            transaction.commit();
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private String name() {
        return state.name("repair");
    }
}
