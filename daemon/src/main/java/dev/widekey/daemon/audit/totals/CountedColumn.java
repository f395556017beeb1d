package dev.widekey.daemon.audit.totals;

import static dev.widekey.daemon.audit.AuditedTable.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A column as far as totals need to know it. Immutable.
 *
 * @param dataType the bare type in lower case, {@code varchar}
 * @param columnType the whole type, {@code varchar(255)}
 * @param charset of a text column, or of an ENUM's or SET's labels
 * @param generated whether the server computes it
 * @param key whether it is part of the primary key
 */
public record CountedColumn(
        String name,
        String dataType,
        String columnType,
        Optional<String> charset,
        boolean nullable,
        boolean generated,
        boolean key) {
    private static final Set<String> TEXTS = Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext");
    private static final Set<String> BYTES = Set.of("varbinary", "tinyblob", "blob", "mediumblob", "longblob");
    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");
    private static final Set<String> INSTANTS = Set.of("datetime", "timestamp");
    private static final Set<String> OTHERS = Set.of("decimal", "float", "double", "date", "time", "year");
    private static final Set<String> UTF8 = Set.of("ascii", "utf8", "utf8mb3", "utf8mb4");

    /** Reads a table's columns, in its order; none when there is no such table or the account may not see it. */
    public static List<CountedColumn> read(Connection connection, String schema, String table) throws SQLException {
        String sql = "SELECT column_name, data_type, column_type, character_set_name, is_nullable, extra, column_key"
                + " FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position";
        List<CountedColumn> columns = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    columns.add(new CountedColumn(
                            row.getString(1),
                            row.getString(2).toLowerCase(Locale.ROOT),
                            row.getString(3),
                            Optional.ofNullable(row.getString(4)),
                            row.getString(5).equals("YES"),
                            row.getString(6).toUpperCase(Locale.ROOT).contains(" GENERATED"),
                            row.getString(7).equals("PRI")));
                }
            }
        }
        return columns;
    }

    boolean isInteger() {
        return INTEGERS.contains(dataType);
    }

    /** Whether it has days. */
    boolean isDated() {
        return dataType.equals("date") || INSTANTS.contains(dataType);
    }

    private boolean isText() {
        return TEXTS.contains(dataType);
    }

    private boolean hasLabels() {
        return dataType.equals("enum") || dataType.equals("set");
    }

    private boolean isFilledUp() {
        return columnType.toLowerCase(Locale.ROOT).contains("zerofill");
    }

    /** SQL for the bytes of a value, the same on both sides for the same value; empty when the types do not allow that. */
    Optional<String> bytes(CountedColumn other) {
        boolean alike = columnType.equals(other.columnType)
                || (isText() && other.isText())
                || (BYTES.contains(dataType) && BYTES.contains(other.dataType))
                || (isInteger() && other.isInteger() && !isFilledUp() && !other.isFilledUp());
        if (!alike) {
            return Optional.empty();
        }
        boolean sameBytes = charset.equals(other.charset)
                || (UTF8.contains(charset.orElse("")) && UTF8.contains(other.charset.orElse("")));
        String value = sameBytes ? quoted(name) : "CONVERT(" + quoted(name) + " USING utf8mb4)";
        return Optional.of("COALESCE(LENGTH(" + value + "), 0)");
    }

    /** SQL for a short text that stands for a value, the same on both sides for the same value; empty for types without one. */
    Optional<String> label(CountedColumn other) {
        if ((isText() || hasLabels()) && (other.isText() || other.hasLabels())) {
            String text = "CONVERT(" + quoted(name) + " USING utf8mb4)";
            return Optional.of(binary("IF(CHAR_LENGTH(" + text + ") > 64, CONCAT(LEFT(" + text
                    + ", 24), '... md5 ', MD5(" + text + ")), " + text + ")"));
        }
        if (isInteger() && other.isInteger()) {
            return Optional.of(binary(
                    "CAST(" + quoted(name) + " AS " + (columnType.contains("unsigned") ? "UNSIGNED" : "SIGNED") + ")"));
        }
        if (INSTANTS.contains(dataType) && INSTANTS.contains(other.dataType)) {
            return Optional.of(binary("CAST(" + quoted(name) + " AS DATETIME(6))"));
        }
        boolean alike = OTHERS.contains(dataType) && columnType.equals(other.columnType);
        return alike ? Optional.of(binary(quoted(name))) : Optional.empty();
    }

    /** SQL for the day of a date, parts that are zero included. */
    String day() {
        return "LEFT(" + binary(quoted(name)) + ", 10)";
    }

    private static String binary(String value) {
        return "CAST(CAST(" + value + " AS CHAR CHARACTER SET utf8mb4) AS BINARY)";
    }
}
