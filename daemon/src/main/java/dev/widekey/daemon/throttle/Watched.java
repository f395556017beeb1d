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

    /** What the first question was answered that found the server away; the others of the same look need not wait for it too. */
    private Optional<Reading> away = Optional.empty();

    Watched(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** One question. */
    interface Question {
        Optional<Reading> ask(Connection connection) throws SQLException;
    }

    /** Another look begins: a server that was away is asked again. */
    void look() {
        away = Optional.empty();
    }

    /** Asks; a question that cannot be answered is answered with {@link Reading.Unknown}. */
    Optional<Reading> ask(Question question) {
        if (away.isPresent()) {
            return away;
        }
        try {
            Connection now = connection == null ? open() : connection;
            connection = now;
            return question.ask(now);
        } catch (SQLException failure) {
            String message = String.valueOf(failure.getMessage());
            Optional<Reading> unknown = Optional.of(new Reading.Unknown(message.lines()
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .orElse("no answer")
                    .strip()));
            if (isLost()) {
                away = unknown;
                close();
            }
            return unknown;
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
    private boolean isLost() {
        Connection now = connection;
        try {
            return now == null || now.isClosed() || !now.isValid(1);
        } catch (SQLException failure) {
            log.debug("asking {} whether it is alive: {}", endpoint, failure.getMessage());
            return true;
        }
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
