package dev.widekey.backfill;

import java.util.List;

/**
 * The table rows are read from, reduced to the projection: the columns that copy and stream both carry, in one order.
 *
 * <p>Names are raw; the SQL made here quotes them.
 *
 * @param key the primary key column, one of {@code columns}
 * @param columns the projection
 * @param reads one SQL expression per column, which makes of its value the bytes that travel
 */
public record SourceTable(String schema, String table, String key, List<String> columns, List<String> reads) {

    /** Refuses a projection without the key. */
    public SourceTable {
        columns = List.copyOf(columns);
        reads = List.copyOf(reads);
        if (!columns.contains(key)) {
            throw new IllegalArgumentException("the projection " + columns + " lacks the key " + key);
        }
        if (reads.size() != columns.size()) {
            throw new IllegalArgumentException(
                    columns.size() + " columns are read by " + reads.size() + " expressions");
        }
    }

    /** A table whose columns are read as the server prints them. */
    public SourceTable(String schema, String table, String key, List<String> columns) {
        this(
                schema,
                table,
                key,
                columns,
                columns.stream().map(SourceTable::quoted).toList());
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
        return String.join(", ", reads);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
