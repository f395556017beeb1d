package dev.widekey.daemon.table;

import dev.widekey.daemon.table.Mismatch.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether rows of one table fit another exactly, and which columns then carry them. Columns are matched by name, in any order.
 * Immutable.
 *
 * @param mismatches every reason why not; the rest means something only when there is none
 * @param key the source's primary key column; empty when it cannot be used
 * @param columns the projection: the columns to move, in the source's order, as the source spells them
 * @param generated columns both servers compute, which are not moved and yet compared
 * @param questions what the types leave open
 */
public record Compatibility(
        List<Mismatch> mismatches,
        Optional<String> key,
        List<String> columns,
        List<String> generated,
        List<Question> questions) {

    public Compatibility {
        mismatches = List.copyOf(mismatches);
        columns = List.copyOf(columns);
        generated = List.copyOf(generated);
        questions = List.copyOf(questions);
    }

    /** The columns parity compares. */
    public List<String> compared() {
        List<String> all = new ArrayList<>(columns);
        all.addAll(generated);
        return all;
    }

    /** Compares two definitions. */
    public static Compatibility of(TableDefinition source, TableDefinition target) {
        List<Mismatch> mismatches = new ArrayList<>();
        List<String> projection = new ArrayList<>();
        List<String> generated = new ArrayList<>();
        List<Question> questions = new ArrayList<>();
        Optional<String> key = key(source, mismatches);
        for (Column from : source.columns()) {
            Optional<Column> to = target.column(from.name());
            if (to.isEmpty()) {
                mismatches.add(new Mismatch(
                        Reason.TARGET_COLUMN_MISSING,
                        target.name(),
                        "target column " + from.name() + " is missing",
                        "add " + from.name() + " " + from.columnType() + " to " + target.name()));
            } else if (isMoved(target, from, to.get(), mismatches)) {
                projection.add(from.name());
                if (key.isPresent() || !source.primaryKey().contains(from.name())) {
                    mismatches.addAll(ColumnFit.check(target.name(), from, to.get()));
                }
                questions.addAll(Questions.of(from, to.get(), key.equals(Optional.of(from.name()))));
            } else if (isComputed(target, from, to.get())) {
                generated.add(from.name());
            }
        }
        extraColumns(source, target, mismatches);
        targetKeys(target, key, mismatches);
        return new Compatibility(mismatches, key, projection, generated, questions);
    }

    /**
     * Columns in which a row that is written back would come out changed without a word from the server, a rounded time for example. A number that is too large is
     * none of them: the server refuses it, and its row goes to quarantine.
     */
    public static List<Mismatch> inexactBack(TableDefinition source, TableDefinition target) {
        List<Mismatch> inexact = new ArrayList<>();
        for (Column from : target.columns()) {
            Optional<Column> to = source.column(from.name());
            if (to.isEmpty()) {
                if (!from.generated()) {
                    inexact.add(inexact(source, "column " + from.name() + " is on the target alone", from));
                }
            } else if (!from.generated()
                    && !to.get().generated()
                    && !(from.isInteger() && to.get().isInteger())
                    && ColumnFit.check(source.name(), from, to.get()).stream()
                            .anyMatch(mismatch -> mismatch.reason() != Reason.TARGET_COLUMN_NOT_NULL)) {
                inexact.add(inexact(
                        source,
                        "column " + from.name() + " is " + from.columnType() + " on the target and "
                                + to.get().columnType() + " on the source",
                        from));
            }
        }
        return inexact;
    }

    private static Mismatch inexact(TableDefinition source, String what, Column column) {
        return new Mismatch(
                Reason.WAY_BACK_INEXACT,
                source.name() + "." + column.name(),
                what + ", so rows of the target could not be written back as they are",
                "set cutover.rollback: false in the configuration, or make it " + column.columnType()
                        + " on the source");
    }

    private static Optional<String> key(TableDefinition source, List<Mismatch> mismatches) {
        List<String> key = source.primaryKey();
        if (key.size() != 1) {
            mismatches.add(new Mismatch(
                    key.isEmpty() ? Reason.SOURCE_KEY_MISSING : Reason.SOURCE_KEY_COMPOSITE,
                    source.name(),
                    key.isEmpty()
                            ? "the source table has no primary key"
                            : "the source table's primary key has several columns: " + String.join(", ", key),
                    "only tables with a primary key of one integer column can be moved"));
            return Optional.empty();
        }
        Column column = source.column(key.get(0)).orElseThrow();
        if (!column.isInteger()) {
            mismatches.add(new Mismatch(
                    Reason.SOURCE_KEY_NOT_INTEGER,
                    source.name() + "." + column.name(),
                    "the source table's primary key " + column.name() + " is " + column.columnType(),
                    "only keys of an integer type can be moved"));
            return Optional.empty();
        }
        return Optional.of(column.name());
    }

    /** Whether the pair of columns carries values; reports the pairs that should and cannot. */
    private static boolean isMoved(TableDefinition target, Column from, Column to, List<Mismatch> mismatches) {
        String where = target.name() + "." + to.name();
        if (from.generated() && !to.generated()) {
            mismatches.add(new Mismatch(
                    Reason.TARGET_COLUMN_NOT_GENERATED,
                    where,
                    "target column " + to.name() + " is stored, the source column is generated",
                    "generate it on the target too"));
        } else if (!from.generated() && to.generated()) {
            mismatches.add(new Mismatch(
                    Reason.TARGET_COLUMN_GENERATED,
                    where,
                    "target column " + to.name() + " is generated, the source column is stored",
                    "make it a plain " + from.columnType()));
        } else if (!from.generated() && from.type() == ColumnType.UNSUPPORTED) {
            mismatches.add(new Mismatch(
                    Reason.SOURCE_TYPE_UNSUPPORTED,
                    where,
                    "column " + from.name() + " is " + from.columnType() + ", a type that is not moved",
                    "tables with such a column cannot be moved"));
        } else {
            return !from.generated();
        }
        return false;
    }

    /** Whether both servers compute the column and what they make of it can be compared. */
    private static boolean isComputed(TableDefinition target, Column from, Column to) {
        return from.generated()
                && to.generated()
                && from.type() != ColumnType.UNSUPPORTED
                && ColumnFit.check(target.name(), from, to).isEmpty();
    }

    private static void extraColumns(TableDefinition source, TableDefinition target, List<Mismatch> mismatches) {
        for (Column to : target.columns()) {
            if (source.column(to.name()).isEmpty() && !to.fillsItself()) {
                mismatches.add(new Mismatch(
                        Reason.TARGET_COLUMN_WITHOUT_DEFAULT,
                        target.name() + "." + to.name(),
                        "target column " + to.name() + " has no default and the source table lacks it",
                        "give it a default or allow NULL"));
            }
        }
    }

    private static void targetKeys(TableDefinition target, Optional<String> key, List<Mismatch> mismatches) {
        boolean sameKey = key.isPresent()
                && target.primaryKey().size() == 1
                && target.primaryKey().get(0).equalsIgnoreCase(key.get());
        if (key.isPresent() && !sameKey) {
            mismatches.add(new Mismatch(
                    Reason.TARGET_KEY_DIFFERENT,
                    target.name(),
                    "the target table's primary key is "
                            + (target.primaryKey().isEmpty() ? "missing" : String.join(", ", target.primaryKey())),
                    "make " + key.get() + " the target's primary key"));
        } else if (sameKey && !target.column(key.get()).orElseThrow().autoIncrement()) {
            mismatches.add(new Mismatch(
                    Reason.TARGET_KEY_NOT_AUTO_INCREMENT,
                    target.name() + "." + key.get(),
                    "target column " + key.get() + " is not AUTO_INCREMENT, so no id gap can be reserved",
                    "make it AUTO_INCREMENT"));
        }
        target.uniqueKeys().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(unique -> mismatches.add(new Mismatch(
                        Reason.TARGET_UNIQUE_KEY,
                        target.name() + "." + unique.getKey(),
                        "the target table has the unique key " + unique.getKey() + " on "
                                + String.join(", ", unique.getValue()),
                        "drop it for the migration and create it when the migration is done: while rows arrive in any order, two of them"
                                + " may hold one value for a moment")));
        target.foreignKeysFrom()
                .forEach(foreign -> mismatches.add(new Mismatch(
                        Reason.TARGET_FOREIGN_KEY,
                        target.name() + "." + foreign.name(),
                        "the target table has the foreign key " + foreign.name() + " to " + foreign.parent(),
                        "drop it")));
    }
}
