package dev.widekey.daemon.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server is asked, and how its answers are read. Needs PROCESS for the history list, REPLICATION CLIENT on a replica, nothing for the rest; a
 * server older than 8.0.30 tells about its redo log only those with PROCESS. Stateless.
 */
final class Questions {
    private static final Pattern WRITTEN = Pattern.compile("(?m)^Log sequence number\\s+(\\d+)");
    private static final Pattern CHECKPOINT = Pattern.compile("(?m)^Last checkpoint at\\s+(\\d+)");

    private Questions() {}

    /** Reads the newest row's key: the end of the table is where the application works. */
    static String newestKey(String schema, String table, String key) {
        return "SELECT " + quoted(key) + " FROM " + quoted(schema) + "." + quoted(table) + " ORDER BY " + quoted(key)
                + " DESC LIMIT 1";
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** How many milliseconds it takes to read the newest row's key. */
    static double latency(Connection source, String sql) throws SQLException {
        try (Statement statement = source.createStatement()) {
            long begun = System.nanoTime();
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    rows.getLong(1);
                }
            }
            return (System.nanoTime() - begun) / 1e6;
        }
    }

    static Optional<Reading> threadsRunning(Connection server, int limit) throws SQLException {
        OptionalLong running = number(status(server), "threads_running");
        return Optional.of(
                running.isPresent()
                        ? new Reading.Value(running.getAsLong(), limit)
                        : new Reading.Unknown("the server does not say Threads_running"));
    }

    static Optional<Reading> purgeLag(Connection server, long limit) throws SQLException {
        String sql =
                "SELECT `COUNT` FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len' AND STATUS = 'enabled'";
        try (Statement statement = server.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return Optional.of(
                    row.next()
                            ? new Reading.Value(row.getLong(1), limit)
                            : new Reading.Unknown("the monitor trx_rseg_history_len is not enabled"));
        }
    }

    static Optional<Reading> checkpointAge(Connection target, int limit) throws SQLException {
        Map<String, String> status = status(target);
        OptionalDouble percent = percent(
                number(status, "innodb_redo_log_current_lsn"),
                number(status, "innodb_redo_log_checkpoint_lsn"),
                number(status, "innodb_redo_log_capacity_resized"));
        if (percent.isEmpty()) {
            percent = percentOfOlder(target);
        }
        return Optional.of(
                percent.isPresent()
                        ? new Reading.Value(percent.getAsDouble(), limit)
                        : new Reading.Unknown("the server does not say how old its checkpoint is"));
    }

    /** Before 8.0.30 only the monitor's page tells. */
    private static OptionalDouble percentOfOlder(Connection target) throws SQLException {
        try (Statement statement = target.createStatement()) {
            String page;
            try (ResultSet row = statement.executeQuery("SHOW ENGINE INNODB STATUS")) {
                page = row.next() ? row.getString("Status") : "";
            }
            try (ResultSet row =
                    statement.executeQuery("SELECT @@innodb_log_file_size * @@innodb_log_files_in_group")) {
                return row.next() ? percentOf(page, row.getLong(1)) : OptionalDouble.empty();
            }
        }
    }

    /** The age of the checkpoint on a page of the InnoDB monitor. */
    static OptionalDouble percentOf(String page, long capacity) {
        return percent(number(page, WRITTEN), number(page, CHECKPOINT), OptionalLong.of(capacity));
    }

    private static OptionalDouble percent(OptionalLong written, OptionalLong checkpoint, OptionalLong capacity) {
        if (written.isEmpty() || checkpoint.isEmpty() || capacity.isEmpty() || capacity.getAsLong() <= 0) {
            return OptionalDouble.empty();
        }
        // The two numbers are not read at the same moment.
        return OptionalDouble.of(
                Math.max(0, written.getAsLong() - checkpoint.getAsLong()) * 100.0 / capacity.getAsLong());
    }

    /** How far a replica is behind, on the channel that is furthest. */
    static Optional<Reading> replicaLag(Connection replica, Duration limit) throws SQLException {
        try (Statement statement = replica.createStatement();
                ResultSet rows = statement.executeQuery(showReplica(replica))) {
            String column = column(rows.getMetaData());
            double worst = -1;
            while (rows.next()) {
                double seconds = rows.getDouble(column);
                if (rows.wasNull()) {
                    return Optional.of(new Reading.Unknown("replication is stopped"));
                }
                worst = Math.max(worst, seconds);
            }
            return Optional.of(
                    worst < 0
                            ? new Reading.Unknown("it is no replica")
                            : new Reading.Value(worst, limit.toMillis() / 1e3));
        }
    }

    private static String showReplica(Connection replica) throws SQLException {
        Matcher version = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*")
                .matcher(replica.getMetaData().getDatabaseProductVersion());
        boolean older = version.matches()
                && version.group(1).equals("8")
                && version.group(2).equals("0")
                && Integer.parseInt(version.group(3)) < 22;
        return older ? "SHOW SLAVE STATUS" : "SHOW REPLICA STATUS";
    }

    private static String column(ResultSetMetaData columns) throws SQLException {
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (columns.getColumnLabel(i).startsWith("Seconds_Behind_")) {
                return columns.getColumnLabel(i);
            }
        }
        throw new SQLException("the server does not say how far it is behind");
    }

    private static Map<String, String> status(Connection server) throws SQLException {
        String sql = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_running', 'Innodb_redo_log_current_lsn',"
                + " 'Innodb_redo_log_checkpoint_lsn', 'Innodb_redo_log_capacity_resized')";
        Map<String, String> status = new HashMap<>();
        try (Statement statement = server.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                status.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
            }
        }
        return status;
    }

    private static OptionalLong number(Map<String, String> status, String name) {
        String value = status.getOrDefault(name, "");
        return value.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(value)) : OptionalLong.empty();
    }

    private static OptionalLong number(String page, Pattern line) {
        Matcher matcher = line.matcher(page);
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
