package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Rows that were written while nobody read the stream: copies of old rows under new keys. Immutable.
 *
 * @param rows how many
 * @param firstId the key of the first
 * @param offset the place in the binlog before them, as Debezium stores it
 * @param gtids every transaction up to the last of them
 */
record Backlog(int rows, long firstId, String offset, String gtids) {
    /** On the server, where a transaction costs no round trip. */
    private static final String PROCEDURE = """
            CREATE PROCEDURE copy_rows(per_transaction INT, wanted INT)
            BEGIN
              DECLARE done INT DEFAULT 0;
              DECLARE above INT DEFAULT 0;
              DECLARE up_to INT;
              WHILE done < wanted DO
                SELECT MAX(id) INTO up_to
                  FROM (SELECT id FROM %1$s WHERE id > above ORDER BY id LIMIT per_transaction) AS next;
                INSERT INTO %1$s (student_module_id, version, created, state, grade, max_grade)
                  SELECT student_module_id, version, created, state, grade, max_grade
                  FROM %1$s WHERE id > above AND id <= up_to;
                SET done = done + ROW_COUNT();
                SET above = up_to;
              END WHILE;
            END
            """.formatted(World.OLD_TABLE);

    static Backlog write(Servers servers, int perTransaction, int rows) throws SQLException {
        try (Connection connection = servers.sourceConnection();
                Statement statement = connection.createStatement()) {
            String offset = offset(statement);
            long last = number(statement, "SELECT MAX(id) FROM " + World.OLD_TABLE);
            // How the rows got there is not measured; flushing each of them would take longer than everything that is.
            statement.execute("SET GLOBAL sync_binlog = 0");
            statement.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
            statement.execute("SET SESSION sql_log_bin = 0");
            statement.execute("DROP PROCEDURE IF EXISTS copy_rows");
            statement.execute(PROCEDURE);
            statement.execute("SET SESSION sql_log_bin = 1");
            statement.execute("CALL copy_rows(" + perTransaction + ", " + rows + ")");
            statement.execute("SET GLOBAL sync_binlog = 1");
            statement.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
            long first = number(statement, "SELECT MIN(id) FROM " + World.OLD_TABLE + " WHERE id > " + last);
            int written = (int) number(statement, "SELECT COUNT(*) FROM " + World.OLD_TABLE + " WHERE id > " + last);
            return new Backlog(written, first, offset, text(statement, "SELECT @@GLOBAL.gtid_executed"));
        }
    }

    private static String offset(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SHOW MASTER STATUS")) {
            row.next();
            return "{\"file\":\"" + row.getString("File") + "\",\"pos\":" + row.getLong("Position") + ",\"gtids\":\""
                    + row.getString("Executed_Gtid_Set").replaceAll("\\s", "") + "\"}";
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        return Long.parseLong(text(statement, query));
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1).replaceAll("\\s", "");
        }
    }
}
