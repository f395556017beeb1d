package dev.widekey.daemon.simulation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often what happened, in one run or in many. */
final class Tally {
    private final long[] faults = new long[Kind.values().length];
    private final long[] events = new long[Event.values().length];

    /** What is worth counting beside the faults. */
    enum Event {
        STEPS,
        CHANGES,
        KEY_CHANGES,
        DELIVERED_UNSEEN,
        VISIBILITY_WAITS,
        CHUNKS_BEGUN,
        CHUNKS_RECORDED,
        CHUNKS_STARTED_OVER,
        TOMBSTONES_USED,
        TOMBSTONES_OVERFLOWN,
        ROWS_LEFT_ALONE,
        LATE_KEYS,
        ENTRIES_MADE,
        ENTRIES_ENDED,
        ENTRIES_MET,
        BATCHES,
        CUT_INSIDE_A_TRANSACTION,
        CHANGES_DELIVERED_AGAIN,
        STREAM_TRANSACTIONS,
        ROW_LOCK_WAITS,
        DEADLOCKS,
        COMMITS_ASKED_FOR,
        COMMITS_OF_THE_DEAD,
        TAKEOVERS,
        WRITES_REFUSED_BY_EPOCH,
        HELD,
        RESTARTS,

        HALTS
    }

    void count(Kind kind) {
        faults[kind.ordinal()]++;
    }

    void count(Event event) {
        events[event.ordinal()]++;
    }

    void count(Event event, long times) {
        events[event.ordinal()] += times;
    }

    synchronized void add(Tally other) {
        for (int i = 0; i < faults.length; i++) {
            faults[i] += other.faults[i];
        }
        for (int i = 0; i < events.length; i++) {
            events[i] += other.events[i];
        }
    }

    /** Every kind of fault and event with its number. */
    Map<String, Long> all() {
        Map<String, Long> all = new LinkedHashMap<>();
        Arrays.stream(Kind.values()).forEach(kind -> all.put("fault " + kind, faults[kind.ordinal()]));
        Arrays.stream(Event.values()).forEach(event -> all.put(event.name(), events[event.ordinal()]));
        return all;
    }
}
