package dev.widekey.daemon.migration;

import dev.widekey.backfill.Windows;
import dev.widekey.backfill.parity.Settling;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeFeed;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.ChunkWriter;
import dev.widekey.daemon.merge.Merge;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.merge.StreamApplier;
import dev.widekey.daemon.repair.Touching;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.StreamPosition;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The live stream from the source's binlog to the target's rows: feed, dispatcher and applier, started together and stopped in that order.
 *
 * <p>{@link #start} and {@link #close} by one thread; the rest is thread-safe once started.
 */
public final class Stream implements Settling, Touching, AutoCloseable {
    private static final long LOOK_AGAIN_NANOS = 100_000_000L;

    private final Database source;
    private final Function<BooleanSupplier, ChangeFeed> feeds;
    private final StreamApplier.StreamWriter streamWriter;
    private final ChunkWriter chunkWriter;
    private final SourceActivity activity;
    private final Alarm alarm;
    private final Retry applying;
    private final Retry marking;
    private volatile boolean stopping;
    private volatile @Nullable String pinned;

    private volatile @Nullable Running running;

    /** Closes the feed of a stream that was ended, which may take a while; null when there is none. */
    private @Nullable Thread closing;

    private record Running(ChangeFeed feed, Merge merge, StreamApplier applier, Thread thread) {}

    /**
     * Wires the stream; nothing runs before {@link #start}.
     *
     * @param feeds makes the feed, which may follow another server in the source's place as long as it is told so
     * @param applying for a transaction of the stream that fails for a passing reason
     * @param marking for reading the end of the source's log
     */
    public Stream(
            Database source,
            Function<BooleanSupplier, ChangeFeed> feeds,
            StreamApplier.StreamWriter streamWriter,
            ChunkWriter chunkWriter,
            SourceActivity activity,
            Alarm alarm,
            Retry applying,
            Retry marking) {
        this.source = source;
        this.feeds = feeds;
        this.streamWriter = streamWriter;
        this.chunkWriter = chunkWriter;
        this.activity = activity;
        this.alarm = alarm;
        this.applying = applying;
        this.marking = marking;
    }

    /** Starts behind the position, which is stored already; also after {@link #end}. */
    public void start(StreamPosition.Stored stored) {
        awaitClosed();
        Position from = stored.position();
        StreamApplier applier = new StreamApplier(streamWriter, applying, alarm, from, stored.delivered());
        Merge merge = new Merge(chunkWriter, applier, activity, alarm, from.gtids());
        Thread thread = new Thread(applier, "apply");
        ChangeFeed feed = feeds.apply(() -> pinned == null);
        running = new Running(feed, merge, applier, thread);
        thread.start();
        feed.start(from, stored.delivered(), new Follower(merge, from.serverUuid()));
    }

    /** Notices that another server has taken the source's place. */
    private final class Follower implements ChangeListener {
        private final Merge merge;
        private String server;

        Follower(Merge merge, String server) {
            this.merge = merge;
            this.server = server;
        }

        @Override
        public void onBatch(ChangeBatch batch) throws InterruptedException {
            if (!server.equals(batch.resume().serverUuid())) {
                server = batch.resume().serverUuid();
                // A connection to the former server would wait in vain for what the new one has executed.
                source.evict();
            }
            merge.onBatch(batch);
        }

        @Override
        public void onHalt(FeedHalt halt) {
            merge.onHalt(halt);
        }
    }

    /** Whether the stream is applied from this server's log. */
    public boolean isOn(String server) {
        return position().map(Position::serverUuid).filter(server::equals).isPresent();
    }

    /**
     * From now on no other server is followed in the source's place: what was proven was proven of this one.
     *
     * @return whether the stream is on that server; when it is not, nothing is pinned
     */
    public boolean pin(String server) {
        pinned = server;
        if (isStarted() && !isOn(server)) {
            pinned = null;
            return false;
        }
        return true;
    }

    /** Whether {@link #start} was called. */
    public boolean isStarted() {
        return running != null;
    }

    /** The merge, for the copy. */
    public Windows windows() {
        return started().merge();
    }

    /** The feed's health; empty before the start. */
    public Optional<FeedStatus> status() {
        return Optional.ofNullable(running).map(now -> now.feed().status());
    }

    /** How far the stream is applied; empty before the start. */
    public Optional<Position> position() {
        return Optional.ofNullable(running).map(now -> now.applier().position());
    }

    /** Changes applied by this process. */
    public long applied() {
        Running now = running;
        return now == null ? 0 : now.applier().applied();
    }

    /**
     * Reads the end of the source's log and waits until the stream is applied past it. When another server takes the source's place meanwhile,
     * the end of that server's log is what counts.
     *
     * @return the position reached, empty when {@code giveUp} became true first
     * @throws HaltException when the source is not the server that is pinned
     */
    public Optional<Position> drain(BooleanSupplier giveUp) throws SQLException, InterruptedException {
        BooleanSupplier over = () -> stopping || giveUp.getAsBoolean();
        while (!over.getAsBoolean()) {
            alarm.check();
            Position end = endOfLog();
            refuseUnlessPinned(end.serverUuid());
            if (started().applier().await(end, () -> over.getAsBoolean() || !isOn(end.serverUuid()))) {
                return Optional.of(end);
            }
            position().map(Position::serverUuid).ifPresent(this::refuseUnlessPinned);
            // The feed and the pool do not see another server at the same moment.
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        return Optional.empty();
    }

    @Override
    public boolean touch(Collection<Long> keys, BooleanSupplier giveUp) throws InterruptedException {
        StreamApplier applier = started().applier();
        return keys.isEmpty() || applier.awaitApplied(applier.touch(keys), () -> stopping || giveUp.getAsBoolean());
    }

    private void refuseUnlessPinned(String server) {
        String expected = pinned;
        if (expected != null && !expected.equals(server)) {
            throw new HaltException(
                    HaltException.Reason.SOURCE_CHANGED,
                    "the source is server " + server + " now, parity was proven with " + expected
                            + "; point the address back, then start again");
        }
    }

    @Override
    public void settle() throws SQLException, InterruptedException {
        if (drain(() -> false).isEmpty()) {
            throw new InterruptedException("stop asked for");
        }
    }

    /** Makes every wait for the stream end. */
    public void requestStop() {
        stopping = true;
    }

    /**
     * Ends the stream, which may be started again. When this returns nothing of it is written any more; its feed is closed behind the caller's back, since
     * nobody listens to it.
     */
    public void end() {
        Running now = running;
        if (now == null) {
            return;
        }
        now.applier().requestStop();
        // It waits for changes, or stores a position that nobody needs any more.
        now.thread().interrupt();
        join(now.thread());
        pinned = null;
        running = null;
        Thread closer = new Thread(now.feed()::close, "end-of-feed");
        closing = closer;
        closer.start();
    }

    private void awaitClosed() {
        Thread closer = closing;
        if (closer != null) {
            join(closer);
            closing = null;
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException stop) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops feed, then applier. What was delivered and not applied is delivered again by the next process. */
    @Override
    public void close() {
        stopping = true;
        awaitClosed();
        Running now = running;
        if (now == null) {
            return;
        }
        now.applier().requestStop();
        now.feed().close();
        try {
            now.thread().join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private Position endOfLog() throws SQLException {
        return Retries.call(marking, "the end of the source's log cannot be read", () -> {
            try (Connection connection = source.pool().getConnection()) {
                return Position.endOfLog(connection);
            }
        });
    }

    private Running started() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("the stream is not started");
        }
        return now;
    }
}
