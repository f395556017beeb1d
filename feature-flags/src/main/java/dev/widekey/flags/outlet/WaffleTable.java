package dev.widekey.flags.outlet;

import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * A table of django-waffle on MySQL, with the columns its migrations make: none of them has a default in the database, so a new row
 * names them all. Times are UTC, as Django stores them. Thread-safe; each call takes its own connection.
 */
public final class WaffleTable {

    private final DataSource dataSource;
    private final Model model;
    private final String table;

    /** Which of waffle's models holds the flags. */
    public enum Model {
        /** {@code waffle_switch}: on or off for everybody. */
        SWITCH(
                "active",
                "name, active, note, created, modified",
                "?, ?, 'created by widekey', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)"),
        /** {@code waffle_flag}, of which {@code everyone} alone is used: it overrides all other rules unless it is NULL. */
        FLAG(
                "everyone",
                "name, everyone, percent, testing, superusers, staff, authenticated, languages, rollout, note, created, modified",
                "?, ?, NULL, 0, 1, 0, 0, '', 0, 'created by widekey', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)");

        private final String column;
        private final String columns;
        private final String values;

        Model(String column, String columns, String values) {
            this.column = column;
            this.columns = columns;
            this.values = values;
        }

        /** The table's name, unless the application has a model of its own. */
        public String table() {
            return this == SWITCH ? "waffle_switch" : "waffle_flag";
        }
    }

    /**
     * One table.
     *
     * @param schema the application's schema
     * @param table {@link Model#table} unless the application has a model of its own
     */
    public WaffleTable(DataSource dataSource, String schema, String table, Model model) {
        if ((schema + table).chars().anyMatch(c -> c == '`' || c == 0)) {
            throw new IllegalArgumentException("not a usable table: " + schema + "." + table);
        }
        this.dataSource = dataSource;
        this.model = model;
        this.table = "`" + schema + "`.`" + table + "`";
    }

    Model model() {
        return model;
    }

    Map<String, Boolean> read(Set<String> names) throws OutletException {
        return run("read", Kind.UNREACHABLE, connection -> read(connection, names, ""));
    }

    /** Sets a flag; whether anything changed. */
    boolean write(String name, boolean value) throws OutletException {
        return run("written", Kind.LOST, connection -> {
            connection.setAutoCommit(false);
            try {
                Boolean found = read(connection, Set.of(name), " FOR UPDATE").get(name);
                if (found == null) {
                    change(
                            connection,
                            "INSERT INTO " + table + " (" + model.columns + ") VALUES (" + model.values + ")",
                            name,
                            value);
                } else if (found != value) {
                    String update = "UPDATE " + table + " SET modified = UTC_TIMESTAMP(6), " + model.column
                            + " = ? WHERE name = ?";
                    try (PreparedStatement statement = connection.prepareStatement(update)) {
                        statement.setBoolean(1, value);
                        statement.setString(2, name);
                        statement.executeUpdate();
                    }
                }
                connection.commit();
                return found == null || found != value;
            } catch (SQLException | OutletException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** Statements that change no row, and that the server refuses when it would refuse {@link #write}. */
    void requireWritable() throws OutletException {
        run("written", Kind.UNREACHABLE, connection -> {
            change(
                    connection,
                    "UPDATE " + table + " SET modified = modified, name = ?, " + model.column + " = ? WHERE FALSE",
                    "",
                    false);
            change(
                    connection,
                    "INSERT INTO " + table + " (" + model.columns + ") SELECT " + model.values + " FROM " + table
                            + " WHERE FALSE",
                    "",
                    false);
            return true;
        });
    }

    private static void change(Connection connection, String sql, String name, boolean value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            statement.setBoolean(2, value);
            statement.executeUpdate();
        }
    }

    private Map<String, Boolean> read(Connection connection, Set<String> names, String lock)
            throws SQLException, OutletException {
        List<String> wanted = new ArrayList<>(names);
        String query = "SELECT name, " + model.column + " FROM " + table + " WHERE name IN ("
                + String.join(", ", Collections.nCopies(wanted.size(), "?")) + ")" + lock;
        Map<String, Boolean> values = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < wanted.size(); i++) {
                statement.setString(i + 1, wanted.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(1);
                    boolean value = rows.getBoolean(2);
                    if (rows.wasNull()) {
                        throw refused(
                                name,
                                "has everyone unknown, so that its value depends on who asks; set it to yes or no");
                    }
                    if (!names.contains(name)) {
                        throw refused(name, "differs in its case alone from the configured name; write both alike");
                    }
                    values.put(name, value);
                }
            }
        }
        return values;
    }

    private OutletException refused(String name, String what) {
        return new OutletException(Kind.REFUSED, "flag " + name + " in " + table + " " + what);
    }

    @FunctionalInterface
    private interface Work<T> {
        T run(Connection connection) throws SQLException, OutletException;
    }

    private <T> T run(String what, Kind whenGone, Work<T> work) throws OutletException {
        try (Connection connection = dataSource.getConnection()) {
            return work.run(connection);
        } catch (SQLException e) {
            throw new OutletException(
                    passes(e) ? whenGone : Kind.REFUSED, table + " cannot be " + what + ": " + e.getMessage(), e);
        }
    }

    private static boolean passes(SQLException e) {
        return e instanceof SQLRecoverableException
                || e instanceof SQLTransientException
                || (e instanceof SQLNonTransientConnectionException && e.getErrorCode() != 1045)
                || String.valueOf(e.getSQLState()).matches("(08|40).*");
    }

    @Override
    public String toString() {
        return table;
    }
}
