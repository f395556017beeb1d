package dev.widekey.flags.client;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread for work that must not keep the application from ending, and handles its failures itself. Thread-safe. */
final class Background {

    private final ScheduledThreadPoolExecutor scheduler;

    Background(String name) {
        // What is given to it after its end is dropped.
        scheduler = new ScheduledThreadPoolExecutor(
                1,
                work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Does something again and again, the time between an end and the next beginning; first after that time. */
    void repeat(Runnable work, Duration time) {
        Future<?> unused = scheduler.scheduleWithFixedDelay(work, time.toNanos(), time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Does something once, after a time. */
    void after(Runnable work, Duration time) {
        Future<?> unused = scheduler.schedule(work, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Begins nothing any more. */
    void end() {
        scheduler.shutdown();
    }

    /** Waits for what goes on after the end; false when that takes too long. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return scheduler.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
