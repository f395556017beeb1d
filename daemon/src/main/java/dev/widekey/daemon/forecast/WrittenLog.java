package dev.widekey.daemon.forecast;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A server's binlog at one moment: its files with their sizes. Immutable.
 *
 * @param files sizes in bytes by name, the newest last; none when they cannot be seen
 * @param unknown why they cannot; empty when they can
 */
public record WrittenLog(Map<String, Long> files, String unknown) {

    /** Keeps its own copy, in the same order. */
    public WrittenLog {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /** Looks. What the account may not see is unknown and no failure. */
    public static WrittenLog read(Connection connection) throws SQLException {
        Map<String, Long> files = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT @@global.log_bin")) {
                row.next();
                if (!row.getBoolean(1)) {
                    return new WrittenLog(Map.of(), "the server writes no binlog");
                }
            }
            try (ResultSet row = statement.executeQuery("SHOW BINARY LOGS")) {
                while (row.next()) {
                    files.put(row.getString(1), row.getLong(2));
                }
            }
        } catch (SQLException refused) {
            return new WrittenLog(Map.of(), refused.getMessage() + "; GRANT REPLICATION CLIENT ON *.* shows it");
        }
        return new WrittenLog(files, "");
    }

    /** Bytes written between an earlier moment and this one, by everybody; empty when it cannot be told. */
    public OptionalLong since(WrittenLog earlier) {
        if (!unknown.isEmpty() || !earlier.unknown.isEmpty() || earlier.files.isEmpty()) {
            return OptionalLong.empty();
        }
        String newestThen = "";
        for (String name : earlier.files.keySet()) {
            newestThen = name;
        }
        if (!files.containsKey(newestThen)) {
            // It was purged meanwhile, and with it what was written to it.
            return OptionalLong.empty();
        }
        long bytes = 0;
        boolean counts = false;
        for (Map.Entry<String, Long> file : files.entrySet()) {
            counts |= file.getKey().equals(newestThen);
            if (counts) {
                bytes += file.getValue();
            }
        }
        return OptionalLong.of(bytes - earlier.files.getOrDefault(newestThen, 0L));
    }
}
