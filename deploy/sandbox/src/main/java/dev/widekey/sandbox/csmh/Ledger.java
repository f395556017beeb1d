package dev.widekey.sandbox.csmh;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything the servers have acknowledged to the application, and what they refused: the truth the checker holds the tables
 * against. Keeps a 16-byte digest per row, some 200 bytes of memory in all. Safe for use by several threads; one row
 * has one writer.
 */
public final class Ledger {

    /** What is known about a row. */
    public enum Status {
        /** Acknowledged and not touched since. */
        PRESENT,
        /** An update or a delete has been sent and not answered. */
        CHANGING,
        /** Its delete is acknowledged. */
        DELETED,
        /** Its insert was rolled back. */
        FAILED,
        /** The answer to a commit was lost. */
        UNKNOWN
    }

    /**
     * What is known about one key.
     *
     * @param side where the row was born
     * @param status what is known
     * @param studentModule the module it belongs to
     * @param digest its content as last acknowledged
     * @param older its content before the last acknowledged update
     */
    public record Entry(
            Side side,
            Status status,
            long studentModule,
            RowDigest digest,
            @Nullable RowDigest older) {
        private Entry as(Status changed) {
            return new Entry(side, changed, studentModule, digest, older);
        }
    }

    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();
    private final Map<Long, Set<Long>> keysOfModule = new ConcurrentHashMap<>();
    private final Set<Long> takenTwice = ConcurrentHashMap.newKeySet();
    private final Map<Side, AtomicLong> written = new EnumMap<>(Side.class);
    private final AtomicLong deletes = new AtomicLong();
    private final AtomicLong updates = new AtomicLong();

    /** Makes an empty ledger. */
    public Ledger() {
        for (Side side : Side.values()) {
            written.put(side, new AtomicLong());
        }
    }

    /** A row that was in the old table before the application started. */
    public void loaded(HistoryRow row) {
        put(row.id(), new Entry(Side.OLD, Status.PRESENT, row.studentModule(), row.digest(), null));
    }

    /** An acknowledged insert. */
    public void inserted(Side side, HistoryRow row) {
        Entry entry = new Entry(side, Status.PRESENT, row.studentModule(), row.digest(), null);
        Entry before = put(row.id(), entry);
        if (before != null && before.side() != side && before.status() != Status.FAILED) {
            takenTwice.add(row.id());
        }
        counter(side).incrementAndGet();
    }

    /** An update or delete of the row is about to be sent. */
    public void changing(long id) {
        entries.computeIfPresent(id, (key, entry) -> entry.as(Status.CHANGING));
    }

    /** The change that was about to be sent did not happen. */
    public void unchanged(long id) {
        entries.computeIfPresent(id, (key, entry) -> entry.as(Status.PRESENT));
    }

    /** An acknowledged update. */
    public void updated(HistoryRow row) {
        entries.computeIfPresent(
                row.id(),
                (key, entry) ->
                        new Entry(entry.side(), Status.PRESENT, entry.studentModule(), row.digest(), entry.digest()));
        updates.incrementAndGet();
    }

    /** An acknowledged delete. */
    public void deleted(long id) {
        Entry entry = entries.computeIfPresent(id, (key, known) -> known.as(Status.DELETED));
        if (entry != null) {
            keys(entry.studentModule()).remove(id);
        }
        deletes.incrementAndGet();
    }

    /** An insert that was rolled back or never committed: the row must not be anywhere. */
    public void failed(Side side, HistoryRow row) {
        entries.put(row.id(), new Entry(side, Status.FAILED, row.studentModule(), row.digest(), null));
    }

    /** An insert whose commit was not answered. */
    public void unknown(Side side, HistoryRow row) {
        entries.put(row.id(), new Entry(side, Status.UNKNOWN, row.studentModule(), row.digest(), null));
    }

    /** A change whose commit was not answered. */
    public void unknown(long id) {
        entries.computeIfPresent(id, (key, entry) -> entry.as(Status.UNKNOWN));
    }

    /** What is known about a key; empty when the application never had it. */
    public Optional<Entry> entry(long id) {
        return Optional.ofNullable(entries.get(id));
    }

    /** The rows of some modules that are acknowledged and not being changed, by key. */
    public Map<Long, Entry> present(Collection<Long> studentModules) {
        Map<Long, Entry> present = new HashMap<>();
        for (long module : studentModules) {
            for (long id : keysOfModule.getOrDefault(module, Set.of())) {
                Entry entry = entries.get(id);
                if (entry != null && entry.status() == Status.PRESENT) {
                    present.put(id, entry);
                }
            }
        }
        return present;
    }

    /** Every key with what is known about it; safe to walk while the application writes. */
    Map<Long, Entry> entries() {
        return entries;
    }

    /** How many keys are known. */
    public int size() {
        return entries.size();
    }

    /** The least key a row got that was born on this side, loaded rows included; empty when none was. */
    public OptionalLong lowest(Side side) {
        return keysOf(side).min();
    }

    /** The greatest key a row got that was born on this side, loaded rows included; empty when none was. */
    public OptionalLong highest(Side side) {
        return keysOf(side).max();
    }

    private LongStream keysOf(Side side) {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().side() == side)
                .mapToLong(Map.Entry::getKey);
    }

    /** Keys that both tables handed out to different rows; sound migrations have none. */
    public Set<Long> takenTwice() {
        return Set.copyOf(takenTwice);
    }

    /** Acknowledged inserts of the application, loaded rows not counted. */
    public long written(Side side) {
        return counter(side).get();
    }

    /** Acknowledged updates. */
    public long updates() {
        return updates.get();
    }

    /** Acknowledged deletes. */
    public long deletes() {
        return deletes.get();
    }

    private @Nullable Entry put(long id, Entry entry) {
        Entry before = entries.put(id, entry);
        keys(entry.studentModule()).add(id);
        return before;
    }

    private Set<Long> keys(long studentModule) {
        return keysOfModule.computeIfAbsent(studentModule, key -> ConcurrentHashMap.newKeySet(4));
    }

    private AtomicLong counter(Side side) {
        AtomicLong counter = written.get(side);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + side);
        }
        return counter;
    }
}
