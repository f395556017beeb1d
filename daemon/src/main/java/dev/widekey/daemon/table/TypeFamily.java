package dev.widekey.daemon.table;

/** Types whose values keep their meaning when moved from one to another of the same family. */
enum TypeFamily {
    INTEGER,
    DECIMAL,
    DOUBLE,
    TEXT,
    BINARY,
    DATE,
    DATETIME,
    TIMESTAMP,
    TIME,
    /** A type that is not moved. */
    UNSUPPORTED;

    static TypeFamily of(String dataType) {
        return switch (dataType) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" -> INTEGER;
            case "decimal" -> DECIMAL;
            case "double" -> DOUBLE;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> TEXT;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> BINARY;
            case "date" -> DATE;
            case "datetime" -> DATETIME;
            case "timestamp" -> TIMESTAMP;
            case "time" -> TIME;
            default -> UNSUPPORTED;
        };
    }

    /** Whether values hold a calendar date, which MySQL allows to be zero. */
    boolean isDated() {
        return this == DATE || this == DATETIME || this == TIMESTAMP;
    }
}
