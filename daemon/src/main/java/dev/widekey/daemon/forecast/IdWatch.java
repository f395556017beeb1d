package dev.widekey.daemon.forecast;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Looks at the ids that a table's key has left. The connection's session needs {@code information_schema_stats_expiry=0}, as every one of
 * {@link dev.widekey.daemon.database.Database} has: otherwise the server may answer with the AUTO_INCREMENT of yesterday. Confined to one thread.
 */
final class IdWatch {
    private static final String COUNTER = """
            SELECT t.auto_increment, @@global.auto_increment_increment, @@global.auto_increment_offset, UNIX_TIMESTAMP(), c.column_type, c.extra
            FROM information_schema.tables t
            JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
            WHERE t.table_schema = ? AND t.table_name = ? AND c.column_name = ?
            """;

    private final String schema;
    private final String table;
    private final String key;
    private final LongSupplier nanoTime;
    private final IdRate rate = new IdRate();

    IdWatch(String schema, String table, String key, LongSupplier nanoTime) {
        this.schema = schema;
        this.table = table;
        this.key = key;
        this.nanoTime = nanoTime;
    }

    /** Looks; unknown when there is no such integer column. */
    Exhaustion look(Connection connection) throws SQLException {
        Optional<BigInteger> highest = highest(connection);
        try (PreparedStatement query = connection.prepareStatement(COUNTER)) {
            query.setString(1, schema);
            query.setString(2, table);
            query.setString(3, key);
            try (ResultSet row = query.executeQuery()) {
                Optional<IntegerType> type = row.next() ? IntegerType.of(row.getString(5)) : Optional.empty();
                if (type.isEmpty()) {
                    return Exhaustion.UNKNOWN;
                }
                // Ids that the application makes itself keep to no step of the server's.
                boolean counts = row.getString(6).contains("auto_increment");
                IdSpace ids = IdSpace.of(
                        key,
                        type.get(),
                        number(row, 1),
                        highest,
                        counts ? row.getLong(2) : 1,
                        counts ? row.getLong(3) : 1);
                rate.look(ids, nanoTime.getAsLong());
                return new Exhaustion(Optional.of(ids), rate.perSecond(), Instant.ofEpochSecond(row.getLong(4)));
            }
        }
    }

    /** For how many seconds the rate was measured. */
    double measured() {
        return rate.measured();
    }

    private Optional<BigInteger> highest(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT MAX(" + quoted(key) + ") FROM " + quoted(schema) + "." + quoted(table))) {
            row.next();
            return number(row, 1);
        }
    }

    static Optional<BigInteger> number(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getString(column)).map(BigInteger::new);
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
