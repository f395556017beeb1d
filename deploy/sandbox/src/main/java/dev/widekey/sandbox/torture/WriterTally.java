package dev.widekey.sandbox.torture;

import java.util.concurrent.atomic.AtomicLong;

/** What the writers of a round have counted. Thread-safe. */
final class WriterTally {
    final AtomicLong transactions = new AtomicLong();
    final AtomicLong failed = new AtomicLong();
    final AtomicLong unknown = new AtomicLong();
    final AtomicLong unknownHappened = new AtomicLong();
    final AtomicLong rolledBack = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    /** When rows were last committed on the source ({@link System#nanoTime}). */
    final AtomicLong sourceWrittenAt = new AtomicLong(System.nanoTime());
    /** When rows were last committed on the source after a silence that was too long; 0 for never. */
    final AtomicLong brokenSilenceAt = new AtomicLong();
    /** Deletes acknowledged within the chunks that were about to be read or being read. */
    final AtomicLong racingDeletes = new AtomicLong();

    final AtomicLong errors = new AtomicLong();
}
