package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.csmh.Ledger.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process that shows histories: asks for ten modules at a time where the flags say, and holds every answer against the ledger.
 * Runs on one thread.
 */
final class HistoryReader implements Runnable {
    private static final int MODULES = 10;
    private static final long PERIOD_MILLIS = 200;

    private final World world;
    private final boolean follows;
    private final Ledger ledger;
    private final Tally tally;
    private final Dice dice;
    private final CountDownLatch stop;

    HistoryReader(World world, boolean follows, Ledger ledger, Tally tally, Dice dice, CountDownLatch stop) {
        this.world = world;
        this.follows = follows;
        this.ledger = ledger;
        this.tally = tally;
        this.dice = dice;
        this.stop = stop;
    }

    @Override
    public void run() {
        try {
            boolean extended = AppProcess.awaitFlag(world, tally, stop).extended();
            while (stop.getCount() > 0) {
                try (Connection source = world.sourceConnection();
                        Connection target = world.targetConnection()) {
                    do {
                        read(source, target, extended);
                    } while (!stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
                } catch (SQLException e) {
                    tally.error("reader: " + e.getMessage());
                    stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Connection source, Connection target, boolean extended) throws SQLException {
        List<Long> modules = new ArrayList<>();
        while (modules.size() < MODULES) {
            modules.add(1 + Math.floorMod(dice.nextLong(), tally.lastModule.get()));
        }
        Map<Long, Entry> before = ledger.present(modules);
        // Whoever looks at the flags behind the ledger goes where everything was that the ledger has.
        Where now = world.where(target);
        Flags flags = follows ? now.flags() : new Flags(extended, now.flags().multiple());
        if (flags.hideEverything()) {
            tally.wrongFlags.incrementAndGet();
            return;
        }
        boolean readsExtended = follows ? now.reads(Side.EXTENDED) : flags.extended();
        Map<Long, HistoryRow> extendedRows =
                readsExtended ? HistorySql.ofModules(target, Side.EXTENDED, modules) : Map.of();
        Map<Long, HistoryRow> oldRows = flags.multiple() ? HistorySql.ofModules(source, Side.OLD, modules) : Map.of();
        Map<Long, Entry> after = ledger.present(modules);
        before.forEach((id, entry) -> {
            // A row that changed while we read may come in either form; a process of the old code cannot see the
            // extended table.
            if (entry.equals(after.get(id)) && (follows || flags.extended() || entry.side() == Side.OLD)) {
                HistoryRow row = now.old() == Side.OLD
                        ? oldRows.getOrDefault(id, extendedRows.get(id))
                        : extendedRows.getOrDefault(id, oldRows.get(id));
                if (row == null) {
                    tally.wrongRead("row " + id + " born " + entry.side() + " is missing for " + flags);
                } else if (!row.digest().equals(entry.digest())) {
                    tally.wrongRead("row " + id + " born " + entry.side() + " has another content for " + flags);
                }
            }
        });
        tally.reads.incrementAndGet();
    }
}
