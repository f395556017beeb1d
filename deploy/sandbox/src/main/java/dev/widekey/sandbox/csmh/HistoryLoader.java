package dev.widekey.sandbox.csmh;

import com.mysql.cj.jdbc.JdbcStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Writes a generated history into the old schema on two connections, the history itself as a data file sent over the wire. Used once. */
final class HistoryLoader {
    private static final int CONNECTIONS = 2;
    private static final int ROWS_PER_STATEMENT = 500;
    private static final int ROWS_PER_COMMIT = 5_000;
    private static final String STUDENT = "INSERT INTO auth_user (id, username) VALUES (?, ?)";
    private static final String MODULE = "INSERT INTO courseware_studentmodule (id, module_type, module_id, student_id,"
            + " state, grade, created, modified, max_grade, done, course_id)"
            + " VALUES (?, 'problem', ?, ?, '{}', NULL, '2015-02-01', '2015-02-01', NULL, 'na', 'edX/DemoX/Demo_Course')";
    private static final String HISTORY = "LOAD DATA LOCAL INFILE 'history' INTO TABLE courseware_studentmodulehistory"
            + " CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'"
            + " (id, student_module_id, created, state, grade, max_grade)";

    private final World world;
    private final Generator generator;
    private final UnaryOperator<HistoryRow> touch;

    /**
     * Loads a generated history.
     *
     * @param touch gets each row before it is written
     */
    HistoryLoader(World world, Generator generator, UnaryOperator<HistoryRow> touch) {
        this.touch = touch;
        this.world = world;
        this.generator = generator;
    }

    void load(Consumer<HistoryRow> loaded) throws SQLException, InterruptedException {
        try (Connection connection = connect()) {
            insert(connection, STUDENT, 1, generator.students() + 1, (statement, id) -> {
                statement.setInt(1, id);
                statement.setString(2, "student" + id);
            });
            insert(connection, MODULE, 1, generator.modules() + 1, (statement, id) -> {
                statement.setInt(1, id);
                statement.setString(2, "i4x://edX/DemoX/problem/p" + id);
                statement.setInt(3, generator.studentOf(id));
            });
        }
        ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Callable<Void>> parts = new ArrayList<>();
            for (int part = 0; part < CONNECTIONS; part++) {
                int from = (int) ((long) generator.rows() * part / CONNECTIONS);
                int to = (int) ((long) generator.rows() * (part + 1) / CONNECTIONS);
                parts.add(() -> history(loaded, from, to));
            }
            for (Future<Void> part : pool.invokeAll(parts)) {
                part.get();
            }
        } catch (ExecutionException e) {
            throw new SQLException("loading the history failed", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    @SuppressWarnings("NullAway") // a Callable<Void> has nothing else to return
    private Void history(Consumer<HistoryRow> loaded, int from, int to) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (int start = from; start < to; start += ROWS_PER_COMMIT) {
                HistoryFile file = new HistoryFile();
                for (int i = start; i < Math.min(to, start + ROWS_PER_COMMIT); i++) {
                    HistoryRow row = touch.apply(generator.row(i));
                    file.add(row);
                    loaded.accept(row);
                }
                statement.unwrap(JdbcStatement.class).setLocalInfileInputStream(file.stream());
                statement.execute(HISTORY);
                connection.commit();
            }
        }
        return null;
    }

    private Connection connect() throws SQLException {
        Connection connection = World.connection(
                world.source(),
                world.sourceSchema(),
                Map.of("rewriteBatchedStatements", "true", "allowLoadLocalInfile", "true"));
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            // The rows are right by construction; checking each against its module doubles the time.
            statement.execute("SET SESSION foreign_key_checks = 0");
        }
        return connection;
    }

    private static void insert(Connection connection, String sql, int from, int to, Binder binder) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = from; i < to; i++) {
                binder.bind(statement, i);
                statement.addBatch();
                int done = i - from + 1;
                if (done % ROWS_PER_STATEMENT == 0 || i == to - 1) {
                    statement.executeBatch();
                }
                if (done % ROWS_PER_COMMIT == 0) {
                    connection.commit();
                }
            }
            connection.commit();
        }
    }

    private interface Binder {
        void bind(PreparedStatement statement, int index) throws SQLException;
    }
}
