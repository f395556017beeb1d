package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.Side;
import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
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

    private static final long RETRY_MILLIS = 100;

    private final World world;
    private final Truth truth;
    private final Content content;
    private final Signpost signpost;
    private final WriterTally tally;
    private final Dice dice;
    private final CountDownLatch stop;
    private final OwnKeys keys;
    private final double perSecond;
    private final long linger;

    private final CountDownLatch never = new CountDownLatch(1);

    /**
     * A writer that begins when it is run.
     *
     * @param keys what it owns
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
            OwnKeys keys,
            double perSecond) {
        this.world = world;
        this.truth = truth;
        this.content = content;
        this.signpost = signpost;
        this.tally = tally;
        this.dice = dice;
        this.stop = stop;
        this.keys = keys;
        this.perSecond = perSecond;
        this.linger = dice.below((int) LINGER.toMillis()) * 1_000_000L;
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
                for (long id : some(keys.live(), 1 + dice.below(4))) {
                    unit.update(id);
                }
            });
        } else if (draw < 52) {
            transact(source, Side.OLD, unit -> delete(unit, some(keys.live(), 1 + dice.below(3))));
        } else if (draw < 58) {
            massDelete(source);
        } else if (draw < 72) {
            transact(
                    source,
                    Side.OLD,
                    unit -> insert(
                            unit,
                            some(
                                    keys.free(),
                                    1
                                            + dice.below(
                                                    keys.free().size()
                                                                    > keys.live()
                                                                            .size()
                                                            ? 60
                                                            : 8))));
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
        List<Long> one = some(keys.live(), 1);
        if (one.isEmpty()) {
            return;
        }
        List<Long> ids = keys.block(one.get(0));
        boolean again = dice.chance(0.3);
        transact(source, Side.OLD, unit -> {
            delete(unit, ids);
            if (again) {
                insert(
                        unit,
                        ids.stream()
                                .filter(id -> keys.mayComeBack(id) && dice.chance(0.5))
                                .toList());
            }
        });
    }

    private void moveKey(Connection source) throws SQLException, InterruptedException {
        List<Long> from = some(keys.live(), 1);
        List<Long> to = some(keys.free(), 1);
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
        List<Long> two = some(keys.live(), 2);
        List<Long> aside = some(keys.free(), 1);
        if (two.size() == 2 && !aside.isEmpty()) {
            transact(source, Side.OLD, unit -> {
                unit.move(two.get(0), aside.get(0));
                unit.move(two.get(1), two.get(0));
                unit.move(aside.get(0), two.get(1));
            });
        }
    }

    private void deleteAndInsertAgain(Connection source) throws SQLException, InterruptedException {
        List<Long> ids = some(keys.live(), 1 + dice.below(3)).stream()
                .filter(keys::mayComeBack)
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
            delete(unit, some(keys.live(), 3));
            insert(unit, some(keys.free(), 2));
            source.rollback();
        } finally {
            truth.failed(unit.stamps());
        }
        tally.rolledBack.incrementAndGet();
        tally.failed.addAndGet(unit.rows());
    }

    private void refused(Connection source) throws SQLException {
        List<Long> taken = some(keys.live(), 1);
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
            for (long id : some(keys.live(), 2)) {
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
                for (long id : some(keys.born(), 1 + dice.below(3))) {
                    unit.update(id);
                }
            });
        } else if (draw < 85) {
            transact(target, Side.EXTENDED, unit -> delete(unit, some(keys.born(), 1)));
        } else if (signpost.flags().multiple()) {
            deleteOnBothSides(source, target);
        }
    }

    /** The source first: what is gone there is taken away on the target by the stream, or here when the stream has ended. */
    private void deleteOnBothSides(Connection source, Connection target) throws SQLException, InterruptedException {
        List<Long> ids = some(keys.live(), 2);
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
                noteSilence(unit);
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
                truth.acknowledged(unit.side(), unit.after(), unit.rows());
                keys.take(unit);
                tally.transactions.incrementAndGet();
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

    /**
     * A machine that stands still between the look at the clock and the commit makes the writers silent for so long that the daemon may take them
     * for gone. It matters only if the flag was flipped by then, which the signpost finds out later.
     */
    private void noteSilence(Unit unit) {
        if (unit.side() == Side.OLD && unit.after().values().stream().anyMatch(stamp -> stamp != Truth.ABSENT)) {
            long now = System.nanoTime();
            long before = tally.sourceWrittenAt.getAndAccumulate(now, Math::max);
            if (now - Math.max(before, signpost.sourceUntil())
                    > LINGER.multipliedBy(2).toNanos()) {
                tally.brokenSilenceAt.accumulateAndGet(now, Math::max);
            }
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

    private List<Long> some(NavigableSet<Long> of, int count) {
        return keys.some(of, count, signpost.frontier());
    }

    private void pause() throws InterruptedException {
        // Also while the writers are being stopped: an answer that is not known yet has to be found out.
        boolean ignored = never.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
}
