package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The writers of one round and the signpost they look at. Started by {@link #start}, ended by {@link #stop}; used by one thread. */
final class Crowd implements AutoCloseable {
    private static final long JOIN_SECONDS = 90;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final WriterTally tally = new WriterTally();
    private final Signpost signpost;

    private Crowd(World world, long lookMillis) {
        this.signpost = new Signpost(world, stop, lookMillis);
    }

    /** Starts writers on loaded tables; {@code table} says which keys are whose. */
    static Crowd start(
            World world, Truth truth, Content content, LoadedKeys table, int writers, double perSecond, Dice dice) {
        Crowd crowd = new Crowd(world, 60);
        crowd.run("signpost", crowd.signpost);
        for (int i = 0; i < writers; i++) {
            crowd.run(
                    "writer-" + i,
                    new Writer(
                            world,
                            truth,
                            content,
                            crowd.signpost,
                            crowd.tally,
                            new Dice(dice.nextLong()),
                            crowd.stop,
                            table.live(i, writers),
                            table.free(i, writers),
                            table.last(),
                            perSecond / writers));
        }
        return crowd;
    }

    /** Starts deleters that stay close to the copy. */
    static Crowd storm(
            World world, Truth truth, Content content, LoadedKeys table, int deleters, int chunkRows, Dice dice) {
        Crowd crowd = new Crowd(world, 10);
        crowd.run("signpost", crowd.signpost);
        for (int i = 0; i < deleters; i++) {
            crowd.run(
                    "deleter-" + i,
                    new Deleter(
                            world,
                            truth,
                            content,
                            crowd.signpost,
                            crowd.tally,
                            new Dice(dice.nextLong()),
                            crowd.stop,
                            table.live(i, deleters),
                            chunkRows));
        }
        return crowd;
    }

    WriterTally tally() {
        return tally;
    }

    /**
     * Lets every writer finish what it is at, and settle what is not answered.
     *
     * @throws IllegalStateException when a writer found that a table is not what it was told
     */
    void stop() throws InterruptedException {
        stop.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(JOIN_SECONDS));
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " does not end");
            }
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a writer failed: " + cause.getMessage(), cause);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(JOIN_SECONDS));
        }
    }

    private void run(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, cause) -> failure.compareAndSet(null, cause));
        threads.add(thread);
        thread.start();
    }
}
