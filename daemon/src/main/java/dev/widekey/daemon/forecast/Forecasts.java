package dev.widekey.daemon.forecast;

import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link Forecast} of the source up to date, on a thread of its own: a source that does not answer must hold up nothing else.
 *
 * <p>{@link #start} and {@link #close} by one thread, the rest by any.
 */
public final class Forecasts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Forecasts.class);
    private static final long LOOK_SECONDS = 5;
    private static final long END_SECONDS = 5;

    private final Database source;
    private final IdWatch ids;
    private final LogWatch binlog;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread named = new Thread(task, "forecast");
        named.setDaemon(true);
        return named;
    });
    private boolean failing;
    private volatile Forecast last = Forecast.UNKNOWN;

    /**
     * Looks at nothing before {@link #start}.
     *
     * @param key the source table's key column
     * @param binlog of the source
     */
    public Forecasts(Database source, String schema, String table, String key, LogWatch binlog, LongSupplier nanoTime) {
        this.source = source;
        this.ids = new IdWatch(schema, table, key, nanoTime);
        this.binlog = binlog;
    }

    /** Begins to look. */
    public Forecasts start() {
        ScheduledFuture<?> ignored = thread.scheduleWithFixedDelay(this::tick, 0, LOOK_SECONDS, TimeUnit.SECONDS);
        return this;
    }

    /** What the last look saw. */
    public Forecast last() {
        return last;
    }

    /** Why the stream should have the servers for itself; empty when it need not. */
    public Optional<String> hold() {
        return last.log().reason();
    }

    private void tick() {
        // A task that throws would never be called again, and nobody would hear of it.
        try {
            look();
        } catch (RuntimeException | Error failure) {
            log.error("the forecast failed: {}", failure.getMessage(), failure);
        }
    }

    /** Each look stands for itself: what one cannot see is unknown, and the other goes on. */
    void look() {
        String problem = "";
        Exhaustion exhaustion = Exhaustion.UNKNOWN;
        try (Connection connection = source.pool().getConnection()) {
            exhaustion = ids.look(connection);
        } catch (SQLException failure) {
            problem = "the ids left cannot be read: " + failure.getMessage();
        }
        try {
            binlog.look();
        } catch (SQLException failure) {
            problem = "the source's binlog cannot be looked at: " + failure.getMessage();
        }
        boolean wasShort = hold().isPresent();
        last = new Forecast(exhaustion, binlog.last());
        tell(problem, wasShort);
    }

    private void tell(String problem, boolean wasShort) {
        if (!problem.isEmpty() && !failing) {
            log.warn("no forecast: {}", problem);
        }
        failing = !problem.isEmpty();
        Optional<String> reason = hold();
        if (reason.isPresent() && !wasShort) {
            log.warn("the copy rests so that the stream gets on: {}", reason.get());
        } else if (reason.isEmpty() && wasShort) {
            log.info("the binlog is kept for long enough again: {}", last.log().text());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                log.debug("the source does not answer; its connection ends with the pool");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
