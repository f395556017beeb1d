package dev.widekey.daemon.table;

import java.util.Map;
import java.util.Set;

/**
 * The types of columns, and for each how its values are read, written and compared. A value travels as text that holds all of it, or as its bytes.
 *
 * <p>The change stream makes the same text by itself, or has the row read again with these expressions.
 */
enum ColumnType {
    INTEGER("tinyint", "smallint", "mediumint", "int", "bigint") {
        @Override
        String compared(Column side, Column from, Column to) {
            // The inner cast takes off what ZEROFILL puts in front.
            return "CAST(CAST(" + side.quoted() + " AS " + (side.unsigned() ? "UNSIGNED" : "SIGNED") + ") AS CHAR)";
        }
    },
    DECIMAL("decimal") {
        @Override
        String compared(Column side, Column from, Column to) {
            return "CAST(CAST(" + side.quoted() + " AS DECIMAL(" + to.precision() + ", "
                    + to.scale().orElse(0) + ")) AS CHAR)";
        }
    },
    /** The server prints fewer digits of a FLOAT, and of numbers with fixed digits, than they hold; a DOUBLE holds each of them. */
    FLOATING("float", "double") {
        @Override
        String read(Column from) {
            return from.columnType().equals("double") ? from.quoted() : from.quoted() + " * 1e0";
        }

        @Override
        String compared(Column side, Column from, Column to) {
            // -0 and 0 differ as text; the shortest text that reads back as the same double is unique to it. JSON has
            // room for it; CHAR
            // gives an expression 22 characters and rounds to what fits in.
            return "CAST(CAST(" + side.quoted() + " * 1e0 AS JSON) AS CHAR)";
        }
    },
    /** Bits, years, and the numbers ENUM and SET labels have in their column: a number is the same in every character set. */
    NUMBERED("bit", "year", "enum", "set") {
        @Override
        String read(Column from) {
            return "CAST(" + from.quoted() + " AS UNSIGNED)";
        }

        @Override
        String parameter(Column from, Column to) {
            // From a bare parameter the server makes a number of its own first, which is too small for the upper half.
            return "CAST(CAST(? AS CHAR) AS UNSIGNED)";
        }

        @Override
        String compared(Column side, Column from, Column to) {
            return "CAST(CAST(" + side.quoted() + " AS UNSIGNED) AS CHAR)";
        }
    },
    DATE("date") {
        @Override
        String compared(Column side, Column from, Column to) {
            return "CAST(" + side.quoted() + " AS CHAR)";
        }
    },
    DATETIME("datetime", "timestamp") {
        @Override
        String compared(Column side, Column from, Column to) {
            return "CAST(CAST(" + side.quoted() + " AS DATETIME(" + to.fraction() + ")) AS CHAR)";
        }
    },
    TIME("time") {
        @Override
        String compared(Column side, Column from, Column to) {
            return "CAST(CAST(" + side.quoted() + " AS TIME(" + to.fraction() + ")) AS CHAR)";
        }
    },
    /** The bytes as stored. The server itself converts to another character set, and refuses what that cannot hold. */
    TEXT("char", "varchar", "tinytext", "text", "mediumtext", "longtext") {
        @Override
        String parameter(Column from, Column to) {
            if (!Charsets.sameBytes(from, to)) {
                return "CONVERT(CAST(? AS BINARY) USING " + from.charset().orElseThrow() + ")";
            }
            // The server takes a bare parameter for text in the session's set, which is utf8mb4.
            return Charsets.isUtf8(to) ? "?" : "CAST(? AS BINARY)";
        }

        @Override
        String compared(Column side, Column from, Column to) {
            // Back into the source's set: what a conversion could not hold would not come back as the same bytes.
            String bytes = Charsets.sameBytes(from, to) || side.charset().equals(from.charset())
                    ? side.quoted()
                    : "CONVERT(" + side.quoted() + " USING " + from.charset().orElseThrow() + ")";
            return isLong(from) || isLong(to) ? digest(bytes) : "CAST(" + bytes + " AS BINARY)";
        }
    },
    BINARY("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob") {
        @Override
        String compared(Column side, Column from, Column to) {
            return isLong(from) || isLong(to) ? digest(side.quoted()) : "CAST(" + side.quoted() + " AS BINARY)";
        }
    },
    /** The normal form the server prints. A document with a value that this form does not show is made unreadable, so that the target refuses it. */
    JSON("json") {
        @Override
        String read(Column from) {
            return "CONCAT(IF(" + hiddenTypes(from) + ", 'holds a value that is no JSON text: ', ''), " + text(from)
                    + ")";
        }

        @Override
        String parameter(Column from, Column to) {
            return "CONVERT(CAST(? AS BINARY) USING utf8mb4)";
        }

        @Override
        String compared(Column side, Column from, Column to) {
            return "CONCAT(" + digest(text(side)) + ", '.', " + hiddenTypes(side) + ")";
        }

        private String text(Column side) {
            return "CAST(" + side.quoted() + " AS CHAR CHARACTER SET utf8mb4)";
        }
    },
    /** The bytes as stored: reference system, then well-known binary in the order of the axes as they are kept. */
    SPATIAL(
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geomcollection",
            "geometrycollection") {
        @Override
        String compared(Column side, Column from, Column to) {
            return digest(side.quoted());
        }
    },
    /** A type that is not moved. */
    UNSUPPORTED() {
        @Override
        String compared(Column side, Column from, Column to) {
            throw new IllegalArgumentException("column " + side.name() + " is not moved");
        }
    };

    private static final Map<String, Integer> INTEGER_BITS =
            Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "bigint", 64);

    // Made by Set.of, which nobody can change.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<String> names;

    ColumnType(String... names) {
        this.names = Set.of(names);
    }

    static ColumnType of(String dataType) {
        for (ColumnType type : values()) {
            if (type.names.contains(dataType)) {
                return type;
            }
        }
        return UNSUPPORTED;
    }

    /** SQL that reads a value on the source. */
    String read(Column from) {
        return from.quoted();
    }

    /** SQL that makes the target's value of a parameter. */
    String parameter(Column from, Column to) {
        return "?";
    }

    /**
     * SQL with equal bytes on both sides exactly when the values are equal after exact conversion to the target's type. Short values stand for
     * themselves; long ones are represented by their length and digest, so that a row's expression stays far below the packet limit.
     *
     * @param side the one of the two columns it reads
     */
    abstract String compared(Column side, Column from, Column to);

    /** SQL that is true for a JSON document with a value, at any depth, that text does not give back: DECIMAL, times, bytes. */
    static String hiddenTypes(Column side) {
        String shown =
                " NOT IN ('OBJECT', 'ARRAY', 'STRING', 'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'BOOLEAN', 'NULL')";
        String inside = "EXISTS (SELECT 1 FROM JSON_TABLE(" + side.quoted()
                + ", '$**%s' COLUMNS (x JSON PATH '$')) inside WHERE JSON_TYPE(inside.x)" + shown + ")";
        return "(JSON_TYPE(" + side.quoted() + ")" + shown + " OR " + inside.formatted(".*") + " OR "
                + inside.formatted("[*]") + ")";
    }

    static int integerBits(Column column) {
        return INTEGER_BITS.getOrDefault(column.dataType(), 0);
    }

    private static String digest(String value) {
        return "CONCAT(LENGTH(" + value + "), '.', MD5(" + value + "))";
    }

    private static boolean isLong(Column column) {
        return column.dataType().endsWith("text") || column.dataType().endsWith("blob");
    }
}
