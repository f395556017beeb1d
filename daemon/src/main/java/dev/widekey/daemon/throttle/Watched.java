package dev.widekey.daemon.throttle;

import dev.widekey.daemon.database.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that is asked how it is, on a connection of its own that gives up soon. Used by one thread. */
final class Watched implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watched.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Endpoint endpoint;
    private @Nullable Connection connection;

    Watched(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** One question. */
    interface Question {
        Optional<Reading> ask(Connection connection) throws SQLException;
    }

    /** Asks; a question that cannot be answered is answered with {@link Reading.Unknown}. */
    Optional<Reading> ask(Question question) {
        try {
            Connection now = connection == null ? open() : connection;
            connection = now;
            return question.ask(now);
        } catch (SQLException failure) {
            giveUpIfLost();
            String message = String.valueOf(failure.getMessage());
            return Optional.of(new Reading.Unknown(message.lines()
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .orElse("no answer")
                    .strip()));
        }
    }

    private Connection open() throws SQLException {
        // Text: the questions are asked once a connection's life or with constants, so preparing them gains nothing.
        Properties properties = endpoint.properties("time_zone='+00:00'", "", Endpoint.Protocol.TEXT);
        properties.setProperty("connectTimeout", Long.toString(PATIENCE.toMillis()));
        properties.setProperty("socketTimeout", Long.toString(PATIENCE.toMillis()));
        return DriverManager.getConnection(endpoint.url(), properties);
    }

    /** A refused question leaves the connection usable; anything else may have broken it. */
    private void giveUpIfLost() {
        Connection now = connection;
        try {
            if (now != null && !now.isClosed() && now.isValid(1)) {
                return;
            }
        } catch (SQLException failure) {
            log.debug("asking {} whether it is alive: {}", endpoint, failure.getMessage());
        }
        close();
    }

    @Override
    public void close() {
        Connection now = connection;
        connection = null;
        if (now == null) {
            return;
        }
        try {
            now.close();
        } catch (SQLException failure) {
            log.debug("closing a connection to {}: {}", endpoint, failure.getMessage());
        }
    }
}
