package dev.widekey.daemon.table;

import java.util.ArrayList;
import java.util.List;

/**
 * For each moved column one SQL expression per side, with equal bytes exactly when the values are equal after exact conversion to the target's
 * type. Short values stand for themselves; long ones are represented by their length and digest, so that a row's expression stays far below the
 * packet limit however large the row is. Immutable.
 *
 * @param onSource expressions over the source's columns
 * @param onTarget expressions over the target's columns, in the same order
 */
public record Canonical(List<String> onSource, List<String> onTarget) {

    /** Keeps its own copies. */
    public Canonical {
        onSource = List.copyOf(onSource);
        onTarget = List.copyOf(onTarget);
    }

    /** The expressions for the columns of a projection. */
    public static Canonical of(TableDefinition source, TableDefinition target, List<String> columns) {
        List<String> onSource = new ArrayList<>();
        List<String> onTarget = new ArrayList<>();
        for (String name : columns) {
            Column from = source.column(name).orElseThrow();
            Column to = target.column(name).orElseThrow();
            boolean digested = isLong(from) || isLong(to);
            onSource.add(expression(from, to, digested));
            onTarget.add(expression(to, to, digested));
        }
        return new Canonical(onSource, onTarget);
    }

    private static String expression(Column column, Column to, boolean digested) {
        String name = "`" + column.name().replace("`", "``") + "`";
        return switch (TypeFamily.of(column.dataType())) {
            // The inner cast takes off what ZEROFILL puts in front.
            case INTEGER -> "CAST(CAST(" + name + " AS " + (column.unsigned() ? "UNSIGNED" : "SIGNED") + ") AS CHAR)";
            // -0 and 0 differ as text; the shortest text that reads back as the same double is unique to it.
            case DOUBLE -> "CAST(" + name + " AS CHAR)";
            case DECIMAL ->
                "CAST(CAST(" + name + " AS DECIMAL(" + to.precision() + ", "
                        + to.scale().orElse(0) + ")) AS CHAR)";
            case DATE -> "CAST(" + name + " AS CHAR)";
            case DATETIME, TIMESTAMP -> "CAST(CAST(" + name + " AS DATETIME(" + to.fraction() + ")) AS CHAR)";
            case TIME -> "CAST(CAST(" + name + " AS TIME(" + to.fraction() + ")) AS CHAR)";
            // The bytes as stored: the moved character sets hold the same text in the same bytes.
            case TEXT, BINARY ->
                digested ? "CONCAT(LENGTH(" + name + "), '.', MD5(" + name + "))" : "CAST(" + name + " AS BINARY)";
            case UNSUPPORTED -> throw new IllegalArgumentException("column " + column.name() + " is not moved");
        };
    }

    private static boolean isLong(Column column) {
        return column.dataType().endsWith("text") || column.dataType().endsWith("blob");
    }
}
