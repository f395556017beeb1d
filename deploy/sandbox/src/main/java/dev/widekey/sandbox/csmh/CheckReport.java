package dev.widekey.sandbox.csmh;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What an independent comparison of both tables with the ledger found. Immutable.
 *
 * @param sourceRows rows in the old table
 * @param targetRows rows in the extended table
 * @param unknown keys left out because the answer to a commit was lost
 * @param counts how often each finding was made; absent means never
 * @param examples the first keys of each finding
 */
public record CheckReport(
        long sourceRows, long targetRows, long unknown, Map<Finding, Long> counts, Map<Finding, List<Long>> examples) {

    /** What can be wrong with a key. */
    public enum Finding {
        /** An acknowledged row, or a row of the old table, is not in the extended table. */
        LOST,
        /** A row in the extended table that was deleted, rolled back or never acknowledged. */
        GHOST,
        /** The extended table holds an image that a later acknowledged update replaced. */
        STALE,
        /** The extended table holds other bytes than the old table or the acknowledgement. */
        DIFFERENT,
        /** A row in the extended table that neither the old table nor the application knows. */
        EXTRA,
        /** Both tables gave the same key to different rows. */
        TAKEN_TWICE,
        /** The old table itself is not what the application was told. */
        SOURCE_WRONG
    }

    /** Keeps unmodifiable copies. */
    public CheckReport {
        counts = counts.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(counts));
        examples = examples.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(examples));
    }

    /** How often a finding was made. */
    public long count(Finding finding) {
        return counts.getOrDefault(finding, 0L);
    }

    /** True when rows were compared and nothing was found. An empty comparison is not equal. */
    public boolean isEqual() {
        return counts.isEmpty() && targetRows > 0;
    }

    /** One line for people. */
    public String summary() {
        StringBuilder line = new StringBuilder(isEqual() ? "equal" : "different")
                .append(": source rows ")
                .append(sourceRows)
                .append(", target rows ")
                .append(targetRows);
        if (unknown > 0) {
            line.append(", left out ").append(unknown);
        }
        for (Finding finding : Finding.values()) {
            if (count(finding) > 0) {
                line.append(", ")
                        .append(finding)
                        .append(' ')
                        .append(count(finding))
                        .append(" like ")
                        .append(examples.get(finding));
            }
        }
        return line.toString();
    }
}
