package dev.widekey.daemon.throttle;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Time that passes when a test says so. Thread-safe. */
final class HandClock implements LongSupplier {
    private final AtomicLong now = new AtomicLong(7);

    @Override
    public long getAsLong() {
        return now.get();
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
