package dev.widekey.sandbox.csmh;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The application's statements, as the framework of the time sends them. Stateless. */
final class HistorySql {
    private static final int KEYS_PER_STATEMENT = 1_000;

    private HistorySql() {}

    static String table(Side side) {
        return side == Side.OLD ? World.OLD_TABLE : World.EXTENDED_TABLE;
    }

    /** Inserts a row under a key of the table's choice and returns that key. */
    static long insert(Connection connection, Side side, HistoryRow row) throws SQLException {
        String sql = "INSERT INTO " + table(side)
                + " (student_module_id, version, created, state, grade, max_grade) VALUES (?, NULL, ?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
            statement.setLong(1, row.studentModule());
            statement.setObject(2, row.created());
            statement.setBytes(3, row.stateBytes());
            statement.setObject(4, row.grade());
            statement.setObject(5, row.maxGrade());
            statement.executeUpdate();
            return key(statement);
        }
    }

    /** Writes every column of a row again, as a save of a loaded object does. */
    static void update(Connection connection, Side side, HistoryRow row) throws SQLException {
        String sql = "UPDATE " + table(side)
                + " SET student_module_id = ?, version = NULL, created = ?, state = ?, grade = ?, max_grade = ? WHERE id = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, row.studentModule());
            statement.setObject(2, row.created());
            statement.setBytes(3, row.stateBytes());
            statement.setObject(4, row.grade());
            statement.setObject(5, row.maxGrade());
            statement.setLong(6, row.id());
            statement.executeUpdate();
        }
    }

    /** Deletes rows one statement each. */
    static void deleteOneByOne(Connection connection, Side side, List<Long> ids) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + table(side) + " WHERE id = ?")) {
            for (long id : ids) {
                statement.setLong(1, id);
                statement.executeUpdate();
            }
        }
    }

    /** Deletes rows with as few statements as the packet size makes sensible. */
    static void deleteTogether(Connection connection, Side side, List<Long> ids) throws SQLException {
        for (int from = 0; from < ids.size(); from += KEYS_PER_STATEMENT) {
            List<Long> part = ids.subList(from, Math.min(ids.size(), from + KEYS_PER_STATEMENT));
            try (PreparedStatement statement = connection.prepareStatement(
                    "DELETE FROM " + table(side) + " WHERE id IN (" + marks(part.size()) + ")")) {
                bind(statement, part);
                statement.executeUpdate();
            }
        }
    }

    /** Deletes a module's rows in one statement. */
    static void deleteOfModule(Connection connection, Side side, long module) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + table(side) + " WHERE student_module_id = ?")) {
            statement.setLong(1, module);
            statement.executeUpdate();
        }
    }

    /** The rows of some modules by key, newest first as the application asks for them. */
    static Map<Long, HistoryRow> ofModules(Connection connection, Side side, List<Long> modules) throws SQLException {
        String sql = HistoryRows.select(table(side)) + " WHERE student_module_id IN (" + marks(modules.size())
                + ") ORDER BY id DESC";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, modules);
            Map<Long, HistoryRow> found = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    HistoryRow row = HistoryRows.read(rows);
                    if (found.put(row.id(), row) != null) {
                        throw new SQLException("key " + row.id() + " comes twice from " + table(side));
                    }
                }
            }
            return found;
        }
    }

    /** Saves a module's current state. */
    static void updateModule(Connection connection, HistoryRow row) throws SQLException {
        String sql =
                "UPDATE courseware_studentmodule SET state = ?, grade = ?, max_grade = ?, modified = ? WHERE id = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setBytes(1, row.stateBytes());
            statement.setObject(2, row.grade());
            statement.setObject(3, row.maxGrade());
            statement.setObject(4, row.created().withNano(0));
            statement.setLong(5, row.studentModule());
            statement.executeUpdate();
        }
    }

    /** Creates a module and returns its key. */
    static long insertModule(Connection connection, String name, LocalDateTime now) throws SQLException {
        String sql = "INSERT INTO courseware_studentmodule (module_type, module_id, student_id, state, grade, created,"
                + " modified, max_grade, done, course_id) VALUES ('problem', ?, 1, '{}', NULL, ?, ?, NULL, 'na',"
                + " 'edX/DemoX/Demo_Course')";
        try (PreparedStatement statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
            statement.setString(1, name);
            statement.setObject(2, now.withNano(0));
            statement.setObject(3, now.withNano(0));
            statement.executeUpdate();
            return key(statement);
        }
    }

    /** Deletes a module whose history is gone. */
    static void deleteModule(Connection connection, long module) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM courseware_studentmodule WHERE id = ?")) {
            statement.setLong(1, module);
            statement.executeUpdate();
        }
    }

    private static long key(Statement statement) throws SQLException {
        try (ResultSet keys = statement.getGeneratedKeys()) {
            if (!keys.next()) {
                throw new SQLException("the server gave no key");
            }
            return keys.getLong(1);
        }
    }

    private static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    private static void bind(PreparedStatement statement, List<Long> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setLong(i + 1, values.get(i));
        }
    }
}
