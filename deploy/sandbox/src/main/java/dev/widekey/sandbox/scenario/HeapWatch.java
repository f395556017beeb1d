package dev.widekey.sandbox.scenario;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Asks the daemon ten times a second how much of its heap is in use and keeps the most. Thread-safe. */
final class HeapWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 100;

    private final StatusPage page;
    private final AtomicLong peak = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    HeapWatch(StatusPage page) {
        this.page = page;
        this.thread = new Thread(this::watch, "scenario-heap");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            do {
                peak.accumulateAndGet(page.heap(), Math::max);
            } while (!stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The most bytes in use at any look, over all processes. */
    long peak() {
        return peak.get();
    }

    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        thread.join();
    }
}
