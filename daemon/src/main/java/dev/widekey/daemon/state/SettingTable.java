package dev.widekey.daemon.state;

import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Settings an operator has changed while the daemon runs, one row each. Whoever may run the commands may write them: they change how fast the work
 * goes, never what it does. Thread-safe.
 */
public final class SettingTable {
    private final Database target;
    private final StateSchema state;
    private final String migration;

    /** The settings of one migration; creates nothing. */
    public SettingTable(Database target, StateSchema state, String migration) {
        this.target = target;
        this.state = state;
        this.migration = migration;
    }

    /** One stored setting: its value as text, who stored it, and when. */
    public record Stored(String name, String value, String changedBy, Instant changedAt) {}

    /** All that are stored, by name. */
    public List<Stored> read() throws SQLException {
        String sql = "SELECT name, value, changed_by, changed_at FROM " + state.name("setting")
                + " WHERE migration = ? ORDER BY name";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            List<Stored> stored = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    stored.add(new Stored(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getObject(4, LocalDateTime.class).toInstant(ZoneOffset.UTC)));
                }
            }
            return stored;
        }
    }

    /** Stores these, all or none. */
    public void write(Map<String, String> values, String changedBy) throws SQLException {
        String sql = "REPLACE INTO " + state.name("setting") + " VALUES (?, ?, ?, ?, NOW(6))";
        try (Connection connection = target.connect();
                PreparedStatement update = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            for (Map.Entry<String, String> setting : values.entrySet()) {
                update.setString(1, migration);
                update.setString(2, setting.getKey());
                update.setString(3, setting.getValue());
                update.setString(4, changedBy);
                update.executeUpdate();
            }
            connection.commit();
        }
    }

    /** Forgets all of them. */
    public void clear() throws SQLException {
        try (Connection connection = target.connect();
                PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM " + state.name("setting") + " WHERE migration = ?")) {
            delete.setString(1, migration);
            delete.executeUpdate();
        }
    }
}
