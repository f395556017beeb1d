package dev.widekey.daemon.table;

import dev.widekey.daemon.table.Mismatch.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether every value of one column fits into another exactly, by their types alone. Stateless. */
final class ColumnFit {

    private static final Map<String, Integer> INTEGER_BITS =
            Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "bigint", 64);

    /** Text in these is the same bytes on its way through copy, stream and comparison. */
    private static final Set<String> MOVED_CHARSETS = Set.of("utf8mb4", "utf8mb3", "ascii");

    private static final Map<String, Set<String>> WIDER_CHARSETS =
            Map.of("utf8mb3", Set.of("utf8mb4"), "ascii", Set.of("utf8mb3", "utf8mb4"));

    private final String where;
    private final Column from;
    private final Column to;
    private final List<Mismatch> found = new ArrayList<>();

    private ColumnFit(String where, Column from, Column to) {
        this.where = where;
        this.from = from;
        this.to = to;
    }

    /** Why values of the one do not fit the other; negative numbers for an unsigned target are a question to the data. */
    static List<Mismatch> check(String targetTable, Column from, Column to) {
        ColumnFit fit = new ColumnFit(targetTable + "." + to.name(), from, to);
        fit.run();
        return fit.found;
    }

    private void run() {
        if (from.nullable() && !to.nullable()) {
            add(Reason.TARGET_COLUMN_NOT_NULL, "takes no NULL, the source column does", "allow NULL");
        }
        TypeFamily family = TypeFamily.of(from.dataType());
        if (family != TypeFamily.of(to.dataType())) {
            otherType();
            return;
        }
        switch (family) {
            case INTEGER -> integer();
            case DECIMAL -> decimal();
            case DOUBLE -> floating();
            case TEXT -> text();
            case BINARY -> binary();
            case DATETIME, TIMESTAMP, TIME -> fraction();
            case DATE -> {
                // One width only.
            }
            case UNSUPPORTED -> throw new IllegalArgumentException("unsupported type " + from.columnType());
        }
    }

    private void integer() {
        if (largest(to).compareTo(largest(from)) < 0) {
            narrower();
        }
    }

    private static BigInteger largest(Column column) {
        int bits = column.unsigned() ? bits(column) : bits(column) - 1;
        return BigInteger.TWO.pow(bits).subtract(BigInteger.ONE);
    }

    private static int bits(Column column) {
        return INTEGER_BITS.getOrDefault(column.dataType(), 0);
    }

    private void decimal() {
        int fromScale = from.scale().orElse(0);
        int toScale = to.scale().orElse(0);
        if (toScale < fromScale || to.precision() - toScale < from.precision() - fromScale) {
            narrower();
        }
    }

    private void floating() {
        // DOUBLE(M,D) rounds what it stores, and shows less of it than it stores.
        if (to.scale().isPresent() && !(to.scale().equals(from.scale()) && to.precision() >= from.precision())) {
            narrower();
        } else if (from.scale().isPresent() && to.scale().isEmpty()) {
            otherType();
        }
    }

    private void text() {
        String fromSet = from.charset().orElse("");
        String toSet = to.charset().orElse("");
        if (!MOVED_CHARSETS.contains(fromSet)) {
            add(
                    Reason.SOURCE_TYPE_UNSUPPORTED,
                    "has charset " + fromSet + " on the source, which is not moved",
                    "convert the source column to utf8mb4, or leave the table where it is");
        } else if (!fromSet.equals(toSet)
                && !WIDER_CHARSETS.getOrDefault(fromSet, Set.of()).contains(toSet)) {
            add(
                    Reason.TARGET_COLUMN_OTHER_CHARSET,
                    "has charset " + toSet + ", the source column has " + fromSet,
                    "use charset " + fromSet);
        }
        if (to.dataType().equals("char") && !from.dataType().equals("char")) {
            // CHAR forgets blanks at the end.
            otherType();
        } else if (isSized(to) ? to.characters() < characters() : to.bytes() < from.bytes()) {
            narrower();
        }
    }

    /** The most characters a value has; in the TEXT types the limit is in bytes, and a character may take a single one. */
    private long characters() {
        return isSized(from) ? from.characters() : from.bytes();
    }

    private static boolean isSized(Column column) {
        return column.dataType().equals("char") || column.dataType().equals("varchar");
    }

    private void binary() {
        if (to.dataType().equals("binary") && !to.columnType().equals(from.columnType())) {
            // BINARY fills up with zero bytes, so another length is another value.
            otherType();
        } else if (to.bytes() < from.bytes()) {
            narrower();
        }
    }

    private void fraction() {
        if (to.fraction() < from.fraction()) {
            narrower();
        }
    }

    private void narrower() {
        add(
                Reason.TARGET_COLUMN_NARROWER,
                "is " + to.columnType() + ", too narrow for " + from.columnType(),
                "make it " + from.columnType() + " or wider");
    }

    private void otherType() {
        add(
                Reason.TARGET_COLUMN_OTHER_TYPE,
                "is " + to.columnType() + ", the source column is " + from.columnType(),
                "make it " + from.columnType());
    }

    private void add(Reason reason, String what, String fix) {
        found.add(new Mismatch(reason, where, "target column " + to.name() + " " + what, fix));
    }
}
