package dev.widekey.sandbox.torture;

import java.util.concurrent.atomic.AtomicLong;

/** What the writers of a round have counted. Thread-safe. */
final class WriterTally {
    final AtomicLong transactions = new AtomicLong();
    final AtomicLong rows = new AtomicLong();
    final AtomicLong failed = new AtomicLong();
    final AtomicLong unknown = new AtomicLong();
    final AtomicLong unknownHappened = new AtomicLong();
    final AtomicLong rolledBack = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    /** Commits on the source that came later after the flip than an application may; such a round proves nothing. */
    final AtomicLong late = new AtomicLong();
    /** Deletes acknowledged within the chunks that were about to be read or being read. */
    final AtomicLong racingDeletes = new AtomicLong();

    final AtomicLong errors = new AtomicLong();
}
