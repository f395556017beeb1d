package dev.widekey.cdc.debezium;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One engine, from start to end; never used again afterwards.
 *
 * <p>Keeps its own clock of when something was last heard, because the engine looks healthy when its connection is gone. Thread-safe.
 */
final class Reader {

    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final RecordReader records;
    private final Thread thread;
    private final ObjectName metrics;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile long heardNanos = System.nanoTime();
    private volatile boolean handling;
    private boolean wasConnected;
    private volatile @Nullable Throwable error;
    private volatile String message = "";

    private Reader(String name, Properties settings, RecordReader records) {
        this.records = records;
        this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(settings)
                .notifying((batch, committer) -> handle(batch))
                .using(started())
                .using((DebeziumEngine.CompletionCallback) this::completed)
                .build();
        this.thread = new Thread(this::run, "widekey-reader-" + name);
        this.thread.setDaemon(true);
        try {
            this.metrics = new ObjectName("debezium.mysql:type=connector-metrics,context=streaming,server=" + name);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("not a stream name: " + name, e);
        }
    }

    /** Starts an engine on a thread of its own; returns at once. */
    static Reader start(String name, Properties settings, RecordReader records) {
        Reader reader = new Reader(name, settings, records);
        reader.thread.start();
        return reader;
    }

    private DebeziumEngine.ConnectorCallback started() {
        return new DebeziumEngine.ConnectorCallback() {
            @Override
            public void pollingStarted() {
                started.countDown();
            }
        };
    }

    private void run() {
        try {
            engine.run();
        } finally {
            started.countDown();
            ended.countDown();
        }
    }

    private void completed(boolean success, String text, @Nullable Throwable cause) {
        message = text;
        error = cause;
    }

    private void handle(List<RecordChangeEvent<SourceRecord>> batch) throws InterruptedException {
        handling = true;
        try {
            List<SourceRecord> plain = new ArrayList<>(batch.size());
            batch.forEach(event -> plain.add(event.record()));
            records.read(plain);
        } finally {
            heardNanos = System.nanoTime();
            handling = false;
        }
    }

    /** Whether the engine has ended by itself. */
    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** Waits for the engine to end by itself. False when it has not in time. */
    boolean awaitEnd(Duration bound) throws InterruptedException {
        return ended.await(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Why the engine ended; null when it ended without an error or still runs. */
    @Nullable
    Throwable error() {
        return error;
    }

    /** The engine's own words on its end: the innermost that say anything. */
    String message() {
        String innermost = message;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                innermost = cause.getClass().getSimpleName() + ": " + cause.getMessage();
            }
        }
        return RecordReader.shortened(innermost);
    }

    /** Whether anything came out of the source's log, a heartbeat included. */
    boolean hasHeard() {
        return records.isStreaming();
    }

    /** Time since anything came; zero while the receiver keeps the reader waiting. */
    Duration silence() {
        return handling ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - heardNanos);
    }

    /** Whether the binlog client itself says that it has lost its connection; the engine does not act on that. For one thread. */
    boolean hasLostConnection() {
        try {
            boolean connected = Boolean.TRUE.equals(
                    ManagementFactory.getPlatformMBeanServer().getAttribute(metrics, "Connected"));
            // Not connected yet is no loss.
            wasConnected |= connected;
            return wasConnected && !connected;
        } catch (InstanceNotFoundException e) {
            // Registered and removed by the engine as it starts and ends, both of which show elsewhere.
            return false;
        } catch (JMException e) {
            LOG.debug("no connection state from the engine", e);
            return false;
        }
    }

    /** Stops the engine and waits for its end. False when it did not end in time and is left to itself. */
    boolean close(Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        Thread closer = new Thread(() -> stop(deadline), thread.getName() + "-close");
        closer.setDaemon(true);
        closer.start();
        boolean over = ended.await(bound.toNanos(), TimeUnit.NANOSECONDS);
        if (!over) {
            LOG.warn(
                    "The binlog reader did not end within {} s and is abandoned; the next one takes over its server id.",
                    bound.toSeconds());
            thread.interrupt();
            closer.interrupt();
        }
        return over;
    }

    private void stop(long deadline) {
        try {
            // An engine that is still starting cannot be stopped.
            if (started.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) && ended.getCount() > 0) {
                engine.close();
            }
        } catch (IllegalStateException e) {
            LOG.debug("the engine ends by itself", e);
        } catch (IOException e) {
            LOG.warn("The binlog reader's connection was not closed cleanly: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
