package dev.widekey.sandbox.csmh;

import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.jdbc.JdbcConnection;
import dev.widekey.sandbox.mysql.Server;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a history table's rows by ascending key, exact to the byte. Texts come as the bytes the table holds and numbers in their
 * binary form. Not thread-safe.
 */
public final class HistoryRows implements AutoCloseable {
    // A server-side prepared statement sends doubles as eight bytes; a text result would round-trip through decimals.
    private static final Map<String, String> BINARY =
            Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false");

    private static final int LARGEST_PACKET = 1 << 30;

    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet rows;

    private HistoryRows(Connection connection, PreparedStatement statement, ResultSet rows) {
        this.connection = connection;
        this.statement = statement;
        this.rows = rows;
    }

    /** Opens a stream over a whole table, as the application's account. */
    public static HistoryRows open(Server server, String schema, String table) throws SQLException {
        Connection connection = World.connection(server, schema, BINARY);
        try {
            // The driver would refuse a row that is larger than what the server takes by now.
            connection
                    .unwrap(JdbcConnection.class)
                    .getPropertySet()
                    .getIntegerProperty(PropertyKey.maxAllowedPacket)
                    .setValue(LARGEST_PACKET);
            try (Statement session = connection.createStatement()) {
                session.execute("SET SESSION net_write_timeout = 600");
            }
            PreparedStatement statement = connection.prepareStatement(
                    select(table) + " ORDER BY id", ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
            // The driver's sign for one row at a time instead of the whole table in memory.
            statement.setFetchSize(Integer.MIN_VALUE);
            return new HistoryRows(connection, statement, statement.executeQuery());
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    static String select(String table) {
        return "SELECT id, student_module_id, CAST(version AS BINARY), created, CAST(state AS BINARY), grade, max_grade"
                + " FROM " + table;
    }

    /** The next row, null at the end. */
    public @Nullable HistoryRow next() throws SQLException {
        return rows.next() ? read(rows) : null;
    }

    static HistoryRow read(ResultSet row) throws SQLException {
        // The column allows no NULL; the driver is told to make one of the zero date.
        LocalDateTime created = row.getObject(4, LocalDateTime.class);
        return new HistoryRow(
                row.getLong(1),
                row.getLong(2),
                buffer(row.getBytes(3)),
                created == null ? HistoryRow.ZERO_DATE : created,
                buffer(row.getBytes(5)),
                number(row, 6),
                number(row, 7));
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private static @Nullable Double number(ResultSet row, int column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }

    @Override
    public void close() throws SQLException {
        try (connection;
                statement;
                rows) {
            // Closing a half-read stream reads the rest; all three close in this order.
        }
    }
}
