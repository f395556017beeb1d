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
 * @param withoutNegatives columns of the projection that must hold no negative number, because the target's is unsigned
 * @param dated columns of the projection that must hold no zero date
 */
public record Compatibility(
        List<Mismatch> mismatches,
        Optional<String> key,
        List<String> columns,
        List<String> withoutNegatives,
        List<String> dated) {

    public Compatibility {
        mismatches = List.copyOf(mismatches);
        columns = List.copyOf(columns);
        withoutNegatives = List.copyOf(withoutNegatives);
        dated = List.copyOf(dated);
    }

    /** Compares two definitions. */
    public static Compatibility of(TableDefinition source, TableDefinition target) {
        List<Mismatch> mismatches = new ArrayList<>();
        List<String> projection = new ArrayList<>();
        List<String> withoutNegatives = new ArrayList<>();
        List<String> dated = new ArrayList<>();
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
                if (!from.unsigned() && to.get().unsigned()) {
                    withoutNegatives.add(from.name());
                }
                if (TypeFamily.of(from.dataType()).isDated()) {
                    dated.add(from.name());
                }
            }
        }
        extraColumns(source, target, mismatches);
        targetKeys(target, key, mismatches);
        return new Compatibility(mismatches, key, projection, withoutNegatives, dated);
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
        boolean unsignedBigint = column.dataType().equals("bigint") && column.unsigned();
        if (!column.isInteger() || unsignedBigint) {
            mismatches.add(new Mismatch(
                    unsignedBigint ? Reason.SOURCE_KEY_UNSIGNED_BIGINT : Reason.SOURCE_KEY_NOT_INTEGER,
                    source.name() + "." + column.name(),
                    "the source table's primary key " + column.name() + " is " + column.columnType(),
                    "only keys of an integer type up to signed bigint can be moved"));
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
        } else if (!from.generated() && TypeFamily.of(from.dataType()) == TypeFamily.UNSUPPORTED) {
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
                        "drop it for the migration and build it afterwards")));
        target.foreignKeysFrom()
                .forEach(foreign -> mismatches.add(new Mismatch(
                        Reason.TARGET_FOREIGN_KEY,
                        target.name() + "." + foreign.name(),
                        "the target table has the foreign key " + foreign.name() + " to " + foreign.parent(),
                        "drop it")));
    }
}
