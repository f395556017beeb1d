package dev.widekey.daemon.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads one table's definition from the information schema. Confined to the connection's thread. */
final class TableReader {

    private static final String TABLE = """
            SELECT engine FROM information_schema.tables
            WHERE table_schema = ? AND table_name = ? AND table_type = 'BASE TABLE'
            """;

    private static final String COLUMNS = """
            SELECT column_name, data_type, column_type, is_nullable, character_set_name, collation_name,
                   datetime_precision, character_maximum_length, character_octet_length, numeric_precision,
                   numeric_scale, column_default, extra
            FROM information_schema.columns
            WHERE table_schema = ? AND table_name = ?
            ORDER BY ordinal_position
            """;

    private static final String UNIQUE_KEYS = """
            SELECT index_name, column_name
            FROM information_schema.statistics
            WHERE table_schema = ? AND table_name = ? AND non_unique = 0
            ORDER BY index_name, seq_in_index
            """;

    private static final String FOREIGN_KEYS = """
            SELECT DISTINCT rules.constraint_name,
                   CONCAT(rules.constraint_schema, '.', rules.table_name),
                   CONCAT(usages.referenced_table_schema, '.', usages.referenced_table_name),
                   rules.delete_rule, rules.update_rule
            FROM information_schema.referential_constraints rules
            JOIN information_schema.key_column_usage usages
              ON usages.constraint_schema = rules.constraint_schema
             AND usages.constraint_name = rules.constraint_name
             AND usages.table_name = rules.table_name
            WHERE usages.%1$stable_schema = ? AND usages.%1$stable_name = ?
            ORDER BY 2, 1
            """;

    private final Connection connection;
    private final String schema;
    private final String table;

    TableReader(Connection connection, String schema, String table) {
        this.connection = connection;
        this.schema = schema;
        this.table = table;
    }

    Optional<TableDefinition> read() throws SQLException {
        List<String> engine =
                rows(TABLE, row -> Optional.ofNullable(row.getString(1)).orElse("none"));
        if (engine.isEmpty()) {
            return Optional.empty();
        }
        Map<String, List<String>> keys = uniqueKeys();
        List<String> primary = Optional.ofNullable(keys.remove("PRIMARY")).orElse(List.of());
        return Optional.of(new TableDefinition(
                schema,
                table,
                engine.get(0),
                rows(COLUMNS, TableReader::column),
                primary,
                keys,
                foreignKeys(""),
                foreignKeys("referenced_")));
    }

    private Map<String, List<String>> uniqueKeys() throws SQLException {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        rows(UNIQUE_KEYS, row -> {
            // A part that is an expression has no column.
            String column = Optional.ofNullable(row.getString(2)).orElse("(expression)");
            return keys.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                    .add(column);
        });
        return keys;
    }

    private List<ForeignKey> foreignKeys(String side) throws SQLException {
        return rows(
                FOREIGN_KEYS.formatted(side),
                row -> new ForeignKey(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)));
    }

    private static Column column(ResultSet row) throws SQLException {
        String extra = row.getString(13).toUpperCase(Locale.ROOT);
        int scale = row.getInt(11);
        Optional<Integer> scaleOrNone = row.wasNull() ? Optional.empty() : Optional.of(scale);
        return new Column(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4).equals("YES"),
                Optional.ofNullable(row.getString(5)),
                Optional.ofNullable(row.getString(6)),
                row.getInt(7),
                row.getLong(8),
                row.getLong(9),
                row.getInt(10),
                scaleOrNone,
                Optional.ofNullable(row.getString(12)),
                extra.contains("VIRTUAL GENERATED") || extra.contains("STORED GENERATED"),
                extra.contains("INVISIBLE"),
                extra.contains("AUTO_INCREMENT"));
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> rows(String query, RowReader<T> reader) throws SQLException {
        List<T> result = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
            }
        }
        return result;
    }
}
