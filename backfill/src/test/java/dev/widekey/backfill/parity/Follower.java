package dev.widekey.backfill.parity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Carries changed rows over: after it, the target holds at least what the source held when it was called. */
final class Follower implements Settling {
    final Set<Long> changed = new HashSet<>();
    private final DataSource source;
    private final String sourceTable;
    private final DataSource target;
    private final String targetTable;

    Follower(DataSource source, String sourceTable, DataSource target, String targetTable) {
        this.source = source;
        this.sourceTable = sourceTable;
        this.target = target;
        this.targetTable = targetTable;
    }

    @Override
    public synchronized void settle() throws SQLException {
        List<Long> keys;
        synchronized (changed) {
            keys = List.copyOf(changed);
            changed.clear();
        }
        String in = keys.isEmpty()
                ? "(NULL)"
                : keys.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
        try (Connection from = source.getConnection();
                Connection to = target.getConnection();
                Statement read = from.createStatement();
                Statement delete = to.createStatement();
                PreparedStatement write = to.prepareStatement("INSERT INTO " + targetTable + " VALUES (?, ?, ?, ?)")) {
            to.setAutoCommit(false);
            delete.execute("DELETE FROM " + targetTable + " WHERE id IN " + in);
            try (ResultSet row = read.executeQuery("SELECT id, d, at, s FROM " + sourceTable + " WHERE id IN " + in)) {
                while (row.next()) {
                    for (int column = 1; column <= 4; column++) {
                        byte[] value = row.getBytes(column);
                        write.setString(column, value == null ? null : new String(value, UTF_8));
                    }
                    write.executeUpdate();
                }
            }
            to.commit();
        }
    }
}
