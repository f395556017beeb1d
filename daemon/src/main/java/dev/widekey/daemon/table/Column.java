package dev.widekey.daemon.table;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/**
 * A column as the server describes it. Immutable.
 *
 * @param name as written in the table; MySQL ignores its case
 * @param dataType the bare type in lower case, {@code bigint}
 * @param columnType the whole type, {@code bigint unsigned}; in lower case, apart from labels
 * @param charset of a text column, {@code utf8mb3} for its alias {@code utf8}
 * @param collation of a text column
 * @param fraction digits after the second of a time type, else 0
 * @param characters longest text in characters, else 0
 * @param bytes longest text or byte string in bytes, else 0
 * @param precision digits of a number, else 0
 * @param scale digits after the point, empty when the type has none
 * @param defaultValue the declared default; empty when there is none or it is NULL
 * @param generated whether the server computes it
 * @param invisible whether {@code SELECT *} leaves it out
 */
public record Column(
        String name,
        String dataType,
        String columnType,
        boolean nullable,
        Optional<String> charset,
        Optional<String> collation,
        int fraction,
        long characters,
        long bytes,
        int precision,
        Optional<Integer> scale,
        Optional<String> defaultValue,
        boolean generated,
        boolean invisible,
        boolean autoIncrement) {

    public Column {
        dataType = dataType.toLowerCase(Locale.ROOT);
        // Labels are content.
        columnType = columnType.contains("'") ? columnType : columnType.toLowerCase(Locale.ROOT);
        charset = charset.map(set -> set.equals("utf8") ? "utf8mb3" : set);
    }

    /** Whether a number has no negative values. */
    public boolean unsigned() {
        return columnType.contains(" unsigned");
    }

    /** Whether it is one of the five integer types. */
    public boolean isInteger() {
        return type() == ColumnType.INTEGER;
    }

    /** The largest value of an integer column, as far as a {@code long} holds it. */
    public long largest() {
        return ColumnFit.largest(this).min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
    }

    ColumnType type() {
        return ColumnType.of(dataType);
    }

    /** The name as SQL. */
    String quoted() {
        return "`" + name.replace("`", "``") + "`";
    }

    /** Whether a row can be inserted without naming this column. */
    public boolean fillsItself() {
        return nullable || defaultValue.isPresent() || generated || autoIncrement;
    }
}
