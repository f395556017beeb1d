package dev.widekey.cdc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of global transaction identifiers, as MySQL writes them: {@code uuid:1-5:8,uuid:9}, tags included.
 *
 * <p>Immutable and thread-safe.
 */
public final class Gtids {

    private static final Gtids EMPTY = new Gtids(Collections.emptyNavigableMap());

    /** Per origin (uuid, or uuid and tag) the sorted, disjoint, non-touching intervals as {@code from, to, from, to, ...}. */
    private final Map<String, long[]> intervals;

    private Gtids(Map<String, long[]> intervals) {
        this.intervals = intervals;
    }

    /** The set without any transaction. */
    public static Gtids empty() {
        return EMPTY;
    }

    /**
     * Reads MySQL's text form; white space is ignored.
     *
     * @throws IllegalArgumentException when the text is not a GTID set
     */
    public static Gtids parse(String text) {
        Map<String, List<long[]>> parts = new TreeMap<>();
        for (String group : text.split(",", -1)) {
            if (!group.isBlank()) {
                parseGroup(group, parts);
            }
        }
        if (parts.isEmpty()) {
            return EMPTY;
        }
        Map<String, long[]> sets = new TreeMap<>();
        parts.forEach((origin, ranges) -> sets.put(origin, merge(ranges)));
        return new Gtids(sets);
    }

    private static void parseGroup(String group, Map<String, List<long[]>> parts) {
        String[] tokens = group.split(":", -1);
        String uuid = tokens[0].strip().toLowerCase(Locale.ROOT);
        if (tokens.length < 2 || uuid.length() != 36) {
            throw new IllegalArgumentException("not a GTID set: " + group.strip());
        }
        String origin = uuid;
        for (int i = 1; i < tokens.length; i++) {
            String token = tokens[i].strip();
            if (token.isEmpty()) {
                throw new IllegalArgumentException("not a GTID set: " + group.strip());
            }
            if (Character.isDigit(token.charAt(0))) {
                parts.computeIfAbsent(origin, key -> new ArrayList<>()).add(range(token));
            } else {
                origin = uuid + ":" + token.toLowerCase(Locale.ROOT);
            }
        }
    }

    private static long[] range(String token) {
        int dash = token.indexOf('-');
        long from = Long.parseLong(dash < 0 ? token : token.substring(0, dash).strip());
        long to = dash < 0 ? from : Long.parseLong(token.substring(dash + 1).strip());
        if (from < 1 || to < from) {
            throw new IllegalArgumentException("not a GTID interval: " + token);
        }
        return new long[] {from, to};
    }

    private static long[] merge(List<long[]> ranges) {
        ranges.sort((a, b) -> Long.compare(a[0], b[0]));
        long[] merged = new long[ranges.size() * 2];
        int length = 0;
        for (long[] range : ranges) {
            if (length > 0 && range[0] <= merged[length - 1] + 1) {
                merged[length - 1] = Math.max(merged[length - 1], range[1]);
            } else {
                merged[length++] = range[0];
                merged[length++] = range[1];
            }
        }
        return Arrays.copyOf(merged, length);
    }

    /** This set and the transactions of MySQL's text form {@code gtids}: one, or a set. */
    public Gtids plus(String gtids) {
        return plus(parse(gtids));
    }

    /** The union of both sets. */
    public Gtids plus(Gtids other) {
        if (contains(other)) {
            return this;
        }
        if (other.contains(this)) {
            return other;
        }
        Map<String, long[]> union = new TreeMap<>(intervals);
        other.intervals.forEach((origin, added) -> union.merge(origin, added, Gtids::union));
        return new Gtids(union);
    }

    private static long[] union(long[] left, long[] right) {
        List<long[]> ranges = new ArrayList<>((left.length + right.length) / 2);
        for (long[] side : List.of(left, right)) {
            for (int i = 0; i < side.length; i += 2) {
                ranges.add(new long[] {side[i], side[i + 1]});
            }
        }
        return merge(ranges);
    }

    /** Whether every transaction of {@code other} is in this set. */
    public boolean contains(Gtids other) {
        for (Map.Entry<String, long[]> entry : other.intervals.entrySet()) {
            long[] own = intervals.get(entry.getKey());
            if (own == null || !contains(own, entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean contains(long[] own, long[] wanted) {
        int i = 0;
        for (int j = 0; j < wanted.length; j += 2) {
            while (i < own.length && own[i + 1] < wanted[j]) {
                i += 2;
            }
            if (i == own.length || own[i] > wanted[j] || own[i + 1] < wanted[j + 1]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the set holds no transaction. */
    public boolean isEmpty() {
        return intervals.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Gtids gtids && contains(gtids) && gtids.contains(this);
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** MySQL's text form, without white space; what {@code WAIT_FOR_EXECUTED_GTID_SET} takes. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        intervals.forEach((origin, ranges) -> {
            text.append(text.isEmpty() ? "" : ",").append(origin);
            for (int i = 0; i < ranges.length; i += 2) {
                text.append(':').append(ranges[i]);
                if (ranges[i + 1] > ranges[i]) {
                    text.append('-').append(ranges[i + 1]);
                }
            }
        });
        return text.toString();
    }
}
