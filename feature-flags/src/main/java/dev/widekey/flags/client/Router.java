package dev.widekey.flags.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends an application's writes and reads of the moved table to the side the flags name, and acknowledges the flags it acts on.
 *
 * <p>It keeps the flags, read again every second; a thread of its own sends the heartbeat and reads them. While they cannot be
 * read it goes by those it knows until the lease ends, thirty seconds unless set; from then on every call throws {@link
 * FlagsUnknownException} until they are read again. It acknowledges a version once nothing goes on that began under an older one.
 *
 * <p>A write that a fence refuses (SQLSTATE 45000, error 1644, a message that begins with {@code widekey: }) wrote nothing. The
 * router reads the flags again and tries again where they point, with growing, jittered pauses, for thirty seconds unless set;
 * then the server's refusal is thrown. Nothing else is ever tried again: after a lost answer the caller decides.
 *
 * <p>Thread-safe. Runs on what its data sources give: pools with a time-out of their own, against the primary servers.
 */
public final class Router implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final Sides sides;
    private final Trips trips;
    private final Watch watch;
    private final Writes writes;
    private final @Nullable Shadow shadow;
    private final List<Background> threads;
    private final Duration patience;

    /** What an application does with a connection. May be called more than once, each time on another one. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. Neither commits, nor closes, nor keeps the connection. */
        T with(Connection connection) throws SQLException;
    }

    Router(
            Sides sides,
            Trips trips,
            Watch watch,
            Writes writes,
            @Nullable Shadow shadow,
            List<Background> threads,
            Duration patience) {
        this.sides = sides;
        this.trips = trips;
        this.watch = watch;
        this.writes = writes;
        this.shadow = shadow;
        this.threads = List.copyOf(threads);
        this.patience = patience;
    }

    /** Begins to describe a router between two databases. */
    public static RouterBuilder between(DataSource source, DataSource target) {
        return new RouterBuilder(new Sides(source, target));
    }

    /**
     * Writes new rows, in one transaction on the side the write flag names; the database gives out the ids.
     *
     * @return what the work returned, once it is committed
     * @throws FlagsUnknownException when this process does not know where to write; nothing is written
     * @throws SQLException the database's, and the fence's when the patience has ended. Nothing is written, unless the failure is
     *     one of the commit itself
     */
    public <T> T write(Work<T> work) throws SQLException {
        return writes.run(trip -> sides.write(trip.view().writes(), trip, work));
    }

    /**
     * Changes existing rows that were born on one side. While rows of a rolling cutover live on both, the side that has the old ones is tried first, the
     * source on the way there and the target on the way back, and the other when that one has no such row; otherwise as {@link #write}.
     *
     * @param work returns how many rows it found, changed or not; on the first side alone when that is more than none
     * @return how many rows it found
     */
    public int change(Work<Integer> work) throws SQLException {
        return writes.run(trip -> {
            if (!trip.view().isSplit()) {
                return sides.write(trip.view().writes(), trip, work);
            }
            Side old = trip.view().winner();
            int found = sides.write(old, trip, work);
            return found > 0 ? found : sides.write(old.other(), trip, work);
        });
    }

    /**
     * Deletes rows. While rows of a rolling cutover live on both sides, on the one with the old rows and then on the other, in a transaction each: after a
     * failure in between, delete again. Otherwise as {@link #write}.
     *
     * @param work returns how many rows it found
     * @return how many it found on the side that had more
     */
    public int delete(Work<Integer> work) throws SQLException {
        return writes.run(trip -> {
            if (!trip.view().isSplit()) {
                return sides.write(trip.view().writes(), trip, work);
            }
            Side old = trip.view().winner();
            int found = sides.write(old, trip, work);
            return Math.max(found, sides.write(old.other(), trip, work));
        });
    }

    /**
     * Reads rows from every side the flags name. Where both have a row it is returned once: the source's in a rolling cutover
     * until the reads have moved, the target's on its way back, and in a fenced one from its flips on.
     *
     * @param query the same for both sides; its order and what it limits hold for each side alone
     * @param id the row's id
     * @return every row once, the highest id first
     * @throws FlagsUnknownException when this process does not know where to read
     */
    public <R> List<R> read(Work<List<R>> query, ToLongFunction<R> id) throws SQLException {
        try (Trip trip = trips.begin(false)) {
            View view = trip.view();
            TreeMap<Long, R> rows = new TreeMap<>(Collections.reverseOrder());
            List<R> shown = List.of();
            for (Side side : view.reads()) {
                List<R> found = sides.read(side, query);
                boolean wins = side == view.winner();
                if (wins) {
                    shown = found;
                }
                for (R row : found) {
                    if (wins) {
                        rows.put(id.applyAsLong(row), row);
                    } else {
                        rows.putIfAbsent(id.applyAsLong(row), row);
                    }
                }
            }
            trip.requireAllowed();
            if (shadow != null) {
                shadow.compare(new Shadow.Question<>(query, id, view), shown);
            }
            return List.copyOf(rows.values());
        }
    }

    /** What it has done so far. */
    public Counts counts() {
        return new Counts(
                writes.done.sum(),
                writes.refused.sum(),
                writes.retried.sum(),
                writes.abandoned.sum(),
                shadow == null ? 0 : shadow.compared.sum(),
                shadow == null ? 0 : shadow.differences.sum(),
                shadow == null ? 0 : shadow.unknown.sum(),
                shadow == null ? 0 : shadow.skipped.sum());
    }

    /**
     * Lets nothing begin any more, waits for what goes on, and takes the instance out. An instance that cannot be taken out, or of
     * which something goes on still, expires instead. Idempotent.
     */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            boolean quiet = trips.close(patience);
            // The heartbeat has to be over before the instance leaves: it would register it again.
            for (Background thread : threads) {
                thread.end();
                quiet &= thread.awaitEnd(patience);
            }
            if (quiet) {
                watch.leave();
            } else {
                LOG.warn("something still goes on while the router is closed; the instance is left to expire");
            }
        } catch (InterruptedException e) {
            interrupted = true;
            threads.forEach(Background::end);
        } catch (RuntimeException failure) {
            LOG.warn("the instance could not be taken out and is left to expire: {}", failure.toString());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
