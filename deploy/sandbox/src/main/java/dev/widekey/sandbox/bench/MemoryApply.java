package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.mysql.Server;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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

/** Rows in memory, written by upserts of many rows on two connections into a table like the target's, with nothing read meanwhile. Used once. */
final class MemoryApply {
    private static final String TABLE = "from_memory";
    private static final int CONNECTIONS = 2;
    private static final int ROWS_PER_TRANSACTION = 500;
    private static final int COLUMNS = 7;

    private final List<Object[]> rows;

    private MemoryApply(List<Object[]> rows) {
        this.rows = rows;
    }

    /** Reads every row of the history from a key on. */
    static MemoryApply of(Servers servers, long firstId) throws SQLException {
        try (Connection connection = servers.sourceConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, student_module_id, version, created, state, grade, max_grade FROM "
                                + World.OLD_TABLE + " WHERE id >= " + firstId + " ORDER BY id")) {
            List<Object[]> rows = new ArrayList<>();
            while (row.next()) {
                Object[] values = new Object[COLUMNS];
                for (int i = 0; i < COLUMNS; i++) {
                    values[i] = row.getObject(i + 1);
                }
                rows.add(values);
            }
            return new MemoryApply(rows);
        }
    }

    double rowsPerSecond(Servers servers) throws SQLException, InterruptedException {
        try (Connection connection = servers.targetConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + TABLE);
            statement.execute("CREATE TABLE " + TABLE + " LIKE " + World.EXTENDED_TABLE);
        }
        ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Callable<Integer>> parts = new ArrayList<>();
            for (int part = 0; part < CONNECTIONS; part++) {
                List<Object[]> own = rows.subList((int) ((long) rows.size() * part / CONNECTIONS), (int)
                        ((long) rows.size() * (part + 1) / CONNECTIONS));
                parts.add(() -> write(servers, own));
            }
            long began = System.nanoTime();
            int written = 0;
            for (Future<Integer> part : pool.invokeAll(parts)) {
                written += part.get();
            }
            return written / ((System.nanoTime() - began) / 1e9);
        } catch (ExecutionException e) {
            throw new SQLException("rows cannot be applied from memory", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private static int write(Servers servers, List<Object[]> rows) throws SQLException {
        Server target = servers.world().target();
        try (Connection connection =
                        target.connect(target.user(), target.password(), Map.of("rewriteBatchedStatements", "true"));
                PreparedStatement upsert = connection.prepareStatement(
                        "INSERT INTO "
                                + servers.world().targetSchema() + "." + TABLE
                                + " (id, student_module_id, version, created, state, grade, max_grade) VALUES (?, ?, ?, ?, ?, ?, ?)"
                                + " ON DUPLICATE KEY UPDATE student_module_id = VALUES(student_module_id), version = VALUES(version),"
                                + " created = VALUES(created), state = VALUES(state), grade = VALUES(grade), max_grade = VALUES(max_grade)")) {
            connection.setAutoCommit(false);
            for (int from = 0; from < rows.size(); from += ROWS_PER_TRANSACTION) {
                for (Object[] row : rows.subList(from, Math.min(rows.size(), from + ROWS_PER_TRANSACTION))) {
                    for (int i = 0; i < row.length; i++) {
                        upsert.setObject(i + 1, row[i]);
                    }
                    upsert.addBatch();
                }
                upsert.executeBatch();
                connection.commit();
            }
            return rows.size();
        }
    }
}
