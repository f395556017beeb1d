package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.csmh.HistoryWriter.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One application process: reads the write flag when it starts and keeps to it until it ends. Runs on one thread; a stop lets the
 * request at hand finish.
 */
final class AppProcess implements Runnable {
    private static final double ROWS_PER_SUBMISSION = 2.5;
    private static final double AMENDED = 0.05;
    private static final long RETRY_MILLIS = 200;

    /** What a trigger says that signals. */
    private static final int REFUSED = 1644;

    private static final double REFUSED_NANOS = 20e6;

    /** What a foreign key says of a row with children; the second to those who may not see the children's table. */
    private static final Set<Integer> HAS_CHILDREN = Set.of(1451, 1217);

    private final World world;
    private final SimulatorOptions options;
    private final Ledger ledger;
    private final Tally tally;
    private final HistoryWriter writer;
    private final ModulePool pool;
    private final Dice dice;
    private final CountDownLatch stop;

    /** What it saw last, if it looks. */
    private Where where = new Where(Flags.DEFAULT, Side.OLD);

    AppProcess(
            World world,
            SimulatorOptions options,
            Ledger ledger,
            Tally tally,
            ModulePool pool,
            Dice dice,
            CountDownLatch stop) {
        this.world = world;
        this.options = options;
        this.ledger = ledger;
        this.tally = tally;
        this.writer = new HistoryWriter(ledger, tally);
        this.pool = pool;
        this.dice = dice;
        this.stop = stop;
    }

