package dev.widekey.backfill;

import java.util.function.BooleanSupplier;

/** Decides when the next piece of work may begin: a chunk of the copy, a range of the comparison. A port. Thread-safe. */
public interface Throttle {
    /** Holds nothing back and counts nothing. */
    Throttle NONE = stopping -> Turn.FREE;

    /** Returns when the next piece of work may begin, or soon after {@code stopping} has become true. */
    Turn await(BooleanSupplier stopping) throws InterruptedException;

    /** A piece of work that was let begin, until it is closed. Used by the thread that does the work. */
    interface Turn extends AutoCloseable {
        /** A turn nobody counts. */
        Turn FREE = (rows, bytes) -> {};

        /** Says what the work has read. What is too much is waited off before others begin. */
        void spent(long rows, long bytes);

        /** The work has ended, well or not. */
        @Override
        default void close() {}
    }
}
