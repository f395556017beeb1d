package dev.widekey.daemon.table;

import java.util.ArrayList;
import java.util.List;

/**
 * How each moved column is read on the source and written on the target. Immutable.
 *
 * @param reads one SQL expression per column, over the source's columns
 * @param parameters one SQL expression per column with one {@code ?} for what was read, in the same order
 */
public record Forms(List<String> reads, List<String> parameters) {

    /** Keeps its own copies. */
    public Forms {
        reads = List.copyOf(reads);
        parameters = List.copyOf(parameters);
    }

    /** The expressions for the columns of a projection. */
    public static Forms of(TableDefinition source, TableDefinition target, List<String> columns) {
        List<String> reads = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        for (String name : columns) {
            Column from = source.column(name).orElseThrow();
            Column to = target.column(name).orElseThrow();
            reads.add(from.type().read(from));
            parameters.add(from.type().parameter(from, to));
        }
        return new Forms(reads, parameters);
    }
}
