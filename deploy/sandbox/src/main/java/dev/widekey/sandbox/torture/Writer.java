package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.Side;
import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process of the application. It owns keys that nobody else touches, does everything to them that an application may do, and enters every
 * answer into the truth. Before the write flag is flipped it writes to the source; afterwards it lingers there for a moment, as a process that has
 * not been restarted yet, and then writes to the target. Runs on one thread.
 */
final class Writer implements Runnable {
    /** How long a writer that has seen the flip may still write to the source; shorter than the daemon's quiet time. */
    static final Duration LINGER = Duration.ofMillis(600);

    private static final int BLOCK = 64;
    private static final long RETRY_MILLIS = 100;

    private final World world;
    private final Truth truth;
    private final Content content;
    private final Signpost signpost;
    private final WriterTally tally;
    private final Dice dice;
    private final CountDownLatch stop;
    private final long lastLoaded;
    private final double perSecond;
    private final long linger;

    private final CountDownLatch never = new CountDownLatch(1);
    private final TreeSet<Long> live = new TreeSet<>();
    private final TreeSet<Long> free = new TreeSet<>();
    private final TreeSet<Long> born = new TreeSet<>();

    /**
     * A writer that begins when it is run.
     *
     * @param live keys of loaded rows it owns
     * @param free keys without a row that it owns
     * @param lastLoaded the highest key there was at the start
     * @param perSecond transactions per second
     */
    Writer(
            World world,
            Truth truth,
            Content content,
            Signpost signpost,
            WriterTally tally,
            Dice dice,
            CountDownLatch stop,
            List<Long> live,
            List<Long> free,
            long lastLoaded,
            double perSecond) {
        this.world = world;
        this.truth = truth;
        this.content = content;
        this.signpost = signpost;
        this.tally = tally;
        this.dice = dice;
        this.stop = stop;
        this.lastLoaded = lastLoaded;
        this.perSecond = perSecond;
        this.linger = dice.below((int) LINGER.toMillis()) * 1_000_000L;
        this.live.addAll(live);
        this.free.addAll(free);
    }

    private interface Work {
        void fill(Unit unit) throws SQLException, InterruptedException;
    }

