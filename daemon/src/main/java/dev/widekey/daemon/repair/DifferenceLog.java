package dev.widekey.daemon.repair;

import dev.widekey.backfill.parity.Difference;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The differences the daemon's last comparison found. Thread-safe. */
public final class DifferenceLog {
    private final Database target;
    private final StateSchema state;
    private final String migration;

    /** The log of one migration; creates nothing. */
    public DifferenceLog(Database target, StateSchema state, String migration) {
        this.target = target;
        this.state = state;
        this.migration = migration;
    }

    /** Puts these in the place of what an earlier comparison found. */
    public void replace(Ownership ownership, List<Difference> differences) throws SQLException {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            Connection connection = transaction.connection();
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM " + name() + " WHERE migration = ?")) {
                delete.setString(1, migration);
                delete.executeUpdate();
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name()
                    + " (migration, row_key, kind, columns, found_at) VALUES (?, ?, ?, LEFT(?, 16000), NOW(6))"
                    + " ON DUPLICATE KEY UPDATE kind = VALUES(kind)")) {
                for (Difference difference : differences) {
                    insert.setString(1, migration);
                    insert.setLong(2, difference.key());
                    insert.setString(3, difference.kind().name());
                    insert.setString(4, String.join(",", difference.columns()));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            transaction.commit();
        }
    }

    /** What the last comparison found, by key, without the columns. */
    public List<Difference> read() throws SQLException {
        String sql = "SELECT row_key, kind FROM " + name() + " WHERE migration = ? ORDER BY row_key";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            List<Difference> differences = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    differences.add(
                            new Difference(row.getLong(1), Difference.Kind.valueOf(row.getString(2)), List.of()));
                }
            }
            return differences;
        }
    }

    private String name() {
        return state.name("difference");
    }
}
