package dev.widekey.backfill;

import dev.widekey.backfill.ChunkReader.TooLargeException;
import dev.widekey.backfill.ChunkReader.Volume;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Copies the sample of some ranges, one after the other, as {@link Backfill} copies a table: with the same reads, sizes of chunks and workers. Nothing is
 * planned durably, and a copy that fails is over.
 *
 * <p>{@link #run} as often as wanted, one at a time; the sizes of chunks learned by one run are kept for the next.
 */
public final class SampleCopy {
    private final DataSource source;
    private final Windows windows;
    private final Throttle throttle;
    private final Retry retry;
    private final ChunkSize size;
    private final int workers;
    private final Crew crew = Crew.ofThreads();
    private final Lock planning = crew.lock();
    private final ChunkPlanner planner;
    private final ChunkReader reader;

    private List<Part> parts = List.of();
    private int at;
    private long planned;
    private volatile boolean failed;

    /**
     * Wires a copy.
     *
     * @param windows where rows go; no stream runs, so nothing is marked
     * @param retry decides which failures of a chunk pass and how long to wait before it starts over
     * @param size how many rows a chunk has
     */
    public SampleCopy(
            DataSource source,
            SourceTable table,
            Windows windows,
            Throttle throttle,
            Retry retry,
            ChunkSize size,
            int workers) {
        this.source = source;
        this.windows = windows;
        this.throttle = throttle;
        this.retry = retry;
        this.size = size;
        this.workers = workers;
        this.planner = new ChunkPlanner(table, ChunkOrder.ASCENDING);
        this.reader = new ChunkReader(table);
    }

    /**
     * What was copied of a range.
     *
     * @param upTo the key up to which every row was copied
     * @param whole whether that is the range's end
     * @param bytes of all values
     * @param busy the time of all workers together
     */
    public record Copied(SampleRange range, long upTo, boolean whole, long rows, long bytes, Duration busy) {}

    /**
     * Copies.
     *
     * @return for each range what was copied, in the same order
     * @throws SQLException the first failure that does not pass; the workers have ended when it is thrown
     */
    public List<Copied> run(List<SampleRange> ranges) throws SQLException, InterruptedException {
        parts = ranges.stream().map(Part::new).toList();
        at = 0;
        failed = false;
        crew.run("copy", workers, this::copyUntilOneFails);
        return parts.stream().map(Part::copied).toList();
    }

    private boolean copyUntilOneFails() throws Exception {
        boolean ended = false;
        try {
            copyAll();
            ended = true;
        } finally {
            if (!ended) {
                failed = true;
            }
        }
        return ended;
    }

    private void copyAll() throws Exception {
        while (!failed) {
            long begun = System.nanoTime();
            // What the throttle and the planning take belongs to the time of the chunk, as it does in a whole copy.
            try (Throttle.Turn turn = throttle.await(() -> failed)) {
                Optional<Piece> piece = failed ? Optional.empty() : next();
                if (piece.isEmpty()) {
                    return;
                }
                Volume volume = copyOrSplit(piece.get().chunk());
                size.learn(volume);
                turn.spent(volume.rows(), volume.bytes());
                piece.get().part().add(volume, System.nanoTime() - begun);
            }
        }
    }

    private Optional<Piece> next() throws Exception {
        planning.lock();
        try {
            while (at < parts.size()) {
                Part part = parts.get(at);
                Optional<KeyRange> range = part.next();
                if (range.isPresent()) {
                    return Optional.of(new Piece(part, new Chunk(planned++, range.get())));
                }
                at++;
            }
            return Optional.empty();
        } finally {
            planning.unlock();
        }
    }

    private Volume copyOrSplit(Chunk chunk) throws Exception {
        try {
            return call(() -> copy(chunk));
        } catch (TooLargeException tooLarge) {
            size.halve();
            Volume low = copyOrSplit(
                    new Chunk(chunk.number(), new KeyRange(chunk.range().above(), tooLarge.half())));
            Volume high = copyOrSplit(new Chunk(
                    chunk.number(), new KeyRange(tooLarge.half(), chunk.range().upTo())));
            return new Volume(
                    low.rows() + high.rows(),
                    low.bytes() + high.bytes(),
                    low.took().plus(high.took()));
        }
    }

    private Volume copy(Chunk chunk) throws SQLException, InterruptedException {
        try (Connection connection = source.getConnection();
                Window window = windows.open(chunk)) {
            window.awaitVisible(connection);
            Volume volume = reader.read(connection, chunk.range(), window::insert);
            window.commit();
            return volume;
        }
    }

    private <T> T call(Callable<T> attempt) throws Exception {
        return retry.executeCallable(attempt);
    }

    private record Piece(Part part, Chunk chunk) {}

    /** A range while it is copied. What is planned of it is guarded by the planning lock, what is copied by its own. */
    private final class Part {
        private final SampleRange range;
        private long left;
        private @Nullable Long furthest;
        private boolean whole;

        private long rows;
        private long bytes;
        private long busyNanos;

        Part(SampleRange range) {
            this.range = range;
            this.left = range.rows();
        }

        /** The next chunk of it; empty when enough or all of it is planned. */
        Optional<KeyRange> next() throws Exception {
            if (whole || left <= 0) {
                return Optional.empty();
            }
            Long above = furthest == null ? range.rangeUpTo(range.upTo()).above() : furthest;
            int wanted = (int) Math.min(size.rows(), left);
            KeyRange behind = above == null ? null : new KeyRange(null, above);
            Long bound = call(() -> planner.next(source, behind, wanted))
                    .orElseThrow()
                    .upTo();
            whole = bound == null || bound >= range.upTo();
            long end = whole || bound == null ? range.upTo() : bound;
            left -= wanted;
            furthest = end;
            return Optional.of(new KeyRange(above, end));
        }

        synchronized void add(Volume volume, long nanos) {
            rows += volume.rows();
            bytes += volume.bytes();
            busyNanos += nanos;
        }

        synchronized Copied copied() {
            return new Copied(
                    range, furthest == null ? range.from() : furthest, whole, rows, bytes, Duration.ofNanos(busyNanos));
        }
    }
}
