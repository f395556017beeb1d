package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Side;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the servers have told the writers: for each key the stamp of the last acknowledged write, and the stamps that were refused, rolled back or
 * lost. A transaction whose commit was not answered is settled by its writer before it goes on, so nothing here is unknown.
 *
 * <p>Thread-safe; one key has one writer.
 */
final class Truth {
    /** Stands for no row. */
    static final long ABSENT = -1;

    private final Map<Long, Long> old = new ConcurrentHashMap<>();
    private final Map<Long, Long> extended = new ConcurrentHashMap<>();
    private final Set<Long> failed = ConcurrentHashMap.newKeySet();
    private final AtomicLong stamps = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong deletes = new AtomicLong();

    /** A stamp nobody had before. */
    long nextStamp() {
        return stamps.incrementAndGet();
    }

    /** A row that is there from the start. */
    void loaded(long id, long stamp) {
        old.put(id, stamp);
    }

    /** A transaction that happened: the stamp each key has now. */
    void acknowledged(Side side, Map<Long, Long> effects, int rowsWritten) {
        Map<Long, Long> rows = of(side);
        effects.forEach((id, stamp) -> {
            if (stamp == ABSENT) {
                rows.remove(id);
                deletes.incrementAndGet();
            } else {
                rows.put(id, stamp);
            }
        });
        writes.addAndGet(rowsWritten);
    }

    /** Stamps of a transaction that did not happen. */
    void failed(Collection<Long> stampsOfIt) {
        failed.addAll(stampsOfIt);
    }

    /** Whether a write with this stamp was refused, rolled back or lost. */
    boolean isFailed(long stamp) {
        return failed.contains(stamp);
    }

    /** What the rows born on a side are. */
    Map<Long, Long> of(Side side) {
        return side == Side.OLD ? old : extended;
    }

    /** Rows written, changed or deleted by acknowledged transactions. */
    long writes() {
        return writes.get();
    }

    /** Keys that an acknowledged transaction left empty. */
    long deletes() {
        return deletes.get();
    }
}
