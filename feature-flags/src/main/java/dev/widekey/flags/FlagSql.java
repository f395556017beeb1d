package dev.widekey.flags;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements of {@link JdbcFlagStore}. Stateless apart from names, so thread-safe. */
final class FlagSql {

    private static final String COLUMNS = "name, enabled, version, owner, reason, changed_at";
    private static final int DUPLICATE_KEY = 1062;

    private final String migration;
    private final String flag;
    private final String history;

    FlagSql(String schema, String migration) {
        if (schema.isBlank() || schema.indexOf('`') >= 0 || schema.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not a usable schema name: '" + schema + "'");
        }
        this.migration = migration;
        this.flag = "`" + schema + "`.flag";
        this.history = "`" + schema + "`.flag_history";
    }

    void createTables(Connection connection) throws SQLException {
        String values = """
                migration VARCHAR(64) NOT NULL,
                name VARCHAR(128) NOT NULL,
                enabled BOOLEAN NOT NULL,
                version BIGINT NOT NULL,
                owner VARCHAR(128) NOT NULL,
                reason VARCHAR(255) NOT NULL,
                changed_at DATETIME(6) NOT NULL,
                """;
        String options = ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC COMMENT=";
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS " + flag + " (" + values + "PRIMARY KEY (migration, name)"
                    + options + "'flags of applications and of the daemon, format 1'");
            statement.execute("CREATE TABLE IF NOT EXISTS " + history
                    + " (seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, " + values
                    + "UNIQUE KEY one_write_per_version (migration, name, version)" + options
                    + "'every write of a flag, format 1'");
        }
    }

    Optional<Flag> read(Connection connection, String name) throws SQLException {
        return one(connection, name, "");
    }

    /** Locks the row against writers until the transaction ends, and waits for the one that writes it now. */
    Optional<Flag> readShared(Connection connection, String name) throws SQLException {
        return one(connection, name, " FOR SHARE");
    }

    private Optional<Flag> one(Connection connection, String name, String lock) throws SQLException {
        String query = "SELECT " + COLUMNS + " FROM " + flag + " WHERE migration = ? AND name = ?" + lock;
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, migration);
            statement.setString(2, name);
            return flags(statement).stream().findFirst();
        }
    }

    Map<String, Flag> readAll(Connection connection) throws SQLException {
        String query = "SELECT " + COLUMNS + " FROM " + flag + " WHERE migration = ? ORDER BY name";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, migration);
            Map<String, Flag> byName = new LinkedHashMap<>();
            flags(statement).forEach(f -> byName.put(f.name(), f));
            return byName;
        }
    }

    List<Flag> history(Connection connection) throws SQLException {
        String query = "SELECT " + COLUMNS + " FROM " + history + " WHERE migration = ? ORDER BY seq";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, migration);
            return flags(statement);
        }
    }

    boolean isInHistory(Connection connection, Flag attempted) throws SQLException {
        String query = "SELECT " + COLUMNS + " FROM " + history + " WHERE migration = ? AND name = ? AND version = ?";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, migration);
            statement.setString(2, attempted.name());
            statement.setLong(3, attempted.version());
            return flags(statement).contains(attempted);
        }
    }

    /** The store's clock. */
    Instant now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT UTC_TIMESTAMP(6)")) {
            row.next();
            return row.getObject(1, LocalDateTime.class).toInstant(ZoneOffset.UTC);
        }
    }

    /** Writes value and history row; false, with nothing written, when the value found is not the one expected. */
    boolean write(Connection connection, Optional<Flag> expected, Flag next) throws SQLException {
        boolean written = expected.isPresent() ? update(connection, expected.get(), next) : insert(connection, next);
        if (written) {
            insertInto(history, connection, next);
        }
        return written;
    }

    private boolean update(Connection connection, Flag expected, Flag next) throws SQLException {
        String update = "UPDATE " + flag + " SET enabled = ?, version = ?, owner = ?, reason = ?, changed_at = ?"
                + " WHERE migration = ? AND name = ? AND version = ? AND enabled = ?";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setBoolean(1, next.enabled());
            statement.setLong(2, next.version());
            statement.setString(3, next.owner());
            statement.setString(4, next.reason());
            statement.setObject(5, LocalDateTime.ofInstant(next.changedAt(), ZoneOffset.UTC));
            statement.setString(6, migration);
            statement.setString(7, next.name());
            statement.setLong(8, expected.version());
            statement.setBoolean(9, expected.enabled());
            return statement.executeUpdate() == 1;
        }
    }

    private boolean insert(Connection connection, Flag next) throws SQLException {
        try {
            insertInto(flag, connection, next);
            return true;
        } catch (SQLIntegrityConstraintViolationException e) {
            if (e.getErrorCode() == DUPLICATE_KEY) {
                return false;
            }
            throw e;
        }
    }

    private void insertInto(String table, Connection connection, Flag next) throws SQLException {
        String insert = "INSERT INTO " + table + " (migration, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, migration);
            statement.setString(2, next.name());
            statement.setBoolean(3, next.enabled());
            statement.setLong(4, next.version());
            statement.setString(5, next.owner());
            statement.setString(6, next.reason());
            statement.setObject(7, LocalDateTime.ofInstant(next.changedAt(), ZoneOffset.UTC));
            statement.executeUpdate();
        }
    }

    private static List<Flag> flags(PreparedStatement statement) throws SQLException {
        List<Flag> flags = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                flags.add(new Flag(
                        rows.getString(1),
                        rows.getBoolean(2),
                        rows.getLong(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getObject(6, LocalDateTime.class).toInstant(ZoneOffset.UTC)));
            }
        }
        return flags;
    }
}
