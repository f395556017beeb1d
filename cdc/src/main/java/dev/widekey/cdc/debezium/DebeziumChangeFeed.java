package dev.widekey.cdc.debezium;

import dev.widekey.cdc.ChangeFeed;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The change stream, read by Debezium Embedded inside this process.
 *
 * <p>Two threads: the supervisor checks the source and keeps a reader running, the delivery thread calls the listener. Thread-safe.
 */
public final class DebeziumChangeFeed implements ChangeFeed {

    /** What may wait between reader and listener; one row larger than that still passes. */
    private static final long QUEUE_BYTES = 64L << 20;

    private static final Duration END_BOUND = Duration.ofSeconds(30);

    private final FeedConfig config;
    private final Pace pace;
    private final BooleanSupplier mayFollow;
    private @Nullable Running running;
    private boolean closed;

    private record Running(
            BatchQueue queue, Supervisor supervisor, Delivery delivery, Thread supervising, Thread delivering) {}

    /**
     * A stream that is not started yet; nothing is opened.
     *
     * @param mayFollow whether the stream may go on, at the time it is asked, on another server that has taken the source's place and has
     *     every transaction that was delivered
     */
    public DebeziumChangeFeed(FeedConfig config, BooleanSupplier mayFollow) {
        this(config, Pace.NORMAL, mayFollow);
    }

    DebeziumChangeFeed(FeedConfig config, Pace pace) {
        this(config, pace, () -> false);
    }

    DebeziumChangeFeed(FeedConfig config, Pace pace, BooleanSupplier mayFollow) {
        this.config = config;
        this.pace = pace;
        this.mayFollow = mayFollow;
    }

    /**
     * Whether a stream could go on from a position now; changes nothing.
     *
     * @param source a connection of the user the stream would use
     * @param delivered every transaction of which a part may have been delivered
     * @param mayFollow whether another server may have taken the source's place
     * @return why it could not; empty when it could
     * @throws SQLException when the source could not be asked
     */
    public static Optional<FeedHalt> obstacle(
            FeedConfig config, Connection source, Position from, Gtids delivered, boolean mayFollow)
            throws SQLException {
        try {
            new SourceCheck(config, () -> mayFollow).beforeStart(source, from, delivered);
            return Optional.empty();
        } catch (HaltException halt) {
            return Optional.of(halt.halt());
        }
    }

    @Override
    public synchronized void start(Position from, Gtids delivered, ChangeListener listener) {
        if (running != null || closed) {
            throw new IllegalStateException("a stream is started once");
        }
        BatchQueue queue = new BatchQueue(QUEUE_BYTES);
        Stop stop = new Stop();
        Delivery delivery = new Delivery(queue, from, delivered, listener, stop::request);
        Supervisor supervisor = new Supervisor(config, pace, queue, delivery, stop, new SourceCheck(config, mayFollow));
        running = new Running(
                queue,
                supervisor,
                delivery,
                started("widekey-feed-" + config.name(), supervisor::run),
                started("widekey-deliver-" + config.name(), delivery::run));
    }

    private static Thread started(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public FeedStatus status() {
        Running now;
        synchronized (this) {
            now = running;
        }
        if (now == null) {
            return new FeedStatus(false, Optional.empty(), Duration.ZERO, 0, 0, "");
        }
        Duration silence = now.supervisor.silence();
        boolean heard = silence.compareTo(config.keepAlive().multipliedBy(3)) <= 0;
        return new FeedStatus(
                now.supervisor.isConnected() && heard,
                heard ? now.delivery.lag() : Optional.empty(),
                silence,
                now.delivery.changes(),
                now.supervisor.restarts(),
                now.supervisor.lastError());
    }

    @Override
    public void close() {
        Running now;
        synchronized (this) {
            closed = true;
            now = running;
        }
        if (now == null) {
            return;
        }
        now.queue.close();
        now.supervisor.stop();
        try {
            // From within the listener there is nothing to wait for: this call returns into it.
            if (Thread.currentThread() != now.delivering) {
                now.delivering.interrupt();
                now.delivering.join(END_BOUND.toMillis());
            }
            now.supervising.join(END_BOUND.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
