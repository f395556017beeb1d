package dev.widekey.backfill.parity;

import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * One of the two tables, as parity reads it.
 *
 * @param connections to its server; sessions in UTC
 * @param key the primary key column
 * @param columns the compared columns by name, for people
 * @param canonical one SQL expression per compared column, in the same order on both sides: equal bytes exactly when the values are equal after
 *     exact conversion to the target's type, of bounded length whatever the value's, NULL for NULL
 */
public record Side(
        DataSource connections, String schema, String table, String key, List<String> columns, List<String> canonical) {

    /** Keeps its own copies. */
    public Side {
        columns = List.copyOf(columns);
        canonical = List.copyOf(canonical);
    }

    String from() {
        return quoted(schema) + "." + quoted(table);
    }

    String keyName() {
        return quoted(key);
    }

    /**
     * The digest of one row, 32 hexadecimal digits: MD5 over every column's NULL flag, length and content. The key is among the columns, so
     * values swapped between rows do not cancel in an XOR. A digest that could not be made differs from every other.
     */
    String rowDigest() {
        return canonical.stream()
                .map(value -> "IF(" + value + " IS NULL, 'N', CONCAT(LENGTH(" + value + "), ':', " + value + "))")
                .collect(Collectors.joining(", ',', ", "IFNULL(MD5(CONCAT(", ")), MD5(UUID()))"));
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
