package dev.widekey.daemon.audit.totals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What came of one dimension. Immutable.
 *
 * @param name for people
 * @param groups how many there are, on either side
 * @param differing the groups that differ, the first {@value #NAMED} of them
 * @param differences how many differ
 * @param tooMany whether there are more groups than are compared, so that none was
 */
public record Dimension(String name, int groups, List<Group> differing, int differences, boolean tooMany) {
    private static final int NAMED = 20;

    /** Keeps its own copy. */
    public Dimension {
        differing = List.copyOf(differing);
    }

    /** A group that differs, with what it amounts to on either side. */
    public record Group(String label, Amount source, Amount target) {

        /** The group on one line, with the direction. */
        @Override
        public String toString() {
            long rows = target.rows() - source.rows();
            long bytes = target.bytes() - source.bytes();
            List<String> parts = new ArrayList<>();
            if (rows != 0) {
                parts.add(Math.abs(rows) + (Math.abs(rows) == 1 ? " row " : " rows ")
                        + (rows < 0 ? "missing" : "extra") + " on the target (" + target.rows() + " for "
                        + source.rows() + ")");
            } else {
                parts.add("the same " + source.rows() + (source.rows() == 1 ? " row" : " rows"));
            }
            if (bytes != 0) {
                parts.add(Math.abs(bytes) + (Math.abs(bytes) == 1 ? " byte " : " bytes ")
                        + (bytes < 0 ? "fewer" : "more") + " on the target");
            }
            return label + ": " + String.join(", ", parts);
        }
    }

    /** A dimension with more groups than are compared. */
    static Dimension tooMany(String name) {
        return new Dimension(name, 0, List.of(), 0, true);
    }

    /** Compares the groups of both sides; they are named in the order given. */
    static Dimension of(String name, Map<String, Amount> source, Map<String, Amount> target, Comparator<String> order) {
        TreeSet<String> labels = new TreeSet<>(order);
        labels.addAll(source.keySet());
        labels.addAll(target.keySet());
        List<Group> differing = new ArrayList<>();
        int differences = 0;
        for (String label : labels) {
            Amount here = source.getOrDefault(label, Amount.NONE);
            Amount there = target.getOrDefault(label, Amount.NONE);
            if (!here.equals(there)) {
                differences++;
                if (differing.size() < NAMED) {
                    differing.add(new Group(label, here, there));
                }
            }
        }
        return new Dimension(name, labels.size(), differing, differences, false);
    }

    /** Whether it was compared and every group is equal. */
    public boolean isEqual() {
        return !tooMany && differences == 0;
    }

    /** What is said of it: one line, and one for each group that differs. */
    public List<String> lines() {
        if (tooMany) {
            return List.of("by " + name + ": more than " + Counts.MOST_GROUPS
                    + " groups, not compared; name another column in the configuration");
        }
        if (differences == 0) {
            return List.of("by " + name + ": " + groups + (groups == 1 ? " group" : " groups") + ", equal");
        }
        List<String> lines = new ArrayList<>();
        lines.add("by " + name + ": " + differences + " of " + groups + (groups == 1 ? " group" : " groups")
                + (differences == 1 ? " differs" : " differ"));
        differing.forEach(group -> lines.add("  " + group));
        if (differences > differing.size()) {
            lines.add("  and " + (differences - differing.size()) + " more");
        }
        return lines;
    }
}
