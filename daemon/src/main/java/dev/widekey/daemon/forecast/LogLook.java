package dev.widekey.daemon.forecast;

import dev.widekey.cdc.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A server's binlog at one moment. Immutable.
 *
 * @param server its UUID
 * @param at seconds of the server's own clock, by which it purges
 * @param retention how long it keeps a file that is written no more
 * @param log its files, the newest last
 */
record LogLook(String server, double at, Retention retention, WrittenLog log) {

    /**
     * Looks. The clock is read first, so that a file that is the newest one now was not finished before {@code at}.
     *
     * @throws SQLException also when the server shows no binlog
     */
    static LogLook read(Connection connection) throws SQLException {
        String server;
        double at;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@server_uuid, UNIX_TIMESTAMP(NOW(6))")) {
            row.next();
            server = row.getString(1);
            at = row.getDouble(2);
        }
        WrittenLog log = WrittenLog.read(connection);
        if (log.files().isEmpty()) {
            throw new SQLException(log.unknown().isEmpty() ? "the server lists no binlog" : log.unknown());
        }
        return new LogLook(server, at, Retention.read(connection), log);
    }

    /** The file that is written now. */
    String newest() {
        String newest = "";
        for (String name : log.files().keySet()) {
            newest = name;
        }
        return newest;
    }

    /** Whether the position is a place in this log, in a file that may be purged by now. */
    boolean isOf(Position position) {
        return position.serverUuid().equals(server);
    }

    boolean has(Position position) {
        return log.files().containsKey(position.file());
    }

    /** Bytes from the position to the end of the log; empty when it is not in the log. */
    OptionalLong behind(Position position) {
        if (!isOf(position) || !has(position)) {
            return OptionalLong.empty();
        }
        long bytes = -position.offset();
        boolean counts = false;
        for (Map.Entry<String, Long> file : log.files().entrySet()) {
            counts |= file.getKey().equals(position.file());
            bytes += counts ? file.getValue() : 0;
        }
        return OptionalLong.of(Math.max(0, bytes));
    }
}
