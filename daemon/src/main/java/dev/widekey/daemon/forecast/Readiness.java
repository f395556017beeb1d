package dev.widekey.daemon.forecast;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks on a server for what holds or shows the key's values elsewhere and is not ready for 64 bits: columns of other tables, and views.
 *
 * <p>Sees what the account may see: the tables and views it has a privilege on; with PROCESS, the foreign keys of all others too. Confined to the
 * connection's thread.
 */
final class Readiness {
    private static final String OTHERS =
            " NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') AND NOT (c.table_schema = ? AND c.table_name = ?)";

    private static final String COLUMN =
            "SELECT c.table_schema, c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, c.column_comment, ";

    private static final String BY_FOREIGN_KEY = COLUMN + """
            k.constraint_name
            FROM information_schema.key_column_usage k
            JOIN information_schema.columns c
              ON c.table_schema = k.table_schema AND c.table_name = k.table_name AND c.column_name = k.column_name
            WHERE k.referenced_table_schema = ? AND k.referenced_table_name = ? AND k.referenced_column_name = ? AND c.table_schema""" + OTHERS + " ORDER BY 1, 2, 3";

    private static final String BY_NAME = COLUMN + """
            NULL
            FROM information_schema.columns c
            JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
            WHERE t.table_type = 'BASE TABLE' AND c.generation_expression = '' AND c.column_name = ? AND c.table_schema""" + OTHERS + " ORDER BY 1, 2, 3";

    /** Names of the server's own catalogue; those with other than plain characters are spelled otherwise there and stay unseen. */
    private static final String HIDDEN = """
            SELECT SUBSTRING_INDEX(f.for_name, '/', 1), SUBSTRING_INDEX(f.for_name, '/', -1), c.for_col_name, SUBSTRING_INDEX(f.id, '/', -1)
            FROM information_schema.innodb_foreign f JOIN information_schema.innodb_foreign_cols c ON c.id = f.id
            WHERE f.ref_name = CONCAT(?, '/', ?) AND c.ref_col_name = ? AND f.for_name <> f.ref_name ORDER BY 1, 2, 3
            """;

    private static final String VIEWS = """
            WITH RECURSIVE reading (s, v) AS (
              SELECT view_schema, view_name FROM information_schema.view_table_usage WHERE table_schema = ? AND table_name = ?
              UNION
              SELECT u.view_schema, u.view_name FROM information_schema.view_table_usage u
              JOIN reading r ON u.table_schema = r.s AND u.table_name = r.v)
            SELECT r.s, r.v, c.column_name, c.column_type
            FROM reading r LEFT JOIN information_schema.columns c
              ON c.table_schema = r.s AND c.table_name = r.v AND c.column_name IN (?, ?)
            ORDER BY 1, 2, 3
            """;

    private static final int NOT_ALLOWED = 1227;

    private final Connection connection;
    private final String schema;
    private final String table;
    private final String key;

    Readiness(Connection connection, String schema, String table, String key) {
        this.connection = connection;
        this.schema = schema;
        this.table = table;
        this.key = key;
    }

    /** Columns of other tables that hold the key's values, by foreign key first. */
    List<KeyHolder> holders() throws SQLException {
        Map<String, KeyHolder> holders = new LinkedHashMap<>();
        collect(BY_FOREIGN_KEY, holders, schema, table, key, schema, table);
        for (KeyHolder hidden : hidden()) {
            holders.putIfAbsent(place(hidden), hidden);
        }
        collect(BY_NAME, holders, table + "_id", schema, table);
        return List.copyOf(holders.values());
    }

    private void collect(String query, Map<String, KeyHolder> into, String... values) throws SQLException {
        try (PreparedStatement statement = prepared(query, values);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Optional<IntegerType> type = IntegerType.of(row.getString(4));
                if (type.isPresent()) {
                    KeyHolder holder = new KeyHolder(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            type,
                            rest(row),
                            Optional.ofNullable(row.getString(8)));
                    into.putIfAbsent(place(holder), holder);
                }
            }
        }
    }

    /** MODIFY drops what it does not repeat. */
    private static String rest(ResultSet row) throws SQLException {
        String rest = row.getString(5).equals("YES") ? " NULL" : " NOT NULL";
        String value = row.getString(6);
        String comment = row.getString(7);
        return rest
                + (value == null ? "" : " DEFAULT " + text(value))
                + (comment.isEmpty() ? "" : " COMMENT " + text(comment));
    }

    private static String text(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private List<KeyHolder> hidden() throws SQLException {
        List<KeyHolder> hidden = new ArrayList<>();
        try (PreparedStatement statement = prepared(HIDDEN, schema, table, key);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                hidden.add(new KeyHolder(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        Optional.empty(),
                        " ... (the rest as it is)",
                        Optional.of(row.getString(4))));
            }
        } catch (SQLException refused) {
            if (refused.getErrorCode() != NOT_ALLOWED) {
                throw refused;
            }
        }
        return hidden;
    }

    private static String place(KeyHolder holder) {
        return holder.schema() + "\n" + holder.table() + "\n" + holder.column();
    }

    /**
     * A view that reads the table, directly or through another view.
     *
     * @param column of it that is named like the key, or like a reference to it; empty when none is
     * @param type of that column; empty when it is no integer
     */
    record View(String name, Optional<String> column, Optional<IntegerType> type) {
        /** Whether it shows the key in fewer than 64 bits. */
        boolean isNarrow() {
            return type.map(its -> its.bits() < 64).orElse(false);
        }

        /** The column as it is shown. */
        String shown() {
            return column.map(named ->
                            named + " is " + type.map(IntegerType::text).orElse("no integer") + " there")
                    .orElse("no column of it is named like the key");
        }
    }

    /** Views that read the table. */
    List<View> views() throws SQLException {
        List<View> views = new ArrayList<>();
        try (PreparedStatement statement = prepared(VIEWS, schema, table, key, table + "_id");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Optional<String> column = Optional.ofNullable(row.getString(3));
                views.add(new View(
                        row.getString(1) + "." + row.getString(2),
                        column,
                        Optional.ofNullable(row.getString(4)).flatMap(IntegerType::of)));
            }
        }
        return views;
    }

    private PreparedStatement prepared(String query, String... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(query);
        for (int i = 0; i < values.length; i++) {
            statement.setString(i + 1, values[i]);
        }
        return statement;
    }
}
