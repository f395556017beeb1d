package dev.widekey.sandbox.moving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Instances of an application, each a thread, and what became of their requests. {@link #freeze} holds one up wherever it is, as a long garbage collection
 * would: with what it knows of the flags by then.
 */
public final class Application implements AutoCloseable {
    private final Tally tally = new Tally();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final Options options;
    private volatile int frozen = -1;
    private volatile CountDownLatch thaw = new CountDownLatch(0);

    /**
     * How the application behaves.
     *
     * @param instances how many
     * @param paceMillis how long an instance rests between requests, on average
     * @param flagDelayMillis how old an instance's knowledge of the flags may be when it writes
     * @param held every how many-th transaction stays open for a while; 0 for none
     * @param heldMillis for how long at most
     * @param acknowledges whether instances tell which flags they act on
     */
    public record Options(
            int instances, int paceMillis, int flagDelayMillis, int held, int heldMillis, boolean acknowledges) {}

    private Application(Options options) {
        this.options = options;
    }

    /** Starts it. */
    public static Application start(Place place, Facts facts, Options options, long seed) {
        Application application = new Application(options);
        for (int i = 0; i < options.instances(); i++) {
            Thread thread = new Thread(new Instance(place, application, facts, i, seed + i), "instance-" + i);
            thread.setDaemon(true);
            application.threads.add(thread);
        }
        application.threads.forEach(Thread::start);
        return application;
    }

    /** What happened so far. */
    public Tally tally() {
        return tally;
    }

    /** Returns after that time of its life. */
    public void runFor(Duration time) throws InterruptedException {
        rest(time.toMillis());
    }

    /** Holds one instance up from its next request on. */
    public void freeze(int instance) {
        thaw = new CountDownLatch(1);
        frozen = instance;
    }

    /** Lets it go on. */
    public void thaw() {
        frozen = -1;
        thaw.countDown();
    }

    boolean runs() {
        return stop.getCount() > 0;
    }

    int paceMillis() {
        return options.paceMillis();
    }

    boolean acknowledges() {
        return options.acknowledges();
    }

    int flagDelayMillis() {
        return options.flagDelayMillis();
    }

    void rest(long millis) throws InterruptedException {
        if (stop.await(millis, TimeUnit.MILLISECONDS)) {
            return;
        }
    }

    void hold(Random dice) throws InterruptedException {
        if (options.held() > 0 && dice.nextInt(options.held()) == 0) {
            rest(dice.nextInt(options.heldMillis() + 1));
        }
    }

    void awaitThaw(int instance) throws InterruptedException {
        if (instance == frozen) {
            thaw.await();
        }
    }

    /** Lets every request come to its end. */
    @Override
    public void close() throws InterruptedException {
        thaw();
        stop.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
