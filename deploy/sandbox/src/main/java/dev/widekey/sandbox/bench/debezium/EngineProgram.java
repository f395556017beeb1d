package dev.widekey.sandbox.bench.debezium;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * One engine in a process of its own, with nothing of the daemon's: {@code copy} reads a table by an incremental snapshot and writes it by batched upserts;
 * {@code read} takes a stretch of the binlog and does nothing with it. Prints one line, {@code rows=N seconds=S cpu=C}, and exits with 0.
 */
public final class EngineProgram {
    /** The line that is printed when the first row of a stream has come. */
    public static final String BEGUN = "begun";

    private static final int CHUNK_ROWS = 10_000;
    private static final long LIMIT_HOURS = 2;
    private static final long LOOK_MILLIS = 20;

    private final EngineJob job;
    private final CountDownLatch polling = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private EngineProgram(EngineJob job) {
        this.job = job;
    }

    /** Runs what the environment's variables say, {@link EngineJob}. */
    public static void main(String[] arguments) throws Exception {
        new EngineProgram(EngineJob.of(System.getenv())).run(System.out);
    }

    private void run(PrintStream out) throws IOException, SQLException, InterruptedException {
        try (Consumer consumer = job.isCopy() ? new UpsertConsumer(job) : new IdleConsumer(job.rows())) {
            DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine.create(
                            ChangeEventFormat.of(Connect.class))
                    .using(settings())
                    .notifying((batch, committer) -> {
                        for (RecordChangeEvent<SourceRecord> event : batch) {
                            consumer.take(event.record());
                            committer.markProcessed(event);
                        }
                        consumer.flush();
                        committer.markBatchFinished();
                        if (consumer.isDone()) {
                            ended.countDown();
                        }
                    })
                    .using(new DebeziumEngine.ConnectorCallback() {
                        @Override
                        public void pollingStarted() {
                            polling.countDown();
                        }
                    })
                    .using((DebeziumEngine.CompletionCallback) (success, message, cause) -> {
                        if (cause != null || !success) {
                            failure.set(cause == null ? new IllegalStateException(message) : cause);
                        }
                        polling.countDown();
                        ended.countDown();
                    })
                    .build();
            Thread thread = new Thread(engine, "engine");
            thread.setDaemon(true);
            thread.start();
            polling.await();
            awaitStream();
            Stopwatch copying = Stopwatch.start();
            if (job.isCopy()) {
                signal();
            }
            if (!ended.await(LIMIT_HOURS, TimeUnit.HOURS)) {
                throw new IllegalStateException("not done after " + LIMIT_HOURS + " hours");
            }
            Throwable failed = failure.get();
            if (failed != null) {
                throw new IllegalStateException("the engine failed", failed);
            }
            Stopwatch watch = job.isCopy() ? copying : consumer.sinceFirst();
            out.println(String.format(
                    Locale.ROOT, "rows=%d seconds=%.3f cpu=%.2f", job.rows(), watch.seconds(), watch.cpuSeconds()));
            out.flush();
            // Stopping an engine takes longer than what is measured here and changes nothing any more.
            Runtime.getRuntime().halt(0);
        }
    }

    /** The signal is read from the binlog, so the engine has to be reading it. */
    private void awaitStream() throws InterruptedException {
        while (job.isCopy() && !isStreaming() && ended.getCount() > 0) {
            ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static boolean isStreaming() {
        try {
            return Boolean.TRUE.equals(ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(
                            new ObjectName("debezium.mysql:type=connector-metrics,context=streaming,server=bench"),
                            "Connected"));
        } catch (InstanceNotFoundException e) {
            // Registered by the engine when it gets there.
            return false;
        } catch (JMException e) {
            throw new IllegalStateException("the engine does not say whether it reads", e);
        }
    }

    /** Asks for the snapshot the way an application does: a row in the table the engine watches. */
    private void signal() throws SQLException {
        try (Connection connection = DriverManager.getConnection(job.sourceUrl(), job.user(), job.password());
                PreparedStatement statement = connection.prepareStatement("INSERT INTO " + job.schema() + "."
                        + EngineJob.SIGNALS + " (id, type, data) VALUES (?, ?, ?)")) {
            statement.setString(1, "copy-" + System.nanoTime());
            statement.setString(2, "execute-snapshot");
            statement.setString(
                    3,
                    "{\"type\": \"INCREMENTAL\", \"data-collections\": [\"" + job.schema() + "." + job.table()
                            + "\"]}");
            statement.executeUpdate();
        }
    }

    private Properties settings() {
        Properties p = new Properties();
        p.setProperty("name", "bench");
        p.setProperty("topic.prefix", "bench");
        p.setProperty("connector.class", "io.debezium.connector.mysql.MySqlConnector");
        p.setProperty("database.hostname", job.sourceHost());
        p.setProperty("database.port", Integer.toString(job.sourcePort()));
        p.setProperty("database.user", job.user());
        p.setProperty("database.password", job.password());
        p.setProperty("database.server.id", "918274");
        p.setProperty("database.ssl.mode", "disabled");
        p.setProperty("database.include.list", job.schema());
        p.setProperty(
                "table.include.list",
                job.schema() + "\\." + job.table() + "," + job.schema() + "\\." + EngineJob.SIGNALS);
        p.setProperty("signal.data.collection", job.schema() + "." + EngineJob.SIGNALS);
        p.setProperty("incremental.snapshot.chunk.size", Integer.toString(CHUNK_ROWS));
        p.setProperty("snapshot.locking.mode", "none");
        p.setProperty("snapshot.mode", job.isCopy() ? "no_data" : "recovery");
        p.setProperty("offset.storage", GivenOffset.class.getName());
        p.setProperty(GivenOffset.PROPERTY, job.offset());
        p.setProperty("schema.history.internal", "io.debezium.relational.history.MemorySchemaHistory");
        p.setProperty("schema.history.internal.store.only.captured.tables.ddl", "true");
        p.setProperty("tombstones.on.delete", "false");
        // The fastest of the values tried; with the default every batch waits half a second.
        p.setProperty("poll.interval.ms", "10");
        return p;
    }
}
