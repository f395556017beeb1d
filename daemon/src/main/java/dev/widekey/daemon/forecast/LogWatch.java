package dev.widekey.daemon.forecast;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks at one server's binlog on behalf of the stream that is read from it, whichever side that is. Its account needs REPLICATION CLIENT there. {@link #look} by
 * one thread, {@link #last} by any.
 */
public final class LogWatch {
    /** A lag up to this is no backlog, however strict the configuration is about it. */
    private static final Duration LATENCY = Duration.ofMinutes(1);

    private final Database server;
    private final Supplier<Optional<Position>> needed;
    private final Supplier<Optional<Duration>> lag;
    private final Drain drain;
    private final LogAges ages = new LogAges();
    private volatile Survival last;

    /**
     * Looks at nothing yet.
     *
     * @param needed the place behind which the stream needs the log; empty while there is none
     * @param lag of the stream; empty when unknown
     * @param maxLag up to which the stream counts as close
     */
    public LogWatch(
            Database server,
            Supplier<Optional<Position>> needed,
            Supplier<Optional<Duration>> lag,
            Duration maxLag,
            LongSupplier nanoTime) {
        this.server = server;
        this.needed = needed;
        this.lag = lag;
        this.drain = new Drain(maxLag.compareTo(LATENCY) > 0 ? maxLag : LATENCY, nanoTime);
        this.last = Survival.unknown(server.role());
    }

    /**
     * Looks again.
     *
     * @throws SQLException when the server cannot be asked; the survival is unknown then
     */
    public void look() throws SQLException {
        Optional<Duration> behindBy = lag.get();
        OptionalDouble draining = drain.look(behindBy);
        try (Connection connection = server.pool().getConnection()) {
            // Before the log is looked at: what the stream has passed by then is in it.
            Optional<Position> position = needed.get();
            LogLook now = LogLook.read(connection);
            last = new Survival(
                    server.role(),
                    position.filter(now::isOf).map(Position::file),
                    Optional.of(now.retention()),
                    ages.survival(now, position, behindBy),
                    draining,
                    behindBy,
                    position.map(now::behind).orElse(OptionalLong.empty()));
        } catch (SQLException failure) {
            last = Survival.unknown(server.role(), draining, behindBy);
            throw failure;
        }
    }

    /** What the last look saw. */
    public Survival last() {
        return last;
    }
}