    @Override
    public void run() {
        try {
            Side side = awaitFlag(world, tally, stop).extended() ? Side.EXTENDED : Side.OLD;
            while (stop.getCount() > 0) {
                try (Connection source = world.sourceConnection();
                        Connection target = world.targetConnection()) {
                    source.setAutoCommit(false);
                    target.setAutoCommit(false);
                    side = serve(source, target, side);
                } catch (SQLException e) {
                    tally.error("application: " + e.getMessage());
                    pause(RETRY_MILLIS * 1_000_000);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the flags as often as it takes; the default when told to stop before. */
    static Flags awaitFlag(World world, Tally tally, CountDownLatch stop) throws InterruptedException {
        do {
            try {
                return world.flags();
            } catch (SQLException e) {
                tally.error("flags at start: " + e.getMessage());
            }
        } while (!stop.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
        return Flags.DEFAULT;
    }

    /** Returns the side it wrote to last. */
    private Side serve(Connection source, Connection target, Side before) throws SQLException, InterruptedException {
        Side side = before;
        double rate = options.rowsPerSecond() / options.processes();
        double submissions = rate / ROWS_PER_SUBMISSION;
        double deleting = options.deletesPerSecond() / options.processes() / submissions;
        double rollingBack = options.rollbacksPerSecond() / options.processes() / submissions;
        long due = System.nanoTime();
        while (stop.getCount() > 0) {
            side = options.follows() ? look(target) : side;
            int rows = dice.chance(0.5) ? 2 : 3;
            try {
                request(source, target, side, rows, deleting, rollingBack);
            } catch (SQLException refused) {
                if (!options.follows() || !isRefusal(refused)) {
                    throw refused;
                }
                source.rollback();
                target.rollback();
                tally.refused.incrementAndGet();
                pause((long) (REFUSED_NANOS * (0.5 + dice.unit())));
                continue;
            }
            // A process that fell behind, by a server's restart for example, does not catch up all at once.
            due = Math.max(due + (long) (rows / rate * 1e9), System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
            pause(due - System.nanoTime());
        }
        return side;
    }

    private Side look(Connection target) throws SQLException {
        where = world.where(target);
        target.commit();
        return where.writes();
    }

    /** Whether a fence refused it. */
    static boolean isRefusal(SQLException failure) {
        return failure.getErrorCode() == REFUSED
                && String.valueOf(failure.getMessage()).startsWith("widekey: ");
    }

    private void request(Connection source, Connection target, Side side, int rows, double deleting, double rollingBack)
            throws SQLException, InterruptedException {
        double draw = dice.unit();
        if (draw < deleting) {
            deleteModule(source, target, side);
        } else if (draw < deleting + rollingBack) {
            HistoryRow draft = drafts(pool.any(dice), side, 1).get(0);
            writer.insertAndRollBack(side == Side.OLD ? source : target, side, List.of(draft, draft));
        }
        submit(source, target, side, rows);
    }

    private void submit(Connection source, Connection target, Side side, int count) throws SQLException {
        StudentModule module = pool.any(dice);
        List<HistoryRow> drafts = drafts(module, side, count);
        HistoryRow last = drafts.get(count - 1);
        boolean amended = dice.chance(AMENDED);
        boolean atOnce = dice.chance(0.5);
        List<HistoryRow> amendment = amended ? drafts(module, side, 2).subList(1, 2) : List.of();
        List<HistoryRow> inside = atOnce ? amendment : List.of();
        List<HistoryRow> rows;
        if (side == Side.OLD) {
            rows = writer.insert(
                    source, side, drafts, inside, () -> HistorySql.updateModule(source, last), Step.NONE, Step.NONE);
        } else {
            // No transaction spans the two databases.
            HistorySql.updateModule(source, last);
            source.commit();
            rows = writer.insert(target, side, drafts, inside, Step.NONE, Step.NONE, Step.NONE);
        }
        if (!atOnce) {
            for (HistoryRow row : amendment) {
                writer.update(
                        side == Side.OLD ? source : target,
                        side,
                        row.withId(rows.get(count - 1).id()));
            }
        }
    }

    /** An instructor deletes a student's state; the student begins again with a new module. */
    private void deleteModule(Connection source, Connection target, Side side)
            throws SQLException, InterruptedException {
        StudentModule module = pool.takeDeletable(dice);
        if (module == null) {
            return;
        }
        try {
            if (options.follows()) {
                deleteWhereItIs(source, target, module);
            } else {
                deleteOnBoth(source, target, side, module);
            }
        } catch (SQLException failure) {
            if (isRefusal(failure)) {
                pool.add(module);
            }
            throw failure;
        }
        long again = HistorySql.insertModule(source, "i4x://edX/DemoX/problem/again" + module.id(), now());
        source.commit();
        tally.lastModule.accumulateAndGet(again, Math::max);
        pool.add(new StudentModule(again, module.inputs()));
    }

    /** The history goes first, on the side of old rows and, while new ones are elsewhere, there too; the module itself once the source has followed. */
    private void deleteWhereItIs(Connection source, Connection target, StudentModule module)
            throws SQLException, InterruptedException {
        List<Long> all = List.copyOf(ledger.present(List.of(module.id())).keySet());
        Connection old = where.old() == Side.OLD ? source : target;
        Connection other = where.old() == Side.OLD ? target : source;
        AtomicBoolean half = new AtomicBoolean();
        try {
            writer.delete(old, all, () -> {
                HistorySql.deleteOfModule(old, where.old(), module.id());
                if (where.isSplit()) {
                    HistorySql.deleteOfModule(other, where.writes(), module.id());
                    half.set(true);
                    other.commit();
                }
            });
        } catch (SQLException e) {
            if (half.get()) {
                // One database may have committed without the other.
                all.forEach(ledger::unknown);
            }
            throw e;
        }
        while (true) {
            try {
                HistorySql.deleteModule(source, module.id());
                source.commit();
                return;
            } catch (SQLException failure) {
                source.rollback();
                if (!HAS_CHILDREN.contains(failure.getErrorCode()) || stop.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw failure;
                }
            }
        }
    }

    private void deleteOnBoth(Connection source, Connection target, Side side, StudentModule module)
            throws SQLException {
        List<Long> old = new ArrayList<>();
        List<Long> all = new ArrayList<>();
        ledger.present(List.of(module.id())).forEach((id, entry) -> {
            if (entry.side() == Side.OLD) {
                old.add(id);
            }
            if (entry.side() == Side.OLD || side == Side.EXTENDED) {
                all.add(id);
            }
        });
        try {
            writer.delete(source, all, () -> {
                HistorySql.deleteOneByOne(source, Side.OLD, old);
                HistorySql.deleteModule(source, module.id());
                if (side == Side.EXTENDED) {
                    HistorySql.deleteOfModule(target, Side.EXTENDED, module.id());
                    target.commit();
                }
            });
        } catch (SQLException e) {
            if (side == Side.EXTENDED) {
                // One database may have committed without the other.
                all.forEach(ledger::unknown);
            }
            throw e;
        }
    }

    /** The rows one submission leaves: the problem's seed with the grade set, its full state, and often a copy of that. */
    private List<HistoryRow> drafts(StudentModule module, Side side, int count) {
        return drafts(module, side, count, dice);
    }

    static List<HistoryRow> drafts(StudentModule module, Side side, int count, Dice dice) {
        LocalDateTime created = side == Side.OLD ? now().withNano(0) : now();
        int attempt = module.nextAttempt();
        long answers = dice.nextLong();
        List<HistoryRow> drafts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ProblemState full = ProblemState.attempt(
                    module.id(), module.inputs(), attempt, created, new Dice(answers), dice.chance(0.5));
            String json = i == 0 && count > 1 ? ProblemState.seed(module.id(), module.inputs()) : full.json();
            drafts.add(HistoryRow.written(
                    0, module.id(), created, json, (double) full.points(), (double) module.inputs()));
        }
        return drafts;
    }

    private static LocalDateTime now() {
        return LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    }

    private void pause(long nanos) throws InterruptedException {
        if (nanos > 0 && stop.await(nanos, TimeUnit.NANOSECONDS)) {
            return;
        }
    }
}
