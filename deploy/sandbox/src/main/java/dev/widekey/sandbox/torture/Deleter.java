package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.Side;
import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Deletes rows of the chunks that are about to be read or being read, and puts some of them back, as fast as the source takes it. It rests where
 * no copy is. Runs on one thread.
 */
final class Deleter implements Runnable {
    private static final int AT_ONCE = 40;
    private static final long REST_MILLIS = 5;

    private final World world;
    private final Truth truth;
    private final Content content;
    private final Signpost signpost;
    private final WriterTally tally;
    private final Dice dice;
    private final CountDownLatch stop;
    private final int chunkRows;
    private final TreeSet<Long> live = new TreeSet<>();
    private final TreeSet<Long> gone = new TreeSet<>();

    Deleter(
            World world,
            Truth truth,
            Content content,
            Signpost signpost,
            WriterTally tally,
            Dice dice,
            CountDownLatch stop,
            List<Long> live,
            int chunkRows) {
        this.world = world;
        this.truth = truth;
        this.content = content;
        this.signpost = signpost;
        this.tally = tally;
        this.dice = dice;
        this.stop = stop;
        this.chunkRows = chunkRows;
        this.live.addAll(live);
    }

    @Override
    public void run() {
        try (Connection source = world.sourceConnection()) {
            source.setAutoCommit(false);
            while (stop.getCount() > 0) {
                long frontier = signpost.frontier();
                if (frontier == 0
                        || frontier == Long.MAX_VALUE
                        || signpost.flags().extended()) {
                    boolean ignored = stop.await(REST_MILLIS, TimeUnit.MILLISECONDS);
                    continue;
                }
                long low = frontier - 2L * chunkRows;
                long high = frontier + 4L * chunkRows;
                List<Long> victims = near(live, low, high);
                List<Long> back = dice.chance(0.5) ? near(gone, low, high) : List.of();
                if (victims.isEmpty() && back.isEmpty()) {
                    boolean ignored = stop.await(REST_MILLIS, TimeUnit.MILLISECONDS);
                    continue;
                }
                transact(source, victims, back);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("a deleter cannot go on", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void transact(Connection source, List<Long> victims, List<Long> back) throws SQLException {
        Unit unit = new Unit(source, Side.OLD, truth, content);
        if (!victims.isEmpty()) {
            unit.deleteAll(victims);
        }
        if (!back.isEmpty()) {
            unit.insertAll(back);
        }
        source.commit();
        truth.acknowledged(Side.OLD, unit.after(), unit.rows());
        victims.forEach(live::remove);
        gone.addAll(victims);
        back.forEach(gone::remove);
        live.addAll(back);
        tally.transactions.incrementAndGet();
        tally.racingDeletes.addAndGet(victims.size());
    }

    private List<Long> near(NavigableSet<Long> keys, long low, long high) {
        List<Long> drawn = new ArrayList<>();
        Long key = keys.ceiling(low + Math.floorMod(dice.nextLong(), high - low));
        while (key != null && key <= high && drawn.size() < AT_ONCE) {
            if (dice.chance(0.7)) {
                drawn.add(key);
            }
            key = keys.higher(key);
        }
        return drawn;
    }
}
