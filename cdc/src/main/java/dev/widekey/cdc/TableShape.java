package dev.widekey.cdc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What decides how a row of the source table reads: its columns in the order the binlog holds them.
 *
 * <p>Immutable and thread-safe.
 *
 * @param columns in table order, never empty
 */
public record TableShape(List<Column> columns) {

    private static final Pattern DISPLAY_WIDTH = Pattern.compile("^((?:tiny|small|medium|big)?int)\\(\\d+\\)");

    private static final String SELECT_COLUMNS = """
            SELECT COLUMN_NAME, LOWER(DATA_TYPE), COLUMN_TYPE, CHARACTER_SET_NAME, NUMERIC_SCALE, DATETIME_PRECISION,
              IS_NULLABLE = 'YES', EXTRA LIKE '%GENERATED%' AND EXTRA NOT LIKE '%DEFAULT_GENERATED%', COLUMN_KEY = 'PRI'
            FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION""";

    /**
     * One column, as {@code information_schema.COLUMNS} has it.
     *
     * @param type the data type alone in lower case, such as {@code varchar}
     * @param fullType the type with length, sign and labels; without the display width of integers, which says nothing
     * @param charset {@code utf8mb3} also where the server still says {@code utf8}; empty for columns without one
     * @param scale digits behind the decimal point of DECIMAL and DOUBLE(M,D), or of the seconds of a time; -1 when not
     *     fixed
     */
    public record Column(
            String name,
            String type,
            String fullType,
            String charset,
            int scale,
            boolean nullable,
            boolean generated,
            boolean primary) {}

    /** Keeps its own copy. */
    public TableShape {
        columns = List.copyOf(columns);
    }

    /** The shape of a table now; empty when the user sees no such table. */
    public static Optional<TableShape> read(Connection source, String schema, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement select = source.prepareStatement(SELECT_COLUMNS)) {
            select.setString(1, schema);
            select.setString(2, table);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    columns.add(column(rows));
                }
            }
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(new TableShape(columns));
    }

    private static Column column(ResultSet row) throws SQLException {
        String charset = row.getString(4);
        int numericScale = row.getInt(5);
        boolean floating = row.wasNull();
        int timeScale = row.getInt(6);
        boolean timeless = row.wasNull();
        return new Column(
                row.getString(1),
                row.getString(2),
                DISPLAY_WIDTH.matcher(row.getString(3)).replaceFirst("$1"),
                charset == null ? "" : charset.equals("utf8") ? "utf8mb3" : charset,
                !timeless ? timeScale : floating ? -1 : numericScale,
                row.getBoolean(7),
                row.getBoolean(8),
                row.getBoolean(9));
    }

    /** The column of that name; MySQL compares column names without case. */
    public Optional<Column> column(String name) {
        return columns.stream()
                .filter(column -> column.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** Differs whenever a row image written under one shape cannot be read with the other. */
    public String fingerprint() {
        StringBuilder text = new StringBuilder();
        for (Column column : columns) {
            text.append(column.name().toLowerCase(Locale.ROOT))
                    .append('\t')
                    .append(column.fullType())
                    .append('\t')
                    .append(column.charset())
                    .append('\t')
                    .append(column.scale())
                    .append(column.nullable() ? " null" : "")
                    .append(column.generated() ? " generated" : "")
                    .append(column.primary() ? " primary" : "")
                    .append('\n');
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java runtime has SHA-256", impossible);
        }
    }
}
