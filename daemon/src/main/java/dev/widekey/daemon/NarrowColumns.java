package dev.widekey.daemon;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.table.Column;
import dev.widekey.daemon.table.TableDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The integer columns beside the key that are narrower on the source than on the target: how far the target's largest value is from where the source's
 * column ends. Only columns that begin an index of the target are asked, since the largest value of any other costs a look at every row. Thread-safe.
 */
final class NarrowColumns {
    private final Database target;
    private final String table;

    /** The last value that fits the source, by column. */
    private final Map<String, Long> ends;

    private NarrowColumns(Database target, String table, Map<String, Long> ends) {
        this.target = target;
        this.table = table;
        this.ends = ends;
    }

    /** Finds them. */
    static NarrowColumns of(Database target, TableDefinition onTarget, TableDefinition onSource, String key)
            throws SQLException {
        Map<String, Long> ends = new HashMap<>();
        Set<String> indexed = indexed(target, onTarget);
        for (Column wide : onTarget.columns()) {
            onSource.column(wide.name())
                    .filter(narrow -> wide.isInteger() && narrow.isInteger() && narrow.largest() < wide.largest())
                    .filter(narrow -> !wide.name().equalsIgnoreCase(key) && indexed.contains(lower(wide.name())))
                    .ifPresent(narrow -> ends.put(wide.name(), narrow.largest()));
        }
        return new NarrowColumns(target, quoted(onTarget.schema()) + "." + quoted(onTarget.table()), Map.copyOf(ends));
    }

    private static Set<String> indexed(Database target, TableDefinition table) throws SQLException {
        String sql = "SELECT column_name FROM information_schema.statistics"
                + " WHERE table_schema = ? AND table_name = ? AND seq_in_index = 1 AND column_name IS NOT NULL";
        Set<String> columns = new HashSet<>();
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table.schema());
            query.setString(2, table.table());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    columns.add(lower(row.getString(1)));
                }
            }
        }
        return columns;
    }

    /** How many values are left until the source's column ends, by column; never less than none. */
    Map<String, Long> left() throws SQLException {
        Map<String, Long> left = new TreeMap<>();
        if (ends.isEmpty()) {
            return left;
        }
        try (Connection connection = target.pool().getConnection();
                Statement query = connection.createStatement()) {
            for (Map.Entry<String, Long> end : ends.entrySet()) {
                try (ResultSet row = query.executeQuery("SELECT MAX(" + quoted(end.getKey()) + ") FROM " + table)) {
                    row.next();
                    left.put(end.getKey(), Math.max(0, end.getValue() - row.getLong(1)));
                }
            }
        }
        return left;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
