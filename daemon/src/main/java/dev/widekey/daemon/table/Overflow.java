package dev.widekey.daemon.table;

import dev.widekey.daemon.table.Question.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which rows do not fit target columns that are too narrow or take no NULL. Such a target is refused whatever the rows; this tells how many of them are
 * concerned. Stateless.
 */
public final class Overflow {

    private Overflow() {}

    /** One question for each pair of columns that do not fit for their width alone. */
    public static List<Question> of(TableDefinition source, TableDefinition target) {
        List<Question> questions = new ArrayList<>();
        for (Column from : source.columns()) {
            Optional<Column> to = target.column(from.name());
            if (to.isPresent() && from.type() == to.get().type() && !from.generated()) {
                of(target, from, to.get(), questions);
            }
        }
        return questions;
    }

    private static void of(TableDefinition target, Column from, Column to, List<Question> questions) {
        if (from.type() == ColumnType.UNSUPPORTED) {
            return;
        }
        List<String> conditions = new ArrayList<>();
        Optional<Mismatch> last = Optional.empty();
        for (Mismatch mismatch : ColumnFit.check(target.name(), from, to)) {
            Optional<String> condition = switch (mismatch.reason()) {
                case TARGET_COLUMN_NOT_NULL -> Optional.of(from.quoted() + " IS NULL");
                case TARGET_COLUMN_NARROWER -> tooWide(from, to);
                default -> Optional.empty();
            };
            if (condition.isPresent()) {
                conditions.add(condition.get());
                last = Optional.of(mismatch);
            }
        }
        if (last.isPresent()) {
            questions.add(new Question(
                    Kind.NOT_FITTING,
                    from.name(),
                    String.join(" OR ", conditions),
                    "a " + from.name() + " that target column " + to.name() + ", " + to.columnType()
                            + (to.nullable() ? "" : " NOT NULL") + ", does not hold",
                    last.get().fix()));
        }
    }

    private static Optional<String> tooWide(Column from, Column to) {
        String value = from.quoted();
        return switch (from.type()) {
            case INTEGER -> Optional.of(integer(value, from, to));
            case TEXT ->
                Optional.of(
                        to.dataType().endsWith("char")
                                ? "CHAR_LENGTH(" + value + ") > " + to.characters()
                                : "LENGTH(CONVERT(" + value + " USING "
                                        + to.charset().orElseThrow() + ")) > " + to.bytes());
            case BINARY -> Optional.of("LENGTH(" + value + ") > " + to.bytes());
            case DECIMAL ->
                Optional.of(value + " <> TRUNCATE(" + value + ", " + to.scale().orElse(0) + ") OR ABS(" + value
                        + ") >= 1"
                        + "0".repeat(to.precision() - to.scale().orElse(0)));
            case DATETIME, TIME ->
                Optional.of("MICROSECOND(" + value + ") % 1" + "0".repeat(6 - to.fraction()) + " <> 0");
            default -> Optional.empty();
        };
    }

    private static String integer(String value, Column from, Column to) {
        BigInteger largest = ColumnFit.largest(to);
        String above = value + " > " + largest;
        // A negative number for an unsigned target is a question of its own.
        return from.unsigned() || to.unsigned()
                ? above
                : above + " OR " + value + " < " + largest.negate().subtract(BigInteger.ONE);
    }
}
