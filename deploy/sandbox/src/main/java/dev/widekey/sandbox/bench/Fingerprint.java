package dev.widekey.sandbox.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a table holds, in two numbers. Equal fingerprints mean equal rows as far as a sum of checksums can tell. Immutable.
 *
 * @param rows how many rows
 * @param sum checksums of all rows, added up
 */
record Fingerprint(long rows, String sum) {

    /** Reads a history of either shape: seconds are the finest that both tables hold. */
    static Fingerprint ofHistory(Connection connection, String table) throws SQLException {
        return of(
                connection,
                table,
                "id, student_module_id, IFNULL(version, '~'), DATE_FORMAT(created, '%Y%m%d%H%i%s'),"
                        + " IFNULL(state, '~'), IFNULL(grade, '~'), IFNULL(max_grade, '~')");
    }

    /** Reads a table by these expressions. */
    static Fingerprint of(Connection connection, String table, String expressions) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*), COALESCE(SUM(CRC32(CONCAT_WS('#', "
                        + expressions + "))), 0) FROM " + table)) {
            row.next();
            return new Fingerprint(row.getLong(1), row.getString(2));
        }
    }

    @Override
    public String toString() {
        return rows + " rows with checksum " + sum;
    }
}
