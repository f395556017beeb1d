package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.Window;
import dev.widekey.backfill.Windows;
import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Gtids;
import dev.widekey.daemon.state.HaltException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The registry of windows and the dispatcher that marks them.
 *
 * <p>A chunk reads rows at one moment and writes them at a later one; in between the stream may have deleted a row that the chunk is about to
 * bring back. So each delivered change is marked, in stream order and before anybody applies it, in every window that contains its key: a delete
 * leaves a tombstone, an insert or update removes one. The chunk's transaction deletes the tombstoned keys last.
 *
 * <p>Race, registration against delivery: the dispatcher first publishes what the batch delivers, then looks at the list of windows; a window
 * first enters the list, then looks at what was delivered. Both are volatile accesses, so either the dispatcher sees the window and marks it, or
 * the window sees the delivery and its read waits for it. Never neither.
 *
 * <p>{@link #open} is thread-safe; the listener's methods are called by the one thread that delivers the stream.
 */
public final class Merge implements Windows, ChangeListener {
    /** More tombstones than this in one chunk and reading it again is cheaper than remembering them. */
    private static final int TOMBSTONES = 200_000;

    private final ChunkWriter writer;
    private final StreamApplier applier;
    private final SourceActivity activity;
    private final Alarm alarm;
    private final List<ChunkWindow> windows;
    private final Supplier<Lock> locks;
    private final int mostTombstones;
    private volatile Gtids delivered;

    /**
     * Wires the merge.
     *
     * @param start everything that was executed when the stream's start position was taken or stored: reads must see at least that
     */
    public Merge(ChunkWriter writer, StreamApplier applier, SourceActivity activity, Alarm alarm, Gtids start) {
        this(writer, applier, activity, alarm, start, new CopyOnWriteArrayList<>(), ReentrantLock::new, TOMBSTONES);
    }

    /**
     * A merge whose every step between threads somebody else can hold up: entering the list of windows, looking at it, and locking a window.
     *
     * @param windows empty, safe for any number of threads, and iterated as it was when the iteration began
     * @param locks makes a lock for each window
     */
    Merge(
            ChunkWriter writer,
            StreamApplier applier,
            SourceActivity activity,
            Alarm alarm,
            Gtids start,
            List<ChunkWindow> windows,
            Supplier<Lock> locks,
            int mostTombstones) {
        this.writer = writer;
        this.applier = applier;
        this.activity = activity;
        this.alarm = alarm;
        this.delivered = start;
        this.windows = windows;
        this.locks = locks;
        this.mostTombstones = mostTombstones;
    }

    @Override
    public Window open(Chunk chunk) {
        alarm.check();
        ChunkWindow window = new ChunkWindow(chunk, writer, windows::remove, locks.get(), mostTombstones);
        windows.add(window);
        window.readsFrom(delivered);
        return window;
    }

    @Override
    public void onBatch(ChangeBatch batch) throws InterruptedException {
        delivered = batch.delivered();
        for (ChunkWindow window : windows) {
            window.mark(batch.changes());
        }
        for (Change change : batch.changes()) {
            activity.saw(change);
        }
        applier.take(batch);
    }

    @Override
    public void onHalt(FeedHalt halt) {
        alarm.raise(new HaltException(
                switch (halt.reason()) {
                    case POSITION_LOST -> HaltException.Reason.POSITION_LOST;
                    case SOURCE_CHANGED -> HaltException.Reason.SOURCE_CHANGED;
                    case SCHEMA_CHANGED -> HaltException.Reason.SCHEMA_CHANGED;
                    case TRUNCATED -> HaltException.Reason.TRUNCATED;
                    case UNREADABLE -> HaltException.Reason.UNREADABLE;
                    case REFUSED -> HaltException.Reason.REFUSED;
                    case RECEIVER_FAILED -> HaltException.Reason.FAILED;
                },
                halt.message()));
    }
}
