package dev.widekey.backfill;

import java.util.function.BooleanSupplier;

/** Decides the pace of the copy. A port. Thread-safe. */
public interface Throttle {

    /** Returns when the next chunk may begin, or soon after {@code stopping} has become true. */
    void await(BooleanSupplier stopping) throws InterruptedException;
}
