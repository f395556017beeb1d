package dev.widekey.backfill;

import java.time.Duration;

/**
 * How many rows the next chunk gets, learned from the chunks before it: as many as were copied in the target time at the rate of the last one, and
 * no more than make up a chunk's bytes. It at most doubles from one chunk to the next and falls at once. Thread-safe.
 *
 * <p>A chunk is one transaction on each server, so its time is how long locks, undo and a reader of the target's log have to wait for it.
 */
public final class ChunkSize {
    /** How long a chunk should take. */
    private static final Duration TARGET = Duration.ofSeconds(1);

    /** How many bytes a chunk should have at most. */
    private static final long BYTES = 8L << 20;

    private static final int FIRST = 1_000;
    private static final int FEWEST = 10;

    private final int most;
    private final boolean learning;
    private int rows;

    private ChunkSize(int rows, int most, boolean learning) {
        this.rows = rows;
        this.most = most;
        this.learning = learning;
    }

    /** Always so many rows. */
    public static ChunkSize fixed(int rows) {
        return new ChunkSize(rows, rows, false);
    }

    /** Never more than so many rows. */
    public static ChunkSize upTo(int most) {
        return new ChunkSize(Math.min(FIRST, most), most, true);
    }

    /** Rows for the next chunk. */
    synchronized int rows() {
        return rows;
    }

    /** Takes note of a chunk that was copied. */
    synchronized void learn(long copied, long bytes, Duration took) {
        if (!learning || copied == 0) {
            return;
        }
        double byTime = (double) copied * TARGET.toNanos() / Math.max(1, took.toNanos());
        double byBytes = (double) copied * BYTES / Math.max(1, bytes);
        double wanted = Math.min(Math.min(byTime, byBytes), 2.0 * rows);
        rows = (int) Math.max(Math.min(FEWEST, most), Math.min(most, wanted));
    }
}
