package dev.widekey.cdc.debezium;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Position;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands batches from the reader to the delivery thread, bounded by bytes and count.
 *
 * <p>Every reader puts under a ticket of its own. Opening a new ticket empties the queue and refuses the older ones, so a reader that
 * was given up can neither deliver out of turn nor stay blocked here. Thread-safe.
 */
final class BatchQueue {

    /** What waits to be delivered. */
    sealed interface Item {}

    /**
     * Consecutive changes and the place behind them.
     *
     * @param running the transaction the last change belongs to; null without changes or without GTIDs
     * @param sourceMillis the source's clock at the newest event, 0 when unknown
     * @param atEnd whether the reader stood at the end of the log
     */
    record Batch(
            List<Change> changes,
            Position resume,
            @Nullable String running,
            long bytes,
            long sourceMillis,
            boolean atEnd)
            implements Item {}

    /** The end of the stream, in its turn. */
    record Halt(FeedHalt halt) implements Item {}

    private static final int MAX_ITEMS = 1_000;

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private long bytes;
    private long ticket;
    private boolean delivering;
    private boolean closed;

    BatchQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Empties the queue and gives the only ticket that is good from now on. */
    long open() {
        lock.lock();
        try {
            items.clear();
            bytes = 0;
            changed.signalAll();
            return ++ticket;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for room. False when the ticket is not good any more: the item is dropped and the reader has to end. */
    boolean put(long ownTicket, Item item) throws InterruptedException {
        long size = size(item);
        lock.lockInterruptibly();
        try {
            while (!closed && ownTicket == ticket && full(size)) {
                changed.await();
            }
            if (closed || ownTicket != ticket) {
                return false;
            }
            items.add(item);
            bytes += size;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean full(long size) {
        return !items.isEmpty() && (bytes + size > maxBytes || items.size() >= MAX_ITEMS);
    }

    /** Waits for the next item; null once the queue is closed. Whoever asks for the next one is done with the one before. */
    @Nullable
    Item take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            delivering = false;
            changed.signalAll();
            while (!closed && items.isEmpty()) {
                changed.await();
            }
            if (closed) {
                return null;
            }
            Item item = items.remove();
            bytes -= size(item);
            delivering = true;
            changed.signalAll();
            return item;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the item taken last is done with, or the queue is closed. */
    void awaitDelivered() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (delivering && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops everything and lets nobody wait any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            items.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private static long size(Item item) {
        return item instanceof Batch batch ? batch.bytes() : 0;
    }
}
