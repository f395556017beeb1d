package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.csmh.HistoryWriter.Step;
import dev.widekey.sandbox.csmh.Ledger.Entry;
import dev.widekey.sandbox.csmh.Ledger.Status;
import dev.widekey.sandbox.csmh.StudentModule.Use;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The rare things that make a copy hard: a large delete and a transaction that commits low keys late. Stateless apart from its parts. */
final class Chores {
    private static final long REFUSED_MILLIS = 50;

    private final World world;
    private final SimulatorOptions options;
    private final Ledger ledger;
    private final Tally tally;
    private final long lastLoaded;

    Chores(World world, SimulatorOptions options, Ledger ledger, Tally tally, long lastLoaded) {
        this.world = world;
        this.options = options;
        this.ledger = ledger;
        this.tally = tally;
        this.lastLoaded = lastLoaded;
    }

    /** Removes many old rows of the old table in one transaction, as the history clean-up command does. */
    void cleanHistory() {
        List<Long> ids = new ArrayList<>();
        for (Map.Entry<Long, Entry> known : ledger.entries().entrySet()) {
            Entry entry = known.getValue();
            if (ids.size() < options.cleanHistoryRows() && known.getKey() <= lastLoaded && isCleanable(entry)) {
                ids.add(known.getKey());
            }
        }
        try {
            while (!clean(ids)) {
                tally.refused.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(REFUSED_MILLIS);
            }
        } catch (SQLException e) {
            tally.error("clean-up: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether it is done; not when a fence refused it. */
    private boolean clean(List<Long> ids) throws SQLException {
        Side side = options.follows() ? sideOfOldRows() : Side.OLD;
        try (Connection connection = side == Side.OLD ? world.sourceConnection() : world.targetConnection()) {
            connection.setAutoCommit(false);
            new HistoryWriter(ledger, tally)
                    .delete(connection, ids, () -> HistorySql.deleteTogether(connection, side, ids));
            return true;
        } catch (SQLException e) {
            if (options.follows() && AppProcess.isRefusal(e)) {
                return false;
            }
            throw e;
        }
    }

    /** No module's rows are cleaned that others write to, so they are old. */
    private Side sideOfOldRows() throws SQLException {
        try (Connection target = world.targetConnection()) {
            return world.where(target).old();
        }
    }

    /** Takes keys of the old table, waits and commits; an early stop commits at once, as an orderly shutdown does. */
    void holdIds(List<StudentModule> modules, Dice dice, CountDownLatch stop) {
        if (modules.isEmpty()) {
            return;
        }
        long nanosPerRow = options.heldFor().toNanos() / 2 / options.heldIds();
        try (Connection source = world.sourceConnection()) {
            source.setAutoCommit(false);
            List<HistoryRow> drafts = new ArrayList<>();
            for (int i = 0; i < options.heldIds(); i++) {
                StudentModule module = modules.get(dice.below(modules.size()));
                drafts.addAll(AppProcess.drafts(module, Side.OLD, 1, dice));
            }
            // Half of the time goes by between the inserts, so that other writers take the keys in between.
            new HistoryWriter(ledger, tally)
                    .insert(
                            source,
                            Side.OLD,
                            drafts,
                            List.of(),
                            Step.NONE,
                            () -> await(stop, nanosPerRow),
                            () -> await(stop, options.heldFor().toNanos() / 2));
        } catch (SQLException e) {
            tally.error("long transaction: " + e.getMessage());
        }
    }

    /** Loaded rows of these modules are touched by nobody else. */
    private static boolean isCleanable(Entry entry) {
        return entry.status() == Status.PRESENT
                && entry.side() == Side.OLD
                && new StudentModule(entry.studentModule(), 1).use() == Use.CLEANED;
    }

    private static void await(CountDownLatch stop, long nanos) {
        try {
            stop.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