    @Override
    public void run() {
        try {
            while (stop.getCount() > 0) {
                try (Connection source = world.sourceConnection();
                        Connection target = world.targetConnection()) {
                    source.setAutoCommit(false);
                    target.setAutoCommit(false);
                    serve(source, target);
                } catch (SQLException away) {
                    tally.errors.incrementAndGet();
                    boolean ignored = stop.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Connection source, Connection target) throws SQLException, InterruptedException {
        long due = System.nanoTime();
        while (stop.getCount() > 0) {
            boolean flipped = signpost.flags().extended();
            if (!signpost.isFresh()) {
                boolean ignored = stop.await(20, TimeUnit.MILLISECONDS);
            } else if (flipped && System.nanoTime() > signpost.sourceUntil() + linger) {
                onTarget(source, target);
            } else {
                onSource(source, flipped);
            }
            due = Math.max(due + (long) (1e9 / perSecond * (0.5 + dice.unit())), System.nanoTime() - 200_000_000L);
            long pause = due - System.nanoTime();
            if (pause > 0) {
                boolean ignored = stop.await(pause, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void onSource(Connection source, boolean flipped) throws SQLException, InterruptedException {
        int draw = dice.below(100);
        if (draw < 18) {
            transact(source, Side.OLD, unit -> insertSome(unit, 1 + dice.below(3)));
        } else if (draw < 40) {
            transact(source, Side.OLD, unit -> {
                for (long id : some(live, 1 + dice.below(4))) {
                    unit.update(id);
                }
            });
        } else if (draw < 52) {
            transact(source, Side.OLD, unit -> delete(unit, some(live, 1 + dice.below(3))));
        } else if (draw < 58) {
            massDelete(source);
        } else if (draw < 72) {
            transact(
                    source,
                    Side.OLD,
                    unit -> insert(unit, some(free, 1 + dice.below(free.size() > live.size() ? 60 : 8))));
        } else if (draw < 80) {
            moveKey(source);
        } else if (draw < 85) {
            swap(source);
        } else if (draw < 88) {
            deleteAndInsertAgain(source);
        } else if (draw < 92) {
            rollBack(source);
        } else if (draw < 96) {
            refused(source);
        } else if (!flipped) {
            lowIdsCommittedLate(source);
        }
    }

    private void massDelete(Connection source) throws SQLException, InterruptedException {
        List<Long> one = some(live, 1);
        if (one.isEmpty()) {
            return;
        }
        long block = one.get(0) / BLOCK * BLOCK;
        List<Long> ids = new ArrayList<>(live.subSet(block, block + BLOCK));
        boolean again = dice.chance(0.3);
        transact(source, Side.OLD, unit -> {
            delete(unit, ids);
            if (again) {
                insert(
                        unit,
                        ids.stream()
                                .filter(id -> id <= lastLoaded && dice.chance(0.5))
                                .toList());
            }
        });
    }

    private void moveKey(Connection source) throws SQLException, InterruptedException {
        List<Long> from = some(live, 1);
        List<Long> to = some(free, 1);
        if (!from.isEmpty() && !to.isEmpty()) {
            transact(source, Side.OLD, unit -> {
                unit.move(from.get(0), to.get(0));
                if (dice.chance(0.5)) {
                    unit.update(to.get(0));
                }
            });
        }
    }

    private void swap(Connection source) throws SQLException, InterruptedException {
        List<Long> two = some(live, 2);
        List<Long> aside = some(free, 1);
        if (two.size() == 2 && !aside.isEmpty()) {
            transact(source, Side.OLD, unit -> {
                unit.move(two.get(0), aside.get(0));
                unit.move(two.get(1), two.get(0));
                unit.move(aside.get(0), two.get(1));
            });
        }
    }

    private void deleteAndInsertAgain(Connection source) throws SQLException, InterruptedException {
        List<Long> ids = some(live, 1 + dice.below(3)).stream()
                .filter(id -> id <= lastLoaded)
                .toList();
        transact(source, Side.OLD, unit -> {
            delete(unit, ids);
            insert(unit, ids);
            if (dice.chance(0.5)) {
                delete(unit, ids);
            }
        });
    }

    private void rollBack(Connection source) throws SQLException {
        Unit unit = new Unit(source, Side.OLD, truth, content);
        try {
            insertSome(unit, 2);
            delete(unit, some(live, 3));
            insert(unit, some(free, 2));
            source.rollback();
        } finally {
            truth.failed(unit.stamps());
        }
        tally.rolledBack.incrementAndGet();
        tally.failed.addAndGet(unit.rows());
    }

    private void refused(Connection source) throws SQLException {
        List<Long> taken = some(live, 1);
        if (taken.isEmpty()) {
            return;
        }
        Unit unit = new Unit(source, Side.OLD, truth, content);
        try {
            insertSome(unit, 1);
            unit.refused("INSERT INTO " + Unit.table(Side.OLD) + " (id, student_module_id, created) VALUES ("
                    + (dice.chance(0.5) ? taken.get(0) + ", 1" : "NULL, 999999") + ", '2015-05-05')");
        } catch (SQLException refusal) {
            if (refusal.getErrorCode() != 1062 && refusal.getErrorCode() != 1452) {
                throw refusal;
            }
            source.rollback();
            tally.refused.incrementAndGet();
            tally.failed.addAndGet(unit.rows());
        } finally {
            truth.failed(unit.stamps());
        }
    }

    private void lowIdsCommittedLate(Connection source) throws SQLException, InterruptedException {
        int held = 100 + dice.below(500);
        transact(source, Side.OLD, unit -> {
            insertSome(unit, 2);
            for (long id : some(live, 2)) {
                unit.update(id);
            }
            boolean ignored = stop.await(held, TimeUnit.MILLISECONDS);
        });
    }

    private void onTarget(Connection source, Connection target) throws SQLException, InterruptedException {
        int draw = dice.below(100);
        if (draw < 50) {
            transact(target, Side.EXTENDED, unit -> insertSome(unit, 1 + dice.below(3)));
        } else if (draw < 70) {
            transact(target, Side.EXTENDED, unit -> {
                for (long id : some(born, 1 + dice.below(3))) {
                    unit.update(id);
                }
            });
        } else if (draw < 85) {
            transact(target, Side.EXTENDED, unit -> delete(unit, some(born, 1)));
        } else if (signpost.flags().multiple()) {
            deleteOnBothSides(source, target);
        }
    }

    /** The source first: what is gone there is taken away on the target by the stream, or here when the stream has ended. */
    private void deleteOnBothSides(Connection source, Connection target) throws SQLException, InterruptedException {
        List<Long> ids = some(live, 2);
        if (!transact(source, Side.OLD, unit -> delete(unit, ids))) {
            return;
        }
        for (long id : ids) {
            String sql = "DELETE FROM " + Unit.table(Side.EXTENDED) + " WHERE id = " + id;
            boolean gone = false;
            try (Statement delete = target.createStatement()) {
                delete.executeUpdate(sql);
                target.commit();
                gone = true;
            } catch (SQLException away) {
                tally.errors.incrementAndGet();
            }
            while (!gone) {
                try (Connection again = world.targetConnection();
                        Statement delete = again.createStatement()) {
                    delete.executeUpdate(sql);
                    gone = true;
                } catch (SQLException away) {
                    pause();
                }
            }
        }
    }

    /** Runs one transaction to a known end; true when it happened. After an exception the connection must not be used again. */
    private boolean transact(Connection connection, Side side, Work work) throws SQLException, InterruptedException {
        Unit unit = new Unit(connection, side, truth, content);
        boolean committing = false;
        boolean happened = false;
        try {
            work.fill(unit);
            if (unit.after().isEmpty() || (side == Side.OLD && !mayCommitOnSource(unit))) {
                connection.rollback();
            } else {
                committing = true;
                connection.commit();
                happened = true;
                noteIfLate(unit);
            }
        } catch (SQLException failure) {
            if (committing) {
                tally.unknown.incrementAndGet();
                happened = settle(unit);
                tally.unknownHappened.addAndGet(happened ? 1 : 0);
            }
            throw failure;
        } finally {
            if (happened) {
                acknowledge(unit);
            } else {
                tally.failed.addAndGet(unit.rows());
                truth.failed(unit.stamps());
            }
        }
        return happened;
    }

    /** Rows written late would come after the daemon's quiet time, which no application may do. Deletes do not count. */
    private boolean mayCommitOnSource(Unit unit) {
        if (unit.after().values().stream().allMatch(stamp -> stamp == Truth.ABSENT)
                && signpost.flags().extended()) {
            return signpost.flags().multiple();
        }
        return System.nanoTime() < signpost.sourceUntil() + LINGER.toNanos();
    }

    /** A machine that stands still between the look at the clock and the commit makes the writer break its promise. */
    private void noteIfLate(Unit unit) {
        boolean counts =
                unit.side() == Side.OLD && unit.after().values().stream().anyMatch(stamp -> stamp != Truth.ABSENT);
        if (counts
                && System.nanoTime()
                        > signpost.sourceUntil() + LINGER.multipliedBy(2).toNanos()) {
            tally.late.incrementAndGet();
        }
    }

    private boolean settle(Unit unit) throws InterruptedException {
        while (true) {
            try (Connection fresh = unit.side() == Side.OLD ? world.sourceConnection() : world.targetConnection()) {
                return unit.happened(fresh);
            } catch (SQLException away) {
                pause();
            }
        }
    }

    private void acknowledge(Unit unit) {
        truth.acknowledged(unit.side(), unit.after(), unit.rows());
        unit.after().forEach((id, stamp) -> {
            if (unit.side() == Side.EXTENDED) {
                boolean changed = stamp == Truth.ABSENT ? born.remove(id) : born.add(id);
                tally.rows.addAndGet(changed ? 1 : 0);
            } else if (stamp == Truth.ABSENT) {
                live.remove(id);
                if (id <= lastLoaded) {
                    free.add(id);
                }
            } else {
                live.add(id);
                free.remove(id);
            }
        });
        tally.transactions.incrementAndGet();
    }

    private void insertSome(Unit unit, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            unit.insert(null);
        }
    }

    private static void insert(Unit unit, List<Long> ids) throws SQLException {
        if (!ids.isEmpty()) {
            unit.insertAll(ids);
        }
    }

    private static void delete(Unit unit, List<Long> ids) throws SQLException {
        if (!ids.isEmpty()) {
            unit.deleteAll(ids);
        }
    }

    /** Different keys of the set; half of the time near the place that is being copied. */
    private List<Long> some(NavigableSet<Long> keys, int count) {
        List<Long> drawn = new ArrayList<>();
        if (keys.isEmpty()) {
            return drawn;
        }
        long first = keys.first();
        long span = keys.last() - first + 1;
        long frontier = signpost.frontier();
        if (frontier > first && frontier < keys.last() && dice.chance(0.5)) {
            first = Math.max(first, frontier - 3L * BLOCK);
            span = 8L * BLOCK;
        }
        for (int i = 0; i < count; i++) {
            Long key = keys.ceiling(first + Math.floorMod(dice.nextLong(), span));
            if (key != null && !drawn.contains(key)) {
                drawn.add(key);
            }
        }
        return drawn;
    }

    private void pause() throws InterruptedException {
        // Also while the writers are being stopped: an answer that is not known yet has to be found out.
        boolean ignored = never.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
}
