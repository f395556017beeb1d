package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.HistoryRow;
import dev.widekey.sandbox.csmh.Side;
import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of a writer on one of the two tables: runs its statements and remembers what they lead to. Every statement must hit exactly the
 * rows it names, or the table is not what the writer was told. Used by one thread.
 */
final class Unit {
    private static final String COLUMNS = "id, student_module_id, version, created, state, grade, max_grade";

    private final Connection connection;
    private final Side side;
    private final Truth truth;
    private final Content content;
    private final Map<Long, Long> before = new LinkedHashMap<>();
    private final Map<Long, Long> after = new LinkedHashMap<>();
    private final List<Long> stamps = new ArrayList<>();
    private int rows;

    Unit(Connection connection, Side side, Truth truth, Content content) {
        this.connection = connection;
        this.side = side;
        this.truth = truth;
        this.content = content;
    }

    static String table(Side side) {
        return side == Side.OLD ? World.OLD_TABLE : World.EXTENDED_TABLE;
    }

    Side side() {
        return side;
    }

    /** Inserts a row, under a key of the table's choice when none is given; returns the key. */
    long insert(@Nullable Long id) throws SQLException {
        long stamp = stamp();
        String sql = "INSERT INTO " + table(side) + " (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
            bind(insert, 1, id, content.row(0, stamp));
            insert.executeUpdate();
            long key = id == null ? generated(insert) : id;
            effect(key, stamp);
            return key;
        }
    }

    /** Inserts rows under these keys with one statement. */
    void insertAll(List<Long> ids) throws SQLException {
        String sql = "INSERT INTO " + table(side) + " (" + COLUMNS + ") VALUES "
                + String.join(", ", Collections.nCopies(ids.size(), "(?, ?, ?, ?, ?, ?, ?)"));
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int parameter = 1;
            for (long id : ids) {
                long stamp = stamp();
                parameter = bind(insert, parameter, id, content.row(0, stamp));
                effect(id, stamp);
            }
            require(ids.size(), insert.executeUpdate());
        }
    }

    /** Replaces every column of a row but its key. */
    void update(long id) throws SQLException {
        long stamp = stamp();
        HistoryRow row = content.row(id, stamp);
        String sql =
                "UPDATE " + table(side) + " SET student_module_id = ?, version = ?, created = ?, state = ?, grade = ?,"
                        + " max_grade = ? WHERE id = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            int last = bindContent(update, 1, row);
            update.setLong(last, id);
            require(1, update.executeUpdate());
            effect(id, stamp);
        }
    }

    /** Deletes rows with one statement. */
    void deleteAll(Collection<Long> ids) throws SQLException {
        String sql = "DELETE FROM " + table(side) + " WHERE id IN (" + list(ids) + ")";
        try (Statement delete = connection.createStatement()) {
            require(ids.size(), delete.executeUpdate(sql));
            ids.forEach(id -> effect(id, Truth.ABSENT));
        }
    }

    /** Gives a row another key. */
    void move(long from, long to) throws SQLException {
        long stamp = now(from);
        String sql = "UPDATE " + table(side) + " SET id = " + to + " WHERE id = " + from;
        try (Statement move = connection.createStatement()) {
            require(1, move.executeUpdate(sql));
            effect(from, Truth.ABSENT);
            effect(to, stamp);
        }
    }

    /** Runs a statement that the server must refuse. */
    void refused(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
        throw new IllegalStateException("the server has taken: " + sql);
    }

    /** What each key touched is after a commit. */
    Map<Long, Long> after() {
        return after;
    }

    /** Every stamp used, those overwritten within the transaction included. */
    List<Long> stamps() {
        return stamps;
    }

    int rows() {
        return rows;
    }

    /**
     * Reads on a fresh connection whether a transaction whose commit was not answered happened; waits for it if the server still has it.
     *
     * @throws IllegalStateException when the table holds neither the state before nor the state after
     */
    boolean happened(Connection fresh) throws SQLException {
        fresh.setAutoCommit(false);
        Map<Long, Long> found = new LinkedHashMap<>();
        after.keySet().forEach(id -> found.put(id, Truth.ABSENT));
        String sql =
                "SELECT id, version FROM " + table(side) + " WHERE id IN (" + list(after.keySet()) + ") FOR UPDATE";
        try (Statement query = fresh.createStatement();
                ResultSet row = query.executeQuery(sql)) {
            while (row.next()) {
                found.put(row.getLong(1), row.getLong(2));
            }
        }
        fresh.rollback();
        if (found.equals(after)) {
            return true;
        }
        if (found.equals(before)) {
            return false;
        }
        throw new IllegalStateException(
                "a transaction happened by halves: before " + before + ", wanted " + after + ", found " + found);
    }

    private long stamp() {
        long stamp = truth.nextStamp();
        stamps.add(stamp);
        return stamp;
    }

    private long now(long id) {
        return after.getOrDefault(id, truth.of(side).getOrDefault(id, Truth.ABSENT));
    }

    private void effect(long id, long stamp) {
        before.putIfAbsent(id, truth.of(side).getOrDefault(id, Truth.ABSENT));
        after.put(id, stamp);
        rows++;
    }

    private static int bind(PreparedStatement statement, int first, @Nullable Long id, HistoryRow row)
            throws SQLException {
        if (id == null) {
            statement.setNull(first, Types.BIGINT);
        } else {
            statement.setLong(first, id);
        }
        return bindContent(statement, first + 1, row);
    }

    private static int bindContent(PreparedStatement statement, int first, HistoryRow row) throws SQLException {
        int next = first;
        statement.setLong(next++, row.studentModule());
        statement.setLong(next++, Content.stampOf(row).orElseThrow());
        statement.setObject(next++, row.created());
        statement.setBytes(next++, row.stateBytes());
        statement.setObject(next++, row.grade());
        statement.setObject(next++, row.maxGrade());
        return next;
    }

    private static long generated(Statement statement) throws SQLException {
        try (ResultSet key = statement.getGeneratedKeys()) {
            if (!key.next()) {
                throw new SQLException("the server gave no key");
            }
            return key.getLong(1);
        }
    }

    private static void require(int expected, int hit) {
        if (hit != expected) {
            throw new IllegalStateException("a statement hit " + hit + " rows instead of " + expected);
        }
    }

    private static String list(Collection<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
