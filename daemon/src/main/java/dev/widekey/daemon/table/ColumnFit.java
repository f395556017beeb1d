package dev.widekey.daemon.table;

import dev.widekey.daemon.table.Mismatch.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Whether every value of one column fits into another exactly, by their types alone. Stateless. */
final class ColumnFit {

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
        ColumnType type = from.type();
        if (type != to.type()) {
            otherType();
            return;
        }
        switch (type) {
            case INTEGER -> integer();
            case DECIMAL -> decimal();
            case FLOATING -> floating();
            case NUMBERED -> numbered();
            case TEXT -> text();
            case BINARY -> binary();
            case DATETIME, TIME -> fraction();
            case SPATIAL -> spatial();
            case DATE, JSON -> {
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

    static BigInteger largest(Column column) {
        int bits = ColumnType.integerBits(column) - (column.unsigned() ? 0 : 1);
        return BigInteger.TWO.pow(bits).subtract(BigInteger.ONE);
    }

    private void decimal() {
        int fromScale = from.scale().orElse(0);
        int toScale = to.scale().orElse(0);
        if (toScale < fromScale || to.precision() - toScale < from.precision() - fromScale) {
            narrower();
        }
    }

    private void floating() {
        // Fixed digits round what is stored, and show less of it than there is.
        boolean sameDigits = to.scale().equals(from.scale());
        if (from.dataType().equals("double") && to.dataType().equals("float")) {
            narrower();
        } else if (to.scale().isPresent() && !(sameDigits && to.precision() >= from.precision())) {
            narrower();
        } else if (from.scale().isPresent() && !(sameDigits && from.dataType().equals(to.dataType()))) {
            otherType();
        }
    }

    private void numbered() {
        if (!from.dataType().equals(to.dataType())) {
            otherType();
        } else if (from.dataType().equals("bit") && to.precision() < from.precision()) {
            narrower();
        } else if (from.columnType().contains("'")) {
            labels();
        }
    }

    private void labels() {
        List<String> fromLabels = Labels.of(from);
        List<String> toLabels = Labels.of(to);
        if (fromLabels.size() > toLabels.size()
                || !toLabels.subList(0, fromLabels.size()).equals(fromLabels)) {
            add(
                    Reason.TARGET_COLUMN_OTHER_LABELS,
                    "has not the source column's labels in the same order at its beginning",
                    "make it " + from.columnType() + "; add further labels at the end only");
        } else if (fromLabels.stream().anyMatch(label -> label.contains("?"))) {
            add(
                    Reason.SOURCE_TYPE_UNSUPPORTED,
                    "has a label with a question mark, which also stands for a character the server does not show",
                    "rename the label on both sides");
        }
    }

    private void spatial() {
        if (!from.dataType().equals(to.dataType()) && !to.dataType().equals("geometry")) {
            otherType();
        }
    }

    private void text() {
        if (!Charsets.fits(from, to)) {
            add(
                    Reason.TARGET_COLUMN_OTHER_CHARSET,
                    "has charset " + to.charset().orElse("") + ", the source column has "
                            + from.charset().orElse(""),
                    "use charset " + from.charset().orElse(""));
        }
        if (to.dataType().equals("char") && !from.dataType().equals("char")) {
            // CHAR forgets blanks at the end.
            otherType();
        } else if (isSized(to) ? to.characters() < characters() : to.bytes() < from.bytes()) {
            narrower();
        } else if (!isSized(to) && to.bytes() < Charsets.bytes(from, to)) {
            add(
                    Reason.TARGET_COLUMN_NARROWER,
                    "is " + to.columnType() + ", too narrow for " + from.columnType() + " once its characters take "
                            + to.charset().orElse("") + "'s bytes",
                    "make it the next larger TEXT type");
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
        if (!from.dataType().equals(to.dataType())) {
            otherType();
        } else if (to.fraction() < from.fraction()) {
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
