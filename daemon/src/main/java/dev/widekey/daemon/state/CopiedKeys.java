package dev.widekey.daemon.state;

import dev.widekey.backfill.KeyRange;
import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The keys whose chunks were copied at one moment. Holds one entry for each gap between copied chunks, of which there are about as many as workers.
 * Immutable.
 */
public final class CopiedKeys {
    /** Copied ranges that do not touch, by their lower bound: above it, up to and including the value. */
    private final NavigableMap<Long, Long> ranges;

    private CopiedKeys(NavigableMap<Long, Long> ranges) {
        this.ranges = ranges;
    }

    /** Reads the plan of a migration. */
    public static CopiedKeys read(Database target, StateSchema state, String migration) throws SQLException {
        NavigableMap<Long, Long> ranges = new TreeMap<>();
        String sql = "SELECT above, up_to FROM " + state.name("chunk")
                + " WHERE migration = ? AND copied ORDER BY above IS NOT NULL, above";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Long above = row.getObject(1, Long.class);
                    Long upTo = row.getObject(2, Long.class);
                    add(ranges, above == null ? Long.MIN_VALUE : above, upTo == null ? Long.MAX_VALUE : upTo);
                }
            }
        }
        return new CopiedKeys(ranges);
    }

    /** The keys of these ranges, which are in ascending order. */
    static CopiedKeys of(Iterable<KeyRange> ascending) {
        NavigableMap<Long, Long> ranges = new TreeMap<>();
        for (KeyRange range : ascending) {
            add(
                    ranges,
                    range.above() == null ? Long.MIN_VALUE : range.above(),
                    range.upTo() == null ? Long.MAX_VALUE : range.upTo());
        }
        return new CopiedKeys(ranges);
    }

    private static void add(NavigableMap<Long, Long> ranges, long above, long upTo) {
        Map.Entry<Long, Long> before = ranges.lastEntry();
        if (before != null && before.getValue() == above) {
            ranges.put(before.getKey(), upTo);
        } else {
            ranges.put(above, upTo);
        }
    }

    /** Whether the key's chunk was copied. */
    public boolean contains(long key) {
        Map.Entry<Long, Long> range = ranges.lowerEntry(key);
        return range != null && key <= range.getValue();
    }
}
