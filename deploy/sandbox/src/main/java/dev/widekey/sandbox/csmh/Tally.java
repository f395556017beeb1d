package dev.widekey.sandbox.csmh;

import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What the simulated application has counted so far. Safe for use by several threads. */
final class Tally {
    private static final int EXAMPLES = 10;

    final AtomicLong rolledBack = new AtomicLong();
    final AtomicLong stragglerRows = new AtomicLong();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong wrongReads = new AtomicLong();
    final AtomicLong wrongFlags = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong errors = new AtomicLong();
    final AtomicLong restarts = new AtomicLong();
    final AtomicLong lastModule = new AtomicLong();

    private final Queue<String> examples = new ConcurrentLinkedQueue<>();
    private volatile boolean writesFlipped;
    private volatile OptionalLong lastStragglerWrite = OptionalLong.empty();

    void wrongRead(String what) {
        wrongReads.incrementAndGet();
        note(what);
    }

    void error(String what) {
        errors.incrementAndGet();
        note(what);
    }

    /** The write flag says extended, whether or not every process knows it. */
    void flipWrites(boolean flipped) {
        writesFlipped = flipped;
    }

    void written(Side side, int rows) {
        if (side == Side.OLD && writesFlipped) {
            lastStragglerWrite = OptionalLong.of(System.nanoTime());
            stragglerRows.addAndGet(rows);
        }
    }

    OptionalLong lastStragglerWrite() {
        return lastStragglerWrite;
    }

    List<String> examples() {
        return List.copyOf(examples);
    }

    private void note(String what) {
        if (examples.size() < EXAMPLES) {
            examples.add(what);
        }
    }
}
