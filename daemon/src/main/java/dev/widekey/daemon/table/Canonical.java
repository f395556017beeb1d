package dev.widekey.daemon.table;

import java.util.ArrayList;
import java.util.List;

/**
 * For each compared column one SQL expression per side, with equal bytes exactly when the values are equal after exact conversion to the target's
 * type. Immutable.
 *
 * @param columns by name
 * @param onSource expressions over the source's columns
 * @param onTarget expressions over the target's columns, in the same order
 */
public record Canonical(List<String> columns, List<String> onSource, List<String> onTarget) {

    /** Keeps its own copies. */
    public Canonical {
        columns = List.copyOf(columns);
        onSource = List.copyOf(onSource);
        onTarget = List.copyOf(onTarget);
    }

    /** The expressions for these columns. */
    public static Canonical of(TableDefinition source, TableDefinition target, List<String> columns) {
        List<String> onSource = new ArrayList<>();
        List<String> onTarget = new ArrayList<>();
        for (String name : columns) {
            Column from = source.column(name).orElseThrow();
            Column to = target.column(name).orElseThrow();
            onSource.add(from.type().compared(from, from, to));
            onTarget.add(to.type().compared(to, from, to));
        }
        return new Canonical(columns, onSource, onTarget);
    }
}
