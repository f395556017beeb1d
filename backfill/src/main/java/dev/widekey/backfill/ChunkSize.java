package dev.widekey.backfill;

import java.time.Duration;

/**
 * How many rows the next chunk gets, learned from the chunks before it: as many as were copied in the target time at the rate of the last one, and
 * no more than make up a chunk's bytes. It at most doubles from one chunk to the next and falls at once. The time is that of reading and writing rows:
 * what costs the same for every chunk would drive the size down where it is long. Thread-safe.
 *
 * <p>A chunk is one transaction on each server, so its time is how long locks, undo and a reader of the target's log have to wait for it.
 */
public final class ChunkSize {
    /** How long a chunk should take. */
    private static final Duration TARGET = Duration.ofSeconds(1);

    /** How many bytes a chunk should have at most. */
    private static final long BYTES = 8L << 20;

    private static final int FIRST = 1_000;

    /** A chunk that takes long for fewer rows does so for round trips, and would for one row. */
    private static final int FEWEST_FOR_TIME = 500;

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
    synchronized void learn(ChunkReader.Volume copied) {
        if (!learning || copied.rows() == 0) {
            return;
        }
        double byTime = Math.max(
                FEWEST_FOR_TIME,
                (double) copied.rows()
                        * TARGET.toNanos()
                        / Math.max(1, copied.took().toNanos()));
        double byBytes = (double) copied.rows() * BYTES / Math.max(1, copied.bytes());
        double wanted = Math.min(Math.min(byTime, byBytes), 2.0 * rows);
        rows = (int) Math.max(1, Math.min(most, wanted));
    }

    /** Takes note of a chunk that was too large to be copied at all. */
    synchronized void halve() {
        if (learning) {
            rows = Math.max(1, rows / 2);
        }
    }
}
