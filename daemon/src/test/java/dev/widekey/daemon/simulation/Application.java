package dev.widekey.daemon.simulation;

import dev.widekey.daemon.simulation.Source.Entry;
import dev.widekey.daemon.simulation.Tally.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** The application on the source: commits some transactions and then falls silent. */
final class Application implements Schedule.Happening {
    /** Keys are from -1 to below this. */
    static final int MOST_KEYS = 8;

    private final Source source;
    private final Claims claims;
    private final Schedule schedule;
    private final Tally tally;
    private final Chance chance;
    private final int keys;
    private final int weight;
    /** How many values in a hundred the target does not take. */
    private final int refused;

    private int left;
    private int values;

    Application(Source source, Claims claims, Schedule schedule, Tally tally, Chance chance) {
        this.source = source;
        this.claims = claims;
        this.schedule = schedule;
        this.tally = tally;
        this.chance = chance;
        this.keys = chance.between(2, MOST_KEYS);
        this.weight = chance.of(List.of(8, 16, 32, 64, 256));
        this.left = chance.between(3, 30);
        this.refused = chance.percent(40) ? chance.of(List.of(10, 30, 60)) : 0;
    }

    /** The rows that are there before anything begins. */
    void fill() {
        List<Entry> rows = new ArrayList<>();
        for (long key = -1; key < keys - 1; key++) {
            if (chance.percent(60)) {
                rows.add(new Entry(key, value(), false));
            }
        }
        source.show(source.write(rows));
    }

    boolean isSilent() {
        return left <= 0 && !source.hasHidden();
    }

    private String value() {
        return (chance.percent(refused) ? "x" : "v") + ++values;
    }

    /** Whether the target does not take this value. */
    static boolean isRefused(String value) {
        return value.startsWith("x");
    }

    @Override
    public int weight() {
        // Most of it happens while the copy runs.
        return left <= 0 || source.hasFailedOver() ? 0 : claims.isPrepared() ? weight : 4;
    }

    @Override
    public void happen() {
        Set<Long> locked = source.locked();
        TreeMap<Long, String> rows = new TreeMap<>(source.latest);
        List<Entry> entries = new ArrayList<>();
        int changes = chance.percent(50) ? 1 : chance.between(0, 4);
        for (int i = 0; i < changes; i++) {
            change(rows, locked, entries);
        }
        left -= Math.max(1, entries.size());
        schedule.note("writes", entries.toString());
        tally.count(Event.CHANGES, entries.size());
        source.write(entries);
    }

    private void change(TreeMap<Long, String> rows, Set<Long> locked, List<Entry> entries) {
        long key = chance.below(keys) - 1;
        if (locked.contains(key)) {
            return;
        }
        if (!rows.containsKey(key)) {
            if (claims.isCopied(key)) {
                tally.count(Event.LATE_KEYS);
            }
            put(rows, entries, new Entry(key, value(), false));
        } else if (chance.percent(45)) {
            put(rows, entries, new Entry(key, null, false));
        } else if (chance.percent(50)) {
            put(rows, entries, new Entry(key, value(), false));
        } else {
            long other = chance.below(keys) - 1;
            if (!rows.containsKey(other) && !locked.contains(other)) {
                tally.count(Event.KEY_CHANGES);
                String value = chance.percent(50) ? rows.get(key) : value();
                put(rows, entries, new Entry(key, null, false));
                put(rows, entries, new Entry(other, value, true));
            }
        }
    }

    private static void put(TreeMap<Long, String> rows, List<Entry> entries, Entry entry) {
        entries.add(entry);
        if (entry.value() == null) {
            rows.remove(entry.key());
        } else {
            rows.put(entry.key(), entry.value());
        }
    }
}
