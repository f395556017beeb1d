package dev.widekey.daemon.table;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table as the server describes it. Immutable.
 *
 * @param columns in the table's order
 * @param primaryKey column names in the key's order, empty without one
 * @param uniqueKeys the other unique keys by name, with their columns
 * @param foreignKeysFrom where this table is the child
 * @param foreignKeysOnto where this table is the parent; the server names only those of tables the account may see
 */
public record TableDefinition(
        String schema,
        String table,
        String engine,
        List<Column> columns,
        List<String> primaryKey,
        Map<String, List<String>> uniqueKeys,
        List<ForeignKey> foreignKeysFrom,
        List<ForeignKey> foreignKeysOnto) {

    public TableDefinition {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        uniqueKeys = Map.copyOf(uniqueKeys);
        foreignKeysFrom = List.copyOf(foreignKeysFrom);
        foreignKeysOnto = List.copyOf(foreignKeysOnto);
    }

    /** Reads the definition; empty when there is no such base table or the account may not see it. */
    public static Optional<TableDefinition> read(Connection connection, String schema, String table)
            throws SQLException {
        return new TableReader(connection, schema, table).read();
    }

    /** The column of that name, whatever its case. */
    public Optional<Column> column(String name) {
        return columns.stream()
                .filter(column -> column.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** Schema and table with a dot, for messages. */
    public String name() {
        return schema + "." + table;
    }
}
