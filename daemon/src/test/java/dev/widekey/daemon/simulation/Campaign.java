package dev.widekey.daemon.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.LoggerFactory;

/** Many seeds in a row, on as many simulations as there are processors. */
final class Campaign {
    private final Tally tally = new Tally();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong runs = new AtomicLong();
    private final AtomicReference<Simulation.Outcome> broken = new AtomicReference<>();
    private final long began = System.nanoTime();

    /** What a million runs would write about is not worth the disk. */
    static void silence() {
        ((Logger) LoggerFactory.getLogger("dev.widekey")).setLevel(Level.OFF);
    }

    /** Runs these seeds until one of them is not clean. */
    void run(long first, long seeds) throws InterruptedException {
        silence();
        int side = Math.max(1, Runtime.getRuntime().availableProcessors());
        ExecutorService threads = Executors.newFixedThreadPool(side);
        next.set(0);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < side; i++) {
                ends.add(threads.submit(() -> work(first, seeds)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void work(long first, long seeds) {
        try (Simulation simulation = new Simulation()) {
            for (long i = next.getAndIncrement(); i < seeds && broken.get() == null; i = next.getAndIncrement()) {
                Simulation.Outcome outcome = simulation.run(first + i, false);
                runs.incrementAndGet();
                if (!outcome.isClean()) {
                    broken.compareAndSet(null, outcome);
                }
            }
            tally.add(simulation.tally());
        }
    }

    /** The first run that was not clean; null when all were. */
    Simulation.Outcome broken() {
        return broken.get();
    }

    Tally tally() {
        return tally;
    }

    long runs() {
        return runs.get();
    }

    double runsPerSecond() {
        return runs.get() * 1e9 / (System.nanoTime() - began);
    }
}
