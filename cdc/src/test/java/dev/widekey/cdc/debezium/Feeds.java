package dev.widekey.cdc.debezium;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Configurations and positions for tests. */
final class Feeds {

    static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    static final Pace PACE =
            new Pace(Duration.ofMillis(500), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10));

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Feeds() {}

    static FeedConfig config(Server server, String schema, String table, String... columns) {
        return configAs(server, server.user(), server.password(), schema, table, columns);
    }

    static FeedConfig configAs(
            Server server, String user, String password, String schema, String table, String... columns) {
        int number = NUMBER.incrementAndGet();
        return new FeedConfig(
                "test-" + number,
                server.host(),
                server.port(),
                user,
                password,
                FeedConfig.Tls.REQUIRED,
                Optional.empty(),
                700_000 + number,
                schema,
                table,
                "id",
                List.of(columns),
                KEEP_ALIVE);
    }

    static Position start(Server server, FeedConfig config) throws SQLException {
        try (Connection connection = server.connect()) {
            return Position.start(connection, config);
        }
    }

    static Position endOfLog(Server server) throws SQLException {
        try (Connection connection = server.connect()) {
            return Position.endOfLog(connection);
        }
    }
}
