package dev.widekey.backfill;

import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies every row of the source table, several chunks at a time.
 *
 * <p>Each worker takes the next chunk, waits for the throttle, and copies it by the protocol of {@link Window}. A chunk that fails for a passing
 * reason starts over from nothing, at a pace the retry decides; one whose rows turn out too large is split and both halves are copied; the first
 * failure that does not pass stops all workers. Chunks left over by an earlier process come first. {@link #run} is called once; {@link #requestStop} and {@link #progress} from any thread.
 */
public final class Backfill {
    private static final Logger log = LoggerFactory.getLogger(Backfill.class);

    private final DataSource source;
    private final SourceTable table;
    private final Plan plan;
    private final Windows windows;
    private final Throttle throttle;
    private final Retry retry;
    private final int workers;
    private final Crew crew;
    private final ChunkOrder wanted;
    private final ChunkSize size;
    private final ChunkReader reader;

    private final Lock planning;
    private final Queue<Chunk> leftover = new ArrayDeque<>();
    private ChunkOrder order;
    private @Nullable KeyRange furthest;
    private long planned;
    private @Nullable KeySpan span;

    private volatile boolean stopping;
    private volatile double fraction;
    private final AtomicLong chunks = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /**
     * Wires a copy; nothing happens before {@link #run}.
     *
     * @param retry decides which failures of a chunk pass and how long to wait before it starts over
     * @param size about how many rows a chunk has when it is planned
     */
    public Backfill(
            DataSource source,
            SourceTable table,
            Plan plan,
            Windows windows,
            Throttle throttle,
            Retry retry,
            ChunkOrder order,
            ChunkSize size,
            int workers) {
        this(
                source,
                table,
                plan,
                windows,
                throttle,
                retry,
                order,
                size,
                workers,
                Crew.ofThreads(),
                new ChunkReader(table));
    }

    /** A copy by a crew and a reader of somebody's own. */
    Backfill(
            DataSource source,
            SourceTable table,
            Plan plan,
            Windows windows,
            Throttle throttle,
            Retry retry,
            ChunkOrder order,
            ChunkSize size,
            int workers,
            Crew crew,
            ChunkReader reader) {
        this.source = source;
        this.table = table;
        this.plan = plan;
        this.windows = windows;
        this.throttle = throttle;
        this.retry = retry;
        this.wanted = order;
        this.workers = workers;
        this.crew = crew;
        this.planning = crew.lock();
        this.size = size;
        this.order = order;
        this.reader = reader;
    }

    /**
     * Copies until every chunk is recorded as copied, or until a stop is asked for.
     *
     * @return whether the copy is complete
     * @throws SQLException the first failure that does not pass; the workers have ended when it is thrown
     */
    public boolean run() throws SQLException, InterruptedException {
        planning.lock();
        try {
            order = orderOfPlan();
            furthest = plan.furthest(order).map(Chunk::range).orElse(null);
            planned = plan.last().map(last -> last.number() + 1).orElse(0L);
            // The race: another process may have taken the migration over and planned meanwhile. What is not copied is
            // read behind
            // the plan's end, so a plan that looks complete has no chunk that was not looked at.
            leftover.addAll(plan.uncopied());
        } finally {
            planning.unlock();
        }
        try {
            return crew.run("copy", workers, this::copyUntilOneFails).stream().allMatch(complete -> complete);
        } finally {
            stopping = true;
        }
    }

    /**
     * The order in which an earlier process has begun to plan, whatever is wanted now: the end that is planned first is unbounded, and would be taken for
     * the last one of a plan in the other order.
     */
    private ChunkOrder orderOfPlan() throws SQLException {
        Optional<Chunk> end = plan.furthest(wanted);
        if (end.isEmpty() || !wanted.isLast(end.get().range())) {
            return wanted;
        }
        ChunkOrder other = wanted.reversed();
        if (plan.furthest(other).filter(start -> other.isLast(start.range())).isPresent()) {
            return wanted;
        }
        log.warn("the plan was begun in the order {}; the copy goes on in it", other);
        return other;
    }

    /** Lets every worker finish the chunk it is at; {@link #run} then returns. */
    public void requestStop() {
        stopping = true;
    }

    /** How far the copy is. */
    public Progress progress() {
        return new Progress(
                fraction,
                chunks.get(),
                rows.get(),
                bytes.get(),
                retry.getMetrics().getNumberOfFailedCallsWithRetryAttempt()
                        + retry.getMetrics().getNumberOfSuccessfulCallsWithRetryAttempt());
    }

    private boolean copyUntilOneFails() throws Exception {
        boolean ended = false;
        try {
            boolean complete = copyUntilDone();
            ended = true;
            return complete;
        } catch (StoppedException stop) {
            return false;
        } finally {
            if (!ended) {
                stopping = true;
            }
        }
    }

    private boolean copyUntilDone() throws Exception {
        while (true) {
            try (Throttle.Turn turn = throttle.await(() -> stopping)) {
                if (stopping) {
                    return false;
                }
                Optional<Chunk> chunk = next();
                if (chunk.isEmpty()) {
                    return true;
                }
                copyOrSplit(chunk.get(), turn);
            }
        }
    }

    private Optional<Chunk> next() throws Exception {
        planning.lock();
        try {
            KeySpan keys = span;
            if (keys == null) {
                keys = call(() -> KeySpan.read(source, table));
                span = keys;
            }
            Chunk left = leftover.poll();
            if (left != null) {
                return Optional.of(left);
            }
            KeyRange before = furthest;
            Optional<KeyRange> range = call(() -> new ChunkPlanner(table, order).next(source, before, size.rows()));
            if (range.isEmpty()) {
                fraction = keys.fraction(order, before);
                return Optional.empty();
            }
            Chunk next = new Chunk(planned, range.get());
            plan.add(next);
            planned++;
            furthest = next.range();
            fraction = keys.fraction(order, furthest);
            return Optional.of(next);
        } finally {
            planning.unlock();
        }
    }

    private void copyOrSplit(Chunk chunk, Throttle.Turn turn) throws Exception {
        try {
            copyWithRetry(chunk, turn);
        } catch (ChunkReader.TooLargeException tooLarge) {
            split(chunk, tooLarge.half());
        }
    }

    private void split(Chunk chunk, long half) throws SQLException {
        planning.lock();
        try {
            List<Chunk> parts = plan.split(chunk, half, planned);
            planned++;
            leftover.addAll(parts);
            size.halve();
            log.info("{} was too large and is now {} and {}", chunk, parts.get(0), parts.get(1));
        } finally {
            planning.unlock();
        }
    }

    private void copyWithRetry(Chunk chunk, Throttle.Turn turn) throws Exception {
        ChunkReader.Volume volume = call(() -> copy(chunk));
        size.learn(volume);
        turn.spent(volume.rows(), volume.bytes());
        chunks.incrementAndGet();
        rows.addAndGet(volume.rows());
        bytes.addAndGet(volume.bytes());
        log.debug("copied {}: {} rows, {} bytes", chunk, volume.rows(), volume.bytes());
    }

    private ChunkReader.Volume copy(Chunk chunk) throws SQLException, InterruptedException {
        // The connection is taken first: a window that waits for one would keep tombstones for nothing.
        try (Connection connection = source.getConnection();
                Window window = windows.open(chunk)) {
            window.awaitVisible(connection);
            ChunkReader.Volume volume = reader.read(connection, chunk.range(), window::insert);
            window.commit();
            return volume;
        }
    }

    private <T> T call(Attempt<T> attempt) throws Exception {
        return retry.executeCallable(() -> {
            if (stopping) {
                throw new StoppedException();
            }
            return attempt.run();
        });
    }

    /** A worker ends between two attempts: no failure, the rest is left to the next process. */
    private static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private interface Attempt<T> {
        T run() throws Exception;
    }
}
