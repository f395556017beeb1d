package dev.widekey.daemon;

import dev.widekey.sandbox.mysql.TestSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An application that inserts, updates and deletes rows of {@code history} until it is stopped, whatever happens to its server. */
final class LiveWriter implements AutoCloseable {
    private static final long PACE_MILLIS = 5;

    private final TestSchema schema;
    private final Random dice;
    private final int rows;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicLong writes = new AtomicLong();
    private final Thread thread = new Thread(this::run, "live-writer");

    private LiveWriter(TestSchema schema, int rows, long seed) {
        this.schema = schema;
        this.rows = rows;
        this.dice = new Random(seed);
    }

    /** Starts to write to a table that holds the keys 1 to {@code rows}. */
    static LiveWriter on(TestSchema schema, int rows) {
        long seed = Long.getLong("widekey.seed", System.nanoTime());
        System.out.println("live writer: -Dwidekey.seed=" + seed);
        LiveWriter writer = new LiveWriter(schema, rows, seed);
        writer.thread.setDaemon(true);
        writer.thread.start();
        return writer;
    }

    /** Statements that were acknowledged. */
    long writes() {
        return writes.get();
    }

    private void run() {
        try {
            while (!stop.await(PACE_MILLIS, TimeUnit.MILLISECONDS)) {
                try (Connection connection = schema.connect();
                        Statement statement = connection.createStatement()) {
                    do {
                        statement.execute(next());
                        writes.incrementAndGet();
                    } while (!stop.await(PACE_MILLIS, TimeUnit.MILLISECONDS));
                } catch (SQLException down) {
                    // The server is gone for a while; an application connects again.
                    if (stop.await(PACE_MILLIS * 20, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String next() {
        long key = 1 + dice.nextInt(rows);
        return switch (dice.nextInt(4)) {
            case 0, 1 -> "INSERT INTO history (v, made) VALUES ('live " + dice.nextInt() + "', NOW())";
            case 2 -> "UPDATE history SET v = 'changed " + dice.nextInt() + "' WHERE id = " + key;
            default -> "DELETE FROM history WHERE id = " + key;
        };
    }

    /** Ends the writing; everything written is acknowledged or refused by then. */
    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        thread.join();
    }
}
