package dev.widekey.backfill;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The table rows are read from, reduced to the projection: the columns that copy and stream both carry, in one order.
 *
 * <p>Names are raw; the SQL made here quotes them.
 *
 * @param key the primary key column, one of {@code columns}
 * @param columns the projection
 */
public record SourceTable(String schema, String table, String key, List<String> columns) {

    /** Refuses a projection without the key. */
    public SourceTable {
        columns = List.copyOf(columns);
        if (!columns.contains(key)) {
            throw new IllegalArgumentException("the projection " + columns + " lacks the key " + key);
        }
    }

    /** Where the key stands in the projection, from 0. */
    public int keyIndex() {
        return columns.indexOf(key);
    }

    String name() {
        return quoted(schema) + "." + quoted(table);
    }

    String keyName() {
        return quoted(key);
    }

    String selectList() {
        return columns.stream().map(SourceTable::quoted).collect(Collectors.joining(", "));
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
