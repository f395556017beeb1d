package dev.widekey.daemon.pilot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What a server's statistics say about a table. Immutable.
 *
 * @param rows an estimate
 * @param data bytes of the rows, with the pages reserved for more
 * @param indexes bytes of the secondary indexes, likewise
 */
public record TableSize(long rows, long data, long indexes) {

    /** Reads the newest statistics there are; zeros when there is no such table. */
    public static TableSize read(Connection connection, String schema, String table) throws SQLException {
        String sql = "SELECT COALESCE(table_rows, 0), COALESCE(data_length, 0), COALESCE(index_length, 0)"
                + " FROM information_schema.tables WHERE table_schema = ? AND table_name = ?";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? new TableSize(row.getLong(1), row.getLong(2), row.getLong(3))
                        : new TableSize(0, 0, 0);
            }
        }
    }

    /** Rows and secondary indexes together, in bytes. */
    public long bytes() {
        return data + indexes;
    }
}
