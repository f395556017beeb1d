package dev.widekey.sandbox.csmh;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The application: processes that write, a process that reads and checks, and an operator who restarts them one by one after the
 * write flag was flipped.
 *
 * <p>Servers may be restarted or killed meanwhile; requests then fail and are tried again. Start and stop are for one thread;
 * reports may be taken from any.
 */
public final class Simulator implements AutoCloseable {
    private static final long JOIN_SECONDS = 60;
    // Late enough to fall into the copy of a daemon started with the application.
    private static final Duration CLEAN_AFTER = Duration.ofSeconds(8);
    private static final Duration OPERATOR_LOOKS = Duration.ofMillis(200);

    private final World world;
    private final SimulatorOptions options;
    private final Ledger ledger;
    private final Tally tally = new Tally();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch cleaned = new CountDownLatch(1);
    private final List<ModulePool> pools = new ArrayList<>();
    private final List<Running> processes = new ArrayList<>();
    private final List<Thread> services = new ArrayList<>();
    private Running reader;
    private long generation;

    private Simulator(World world, Generator generator, Ledger ledger, SimulatorOptions options) {
        this.world = world;
        this.options = options;
        this.ledger = ledger;
        tally.lastModule.set(generator.modules());
        for (int p = 0; p < options.processes(); p++) {
            int process = p;
            ModulePool pool = ModulePool.of(generator, module -> module % options.processes() == process);
            if (pool.isEmpty()) {
                throw new IllegalArgumentException("too few modules for " + options.processes() + " processes");
            }
            pools.add(pool);
        }
        this.reader = startReader();
    }

    /** Starts the application on a loaded world. Runs until stopped. */
    public static Simulator start(World world, Generator generator, Ledger ledger, SimulatorOptions options) {
        Simulator simulator = new Simulator(world, generator, ledger, options);
        simulator.startAll(generator.lastId());
        return simulator;
    }

    /**
     * Returns after that time.
     *
     * @throws IllegalStateException when the application is stopped meanwhile
     */
    public void runFor(Duration time) throws InterruptedException {
        if (stop.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("the application has been stopped");
        }
    }

    /** When a process that had not seen the flip of the writes yet last wrote to the old table, by {@link System#nanoTime}; empty when none did. */
    public OptionalLong lastStragglerWrite() {
        return tally.lastStragglerWrite();
    }

    /** Whether the large delete is over, or none was asked for. */
    public boolean isCleaned() {
        return cleaned.getCount() == 0;
    }

    /** What the application has done so far. */
    public SimulatorReport report() {
        return new SimulatorReport(
                ledger.written(Side.OLD),
                ledger.written(Side.EXTENDED),
                tally.stragglerRows.get(),
                ledger.updates(),
                ledger.deletes(),
                tally.rolledBack.get(),
                tally.restarts.get(),
                tally.reads.get(),
                tally.wrongReads.get(),
                tally.wrongFlags.get(),
                tally.refused.get(),
                tally.errors.get(),
                tally.examples());
    }

    /**
     * Lets every request at hand finish, ends all processes and says what they did. Idempotent.
     *
     * @throws IllegalStateException when a process of the application died of something other than a server's answer
     */
    public SimulatorReport stop() throws InterruptedException {
        stop.countDown();
        for (Thread service : services) {
            join(service);
        }
        for (Running process : processes) {
            process.end();
        }
        reader.end();
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("the simulated application failed", cause);
        }
        return report();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    private void startAll(long lastLoaded) {
        for (int p = 0; p < options.processes(); p++) {
            processes.add(startProcess(p));
        }
        Chores chores = new Chores(world, options, ledger, tally, lastLoaded);
        if (options.heldIds() > 0) {
            // It belongs to the straggler, whose restart ends it.
            int straggler = options.processes() - 1;
            Running process = processes.get(straggler);
            List<StudentModule> modules = pools.get(straggler).held();
            process.add(thread("held", () -> chores.holdIds(modules, dice(), process.stop)));
        }
        if (options.cleanHistoryRows() > 0) {
            services.add(thread("clean-history", () -> {
                if (!stop.await(CLEAN_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                    chores.cleanHistory();
                    cleaned.countDown();
                }
            }));
        } else {
            cleaned.countDown();
        }
        if (!options.flushEvery().isZero()) {
            services.add(thread("flush", this::rotateBinlogs));
        }
        services.add(thread("operator", this::operate));
    }

    private void rotateBinlogs() throws InterruptedException {
        while (!stop.await(options.flushEvery().toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                world.source().execute("FLUSH BINARY LOGS");
            } catch (SQLException e) {
                tally.error("flush: " + e.getMessage());
            }
        }
    }

    private void operate() throws InterruptedException {
        boolean extended = AppProcess.awaitFlag(world, tally, stop).extended();
        while (!stop.await(OPERATOR_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
            Flags flags = AppProcess.awaitFlag(world, tally, stop);
            if (flags.hideEverything()) {
                tally.wrongFlags.incrementAndGet();
            }
            if (flags.extended() != extended && stop.getCount() > 0) {
                extended = flags.extended();
                tally.flipWrites(extended);
                if (!options.follows()) {
                    rollOver();
                }
            }
        }
    }

    /** Restarts all processes but the straggler one after the other, the reader right after the first, and the straggler when its time has come. */
    private void rollOver() throws InterruptedException {
        long began = System.nanoTime();
        for (int p = 0; p < options.processes(); p++) {
            boolean straggles = p > 0 && p == options.processes() - 1;
            long due = began + (straggles ? options.lastRestart() : options.firstRestart()).toNanos();
            if (stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return;
            }
            processes.get(p).end();
            processes.set(p, startProcess(p));
            tally.restarts.incrementAndGet();
            if (p == 0) {
                reader.end();
                reader = startReader();
            }
        }
    }

    private Running startProcess(int index) {
        return start(
                "app-" + index,
                end -> new AppProcess(world, options, ledger, tally, pools.get(index), dice(), end)::run);
    }

    private Running startReader() {
        return start("reader", end -> new HistoryReader(world, options.follows(), ledger, tally, dice(), end)::run);
    }

    private Dice dice() {
        return Dice.of(options.seed(), generation++);
    }

    private Running start(String name, Function<CountDownLatch, Task> task) {
        CountDownLatch end = new CountDownLatch(1);
        Running running = new Running(end);
        running.add(thread(name, task.apply(end)));
        return running;
    }

    private Thread thread(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "sandbox-" + name);
        thread.setUncaughtExceptionHandler((dead, cause) -> failure.compareAndSet(null, cause));
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(JOIN_SECONDS));
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " does not end");
        }
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    /** A process under way. */
    private static final class Running {
        private final CountDownLatch stop;
        private final List<Thread> threads = new ArrayList<>();

        Running(CountDownLatch stop) {
            this.stop = stop;
        }

        void add(Thread thread) {
            threads.add(thread);
        }

        void end() throws InterruptedException {
            stop.countDown();
            for (Thread thread : threads) {
                join(thread);
            }
        }
    }
}
