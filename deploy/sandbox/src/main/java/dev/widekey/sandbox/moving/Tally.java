package dev.widekey.sandbox.moving;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What happened to the application's requests. Thread-safe. */
public final class Tally {
    private static final int EXAMPLES = 10;

    final AtomicLong written = new AtomicLong();
    final AtomicLong retried = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong refusedNew = new AtomicLong();
    final AtomicLong failed = new AtomicLong();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong wrongReads = new AtomicLong();
    final AtomicLong wrongFlags = new AtomicLong();
    final AtomicLong errors = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final List<String> examples = Collections.synchronizedList(new ArrayList<>());

    void wrote(long nanos, boolean again) {
        written.incrementAndGet();
        retried.addAndGet(again ? 1 : 0);
        longestNanos.accumulateAndGet(nanos, Math::max);
    }

    void wrong(String what) {
        wrongReads.incrementAndGet();
        example(what);
    }

    void error(String what) {
        errors.incrementAndGet();
        example(what);
    }

    private void example(String what) {
        if (examples.size() < EXAMPLES) {
            examples.add(what);
        }
    }

    /** Writes that were acknowledged in the end. */
    public long written() {
        return written.get();
    }

    /** Writes that were refused at least once and acknowledged in the end. */
    public long retried() {
        return retried.get();
    }

    /** Statements that a fence refused. */
    public long refused() {
        return refused.get();
    }

    /** Of these, those that would have written a new row. */
    public long refusedNew() {
        return refusedNew.get();
    }

    /** Writes that were given up, or that a server answered with anything but a fence's refusal. */
    public long failed() {
        return failed.get() + errors.get();
    }

    /** Reads. */
    public long reads() {
        return reads.get();
    }

    /** Reads of something else than what was acknowledged. */
    public long wrongReads() {
        return wrongReads.get();
    }

    /** Pairs of flags under which new rows are hidden. */
    public long wrongFlags() {
        return wrongFlags.get();
    }

    /** How long the slowest write since the last call took until it was acknowledged, in milliseconds, the time its transaction was held open included. */
    public long takeLongestMillis() {
        return longestNanos.getAndSet(0) / 1_000_000;
    }

    @Override
    public String toString() {
        return "written=" + written() + " refused=" + refused() + " of-new-rows=" + refusedNew()
                + " retried=" + retried() + " failed=" + failed()
                + " reads=" + reads() + " wrong-reads=" + wrongReads() + " wrong-flags=" + wrongFlags()
                + (examples.isEmpty() ? "" : " " + examples);
    }
}
