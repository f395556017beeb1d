package dev.widekey.daemon.audit.totals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What some rows of one side amount to, in every dimension. Not thread-safe.
 *
 * <p>A dimension that has more than {@value #MOST_GROUPS} groups is emptied and counted no further, on both sides.
 */
final class Counts {
    static final int MOST_GROUPS = 10_000;

    private final Set<Integer> tooMany;
    private final List<Map<String, Amount>> groups = new ArrayList<>();
    private final long[] nulls;
    private final long[] empties;
    private Amount all = Amount.NONE;

    /**
     * No rows yet.
     *
     * @param groupings how many dimensions have values for groups
     * @param nullable how many columns have their NULLs counted
     * @param tooMany numbers of the dimensions with too many groups, shared by everything that counts
     */
    Counts(int groupings, int nullable, Set<Integer> tooMany) {
        this.tooMany = tooMany;
        for (int i = 0; i < groupings; i++) {
            groups.add(new HashMap<>());
        }
        this.nulls = new long[nullable];
        this.empties = new long[nullable];
    }

    void add(Amount amount) {
        all = all.plus(amount);
    }

    void addNulls(int column, long isNull, long isEmpty) {
        nulls[column] += isNull;
        empties[column] += isEmpty;
    }

    void add(int grouping, String label, Amount amount) {
        if (tooMany.contains(grouping)) {
            groups.get(grouping).clear();
            return;
        }
        groups.get(grouping).merge(label, amount, Amount::plus);
        if (groups.get(grouping).size() > MOST_GROUPS) {
            tooMany.add(grouping);
            groups.get(grouping).clear();
        }
    }

    void add(Counts other) {
        add(other.all);
        for (int i = 0; i < nulls.length; i++) {
            addNulls(i, other.nulls[i], other.empties[i]);
        }
        for (int i = 0; i < groups.size(); i++) {
            int grouping = i;
            other.groups.get(i).forEach((label, amount) -> add(grouping, label, amount));
        }
    }

    Amount all() {
        return all;
    }

    Map<String, Amount> groups(int grouping) {
        return groups.get(grouping);
    }

    /** The three groups of a nullable column. */
    Map<String, Amount> nullClasses(String column, int number) {
        Map<String, Amount> classes = new HashMap<>();
        classes.put(column + " NULL", new Amount(nulls[number], 0));
        classes.put(column + " empty", new Amount(empties[number], 0));
        classes.put(column + " neither", new Amount(all.rows() - nulls[number] - empties[number], 0));
        classes.values().removeIf(amount -> amount.rows() == 0);
        return classes;
    }

    /** Whether both amount to the same in every dimension that is still counted. */
    boolean isLike(Counts other) {
        boolean like =
                all.equals(other.all) && Arrays.equals(nulls, other.nulls) && Arrays.equals(empties, other.empties);
        for (int i = 0; i < groups.size(); i++) {
            like = like && (tooMany.contains(i) || groups.get(i).equals(other.groups.get(i)));
        }
        return like;
    }
}
