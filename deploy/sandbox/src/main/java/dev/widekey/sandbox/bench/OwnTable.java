package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A table made for one measurement, of the same name on both sides, with a key that grows from 32 to 64 bits. Immutable.
 *
 * @param name its name
 * @param columns everything but the key, as SQL
 * @param values one value per column, as SQL over the row's number {@code n}
 * @param fingerprint expressions that show a row's content
 */
record OwnTable(String name, String columns, String values, String fingerprint) {
    private static final int FIRST_ROWS = 1_000;

    /** Makes the source's table and fills it. The rows are not in the binlog: nobody reads them there. */
    void fill(Servers servers, long rows, int rowsPerStatement) throws SQLException {
        try (Connection connection = servers.sourceConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION sql_log_bin = 0, cte_max_recursion_depth = 1000000");
            statement.execute(
                    "CREATE TABLE " + name + " (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, " + columns + ")");
            int step = Math.min(rowsPerStatement, FIRST_ROWS);
            for (long done = 0; done < rows; ) {
                long count = Math.min(step, rows - done);
                statement.execute("INSERT INTO " + name + " WITH RECURSIVE numbers (n) AS (SELECT " + (done + 1)
                        + " UNION ALL SELECT n + 1 FROM numbers WHERE n < " + (done + count) + ") SELECT n, " + values
                        + " FROM numbers");
                done += count;
                step = rowsPerStatement;
            }
            statement.execute("ANALYZE TABLE " + name);
        }
    }

    /** Makes the target's empty table. */
    void createTarget(Servers servers) throws SQLException {
        try (Connection connection = servers.targetConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE " + name + " (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, " + columns + ")");
        }
    }

    /** @throws FailedException when both sides are not equal */
    void check(Servers servers) throws SQLException {
        try (Connection source = servers.sourceConnection();
                Connection target = servers.targetConnection()) {
            Fingerprint wanted = Fingerprint.of(source, name, "id, " + fingerprint);
            Fingerprint found = Fingerprint.of(target, name, "id, " + fingerprint);
            if (!found.equals(wanted)) {
                throw new FailedException("the daemon left " + found + " of " + name + ", the source has " + wanted);
            }
        }
    }

    DaemonConfig config() {
        return DaemonConfig.of(name, name);
    }
}
