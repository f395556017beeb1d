package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * An application that writes to the history at a fixed rate: six inserts, three updates of any row and one delete of a row of its own in ten transactions. A
 * transaction's latency counts from the moment it was due, so that waiting behind a slow one is not lost. Thread-safe.
 */
final class LiveWriter implements AutoCloseable {
    private static final String STATE =
            "{\"correct_map\": {}, \"done\": true, \"attempts\": 1, \"student_answers\": {\"i4x-edX-DemoX-problem_2_1\": \"0.75\"}}";
    private static final int KEPT = 1_000;
    private static final long STOP_SECONDS = 60;

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement update;
    private final PreparedStatement delete;
    private final long lastLoaded;
    private final long began = System.nanoTime();
    private final long periodNanos;
    private final ScheduledExecutorService clock;
    private final Dice dice = new Dice(4_711);
    private final Deque<Long> own = new ArrayDeque<>();
    private final Latencies latencies = new Latencies();
    private long count;
    private volatile @Nullable SQLException failure;

    private LiveWriter(Connection connection, double perSecond) throws SQLException {
        this.connection = connection;
        this.insert = connection.prepareStatement(
                "INSERT INTO " + World.OLD_TABLE
                        + " (student_module_id, version, created, state, grade, max_grade) VALUES (1, NULL, UTC_TIMESTAMP(), ?, 1, 1)",
                Statement.RETURN_GENERATED_KEYS);
        this.update = connection.prepareStatement("UPDATE " + World.OLD_TABLE + " SET grade = ? WHERE id = ?");
        this.delete = connection.prepareStatement("DELETE FROM " + World.OLD_TABLE + " WHERE id = ?");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COALESCE(MAX(id), 1) FROM " + World.OLD_TABLE)) {
            row.next();
            this.lastLoaded = row.getLong(1);
        }
        this.periodNanos = Math.round(1e9 / perSecond);
        this.clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "live-writer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts writing. */
    static LiveWriter start(Servers servers, double perSecond) throws SQLException {
        Connection connection = servers.sourceConnection();
        try {
            LiveWriter writer = new LiveWriter(connection, perSecond);
            Future<?> ignored =
                    writer.clock.scheduleAtFixedRate(writer::one, 0, writer.periodNanos, TimeUnit.NANOSECONDS);
            return writer;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Throws what ended the writing, if anything did. */
    void check() {
        SQLException failed = failure;
        if (failed != null) {
            throw new FailedException("the application cannot write: " + failed.getMessage());
        }
    }

    /** Milliseconds of each transaction that was due since the last call. */
    double[] takeLatencies() {
        return latencies.take();
    }

    /** Waits until so many transactions were made since the last call of {@link #takeLatencies()}. */
    void await(int transactions) throws InterruptedException {
        latencies.await(transactions);
        check();
    }

    private void one() {
        long due = began + count * periodNanos;
        count++;
        try {
            if (failure != null) {
                return;
            }
            int draw = dice.below(10);
            if (draw < 6 || own.isEmpty()) {
                insert();
            } else if (draw < 9) {
                update.setInt(1, dice.below(100));
                update.setLong(2, 1 + dice.below((int) lastLoaded));
                update.executeUpdate();
            } else {
                delete.setLong(1, own.removeFirst());
                delete.executeUpdate();
            }
        } catch (SQLException e) {
            failure = e;
        } finally {
            // Also after a failure, so that nobody waits for ever.
            latencies.add((System.nanoTime() - due) / 1e6);
        }
    }

    private void insert() throws SQLException {
        insert.setString(1, STATE);
        insert.executeUpdate();
        try (ResultSet keys = insert.getGeneratedKeys()) {
            keys.next();
            own.addLast(keys.getLong(1));
        }
        if (own.size() > KEPT) {
            own.removeFirst();
        }
    }

    /** Stops after the transaction that is running. */
    @Override
    public void close() throws SQLException, InterruptedException {
        clock.shutdown();
        if (!clock.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new FailedException("a transaction of the application takes more than " + STOP_SECONDS + " s");
        }
        connection.close();
    }

    private static final class Latencies {
        private DoubleStream.Builder values = DoubleStream.builder();
        private int count;

        synchronized void add(double milliseconds) {
            values.add(milliseconds);
            count++;
            notifyAll();
        }

        synchronized double[] take() {
            double[] taken = values.build().toArray();
            values = DoubleStream.builder();
            count = 0;
            return taken;
        }

        synchronized void await(int wanted) throws InterruptedException {
            while (count < wanted) {
                wait();
            }
        }
    }
}
