package dev.widekey.cdc.debezium;

import com.github.shyiko.mysql.binlog.network.ServerException;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.TableShape;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a reader running: checks the source, starts a reader behind the last batch handed over, watches it, and does it again whatever
 * it ended of, until the stream halts or is stopped. One thread runs it; the rest may be asked by any thread.
 */
final class Supervisor {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private static final Duration TICK = Duration.ofMillis(500);

    /** An engine that has not reported anything yet may still be waiting for the server to find the position. */
    private static final Duration START_SILENCE = Duration.ofSeconds(60);

    private static final Duration PENDING_BOUND = Duration.ofSeconds(30);

    /** Readers that do not end; more of them than this are a leak. */
    private static final int MAX_ABANDONED = 3;

    /** Ends that are not the connection's fault, without getting any further, after which trying again is pointless. */
    private static final int MAX_BARREN_ENDS = 5;

    private final FeedConfig config;
    private final Pace pace;
    private final BatchQueue queue;
    private final Delivery delivery;
    private final Stop stop;
    private final SourceCheck check;
    private final List<Reader> abandoned = new ArrayList<>();

    /** A change of the table that is in the log as a statement, and so was not delivered. */
    private volatile @Nullable String loggedStatement;

    private volatile @Nullable Reader reader;
    private volatile long heardNanos = System.nanoTime();
    private final AtomicLong restarts = new AtomicLong();
    private volatile String lastError = "";
    private boolean elsewhere;
    private int failures;
    private int barrenEnds;

    /** The furthest that was handed over when a reader ended for a reason of its own. */
    private @Nullable Position furthest;

    /** A halt that waits until the stream has passed {@code behind}. */
    private record Pending(HaltException halt, Position behind, long until) {}

    Supervisor(FeedConfig config, Pace pace, BatchQueue queue, Delivery delivery, Stop stop, SourceCheck check) {
        this.config = config;
        this.pace = pace;
        this.queue = queue;
        this.delivery = delivery;
        this.stop = stop;
        this.check = check;
    }

