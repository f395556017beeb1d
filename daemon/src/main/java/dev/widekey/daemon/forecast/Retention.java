package dev.widekey.daemon.forecast;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * For how long a server keeps its binlog by itself. Immutable.
 *
 * @param seconds 0 when it purges nothing by itself
 * @param setting the setting that says so
 */
public record Retention(long seconds, String setting) {

    /** Reads the server's settings, by whichever name it has them. */
    public static Retention read(Connection connection) throws SQLException {
        Map<String, String> settings = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW GLOBAL VARIABLES WHERE Variable_name IN"
                        + " ('binlog_expire_logs_seconds', 'expire_logs_days', 'binlog_expire_logs_auto_purge')")) {
            while (row.next()) {
                settings.put(row.getString(1).toLowerCase(Locale.ROOT), row.getString(2));
            }
        }
        return of(settings);
    }

    static Retention of(Map<String, String> settings) {
        if (settings.getOrDefault("binlog_expire_logs_auto_purge", "ON").equalsIgnoreCase("OFF")) {
            return new Retention(0, "binlog_expire_logs_auto_purge");
        }
        long seconds = Long.parseLong(settings.getOrDefault("binlog_expire_logs_seconds", "0"));
        if (seconds > 0) {
            return new Retention(seconds, "binlog_expire_logs_seconds");
        }
        long days = Long.parseLong(settings.getOrDefault("expire_logs_days", "0"));
        return days > 0
                ? new Retention(days * 86_400, "expire_logs_days")
                : new Retention(0, "binlog_expire_logs_seconds");
    }

    /** Whether so many seconds are more than half of it. */
    public boolean isShortFor(double needed) {
        return seconds > 0 && needed > seconds / 2.0;
    }
}