    /** Runs until the stream is over. */
    void run() {
        try (StatementAlarm alarm = StatementAlarm.on(config, this::loggedAsStatement)) {
            while (!stop.isRequested()) {
                String problem = readOnce();
                if (!stop.isRequested()) {
                    restarts.incrementAndGet();
                    lastError = problem;
                    Duration pause = pause();
                    LOG.warn("The binlog reader is restarted in {} ms: {}", pause.toMillis(), problem);
                    stop.await(pause);
                }
            }
        } catch (HaltException e) {
            halt(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("The supervisor of the binlog reader failed", e);
            halt(new HaltException(Reason.UNREADABLE, "The binlog reader cannot be run: " + e));
        }
    }

    /**
     * The pause grows with every failure in a row; a random part keeps several readers apart. Only a reader that has lived longer than
     * the longest pause ends the row, so two that throw each other out do not do it at full speed.
     */
    private Duration pause() {
        long longest = pace.longestPause().toMillis();
        long millis = Math.min(longest, pace.firstPause().toMillis() << Math.min(failures, 16));
        failures++;
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    private void halt(HaltException e) {
        long ticket = queue.open();
        try {
            queue.put(ticket, new BatchQueue.Halt(e.halt()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One reader's whole life. Returns what was wrong with it. */
    private String readOnce() throws HaltException, InterruptedException {
        abandoned.removeIf(Reader::hasEnded);
        if (abandoned.size() >= MAX_ABANDONED) {
            return abandoned.size() + " earlier readers have not ended yet";
        }
        // The race: a batch the receiver is still busy with does not count as handed over yet. A reader that begins
        // before it would deliver its transactions again, and the receiver may not see a finished one twice.
        queue.awaitDelivered();
        Position from;
        TableShape shape;
        elsewhere = false;
        try (Connection connection = SourceConnection.open(config)) {
            SourceCheck.Ready ready = check.beforeStart(connection, delivery.handed(), delivery.delivered());
            from = ready.from();
            shape = ready.shape();
            inform(connection);
        } catch (SQLException e) {
            throwIfRefused(e);
            return "the source cannot be asked: " + e.getMessage();
        }
        Reader current = start(from, shape);
        reader = current;
        try {
            return watch(current, from);
        } finally {
            queue.open();
            if (current.hasHeard()) {
                heardNanos = System.nanoTime() - current.silence().toNanos();
            }
            reader = null;
            if (!current.close(pace.readerEnd())) {
                abandoned.add(current);
            }
        }
    }

    private Reader start(Position from, TableShape shape) throws HaltException {
        long ticket = queue.open();
        RecordReader records;
        try {
            records = new RecordReader(config.name(), config, shape, from, item -> {
                if (!queue.put(ticket, item)) {
                    throw new InterruptedException("this reader is not wanted any more");
                }
            });
        } catch (IllegalArgumentException e) {
            throw new HaltException(
                    Reason.UNREADABLE,
                    "The table cannot be read exactly: " + e.getMessage() + ". Leave the column out.");
        }
        return Reader.start(config.name(), EngineSettings.of(config, shape, from), records);
    }

    private String watch(Reader current, Position from) throws HaltException, InterruptedException {
        Duration patience = config.keepAlive().multipliedBy(3);
        long nextCheck = System.nanoTime() + pace.check().toNanos();
        long stable = System.nanoTime() + pace.longestPause().toNanos();
        Pending pending = null;
        while (!stop.await(TICK)) {
            if (pending != null
                    && (delivery.handed().covers(pending.behind) || System.nanoTime() - pending.until >= 0)) {
                throw pending.halt;
            }
            throwIfLoggedAsStatement();
            if (current.hasHeard() && System.nanoTime() - stable >= 0) {
                failures = 0;
            }
            if (current.hasEnded()) {
                return ended(current);
            }
            if (current.hasLostConnection()) {
                // The race: an engine that fails closes its connection a moment before it ends, and why it failed
                // counts.
                return current.awaitEnd(TICK) ? ended(current) : "the connection to the binlog is gone";
            }
            Duration limit = current.hasHeard() || patience.compareTo(START_SILENCE) > 0 ? patience : START_SILENCE;
            if (current.silence().compareTo(limit) > 0) {
                return "nothing was heard from the source for " + limit.toSeconds() + " s";
            }
            if (elsewhere) {
                return "the source's address leads to another server now";
            }
            if (pending == null && System.nanoTime() - nextCheck >= 0) {
                pending = checkRunning(from);
                nextCheck = System.nanoTime() + pace.check().toNanos();
            }
        }
        return "stopped";
    }

    /**
     * Called by the engine's thread where the statement is in the log. The race: until {@link #watch} looks, the engine would read on, and a place behind
     * the statement would be handed over as if everything before it had been delivered; so this reader may hand over nothing more.
     */
    private void loggedAsStatement(String statement) {
        loggedStatement = statement;
        queue.open();
    }

    private void throwIfLoggedAsStatement() throws HaltException {
        String statement = loggedStatement;
        if (statement != null) {
            throw new HaltException(
                    Reason.UNREADABLE,
                    "A change was logged as a statement and not as rows: " + RecordReader.shortened(statement)
                            + ". Find the session that sets binlog_format, and start again with a new copy.");
        }
    }

    /**
     * Checks the source under the running reader. A changed table halts the stream only behind everything that is in the log by now, so
     * that what was written before the change is still delivered, and DDL in the log is reported as such.
     */
    private @Nullable Pending checkRunning(Position from) throws HaltException {
        try (Connection connection = SourceConnection.open(config)) {
            inform(connection);
            try {
                elsewhere = !check.whileRunning(connection, from);
            } catch (HaltException e) {
                if (e.halt().reason() != Reason.SCHEMA_CHANGED) {
                    throw e;
                }
                return new Pending(e, Position.endOfLog(connection), System.nanoTime() + PENDING_BOUND.toNanos());
            }
        } catch (SQLException e) {
            throwIfRefused(e);
            LOG.warn(
                    "The source's settings could not be checked, trying again in {} s: {}",
                    pace.check().toSeconds(),
                    e.getMessage());
        }
        return null;
    }

    private void inform(Connection connection) throws SQLException {
        delivery.mark(Position.endOfLog(connection));
        delivery.clock(SourceClock.read(connection));
    }

    private String ended(Reader current) throws HaltException {
        Throwable error = current.error();
        String message = current.message();
        if (error != null) {
            throwIfRefused(error);
            if (!isConnectionLoss(error) && isBarren()) {
                throw new HaltException(
                        Reason.UNREADABLE,
                        "The binlog cannot be read behind " + delivery.handed().file() + ":"
                                + delivery.handed().offset() + ": " + message);
            }
        }
        return message;
    }

    /** Whether readers have ended here several times without getting any further. */
    private boolean isBarren() {
        Position reached = delivery.handed();
        Position before = furthest;
        if (before == null || !before.covers(reached)) {
            furthest = reached;
            barrenEnds = 0;
        }
        return ++barrenEnds >= MAX_BARREN_ENDS;
    }

    private void throwIfRefused(Throwable error) throws HaltException {
        HaltException refusal = SourceConnection.refusal(config, error).orElse(null);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Whether the innermost cause is the network or a server that went away, and not what the log holds. */
    private static boolean isConnectionLoss(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return (root instanceof IOException && !(root instanceof ServerException))
                || root instanceof TimeoutException
                || (root instanceof SQLException e
                        && e.getSQLState() != null
                        && e.getSQLState().startsWith("08"));
    }

    void stop() {
        stop.request();
    }

    boolean isConnected() {
        Reader current = reader;
        return current != null && current.hasHeard() && !current.hasEnded();
    }

    /** Time since anything was heard from the source, by this reader or an earlier one. */
    Duration silence() {
        Reader current = reader;
        return current != null && current.hasHeard()
                ? current.silence()
                : Duration.ofNanos(System.nanoTime() - heardNanos);
    }

    long restarts() {
        return restarts.get();
    }

    String lastError() {
        return lastError;
    }
}
