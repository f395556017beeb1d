package dev.widekey.daemon.database;

import dev.widekey.daemon.config.Secret;
import dev.widekey.daemon.config.Tls;
import dev.widekey.sandbox.mysql.Server;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;

/** The daemon's own pools, onto test servers. */
public final class TestDatabases {
    private static final int CONNECTIONS = 4;

    private TestDatabases() {}

    /** As rows are read. */
    public static Database source(Server server, Database.Owner owner) {
        return source(endpoint(server, Tls.REQUIRED), owner);
    }

    /** As rows are read, by a way of the test's own. */
    public static Database source(Endpoint endpoint, Database.Owner owner) {
        return Database.source(endpoint, owner, CONNECTIONS, new SimpleMeterRegistry());
    }

    /** As rows are written. */
    public static Database target(Server server, Database.Owner owner) {
        return target(endpoint(server, Tls.REQUIRED), owner);
    }

    /** As rows are written, by a way of the test's own. */
    public static Database target(Endpoint endpoint, Database.Owner owner) {
        return Database.target(endpoint, owner, CONNECTIONS, new SimpleMeterRegistry());
    }

    /** The server without TLS, for a way that has to read what is said. */
    public static Endpoint plain(Server server) {
        return endpoint(server, Tls.DISABLED);
    }

    private static Endpoint endpoint(Server server, Tls tls) {
        return new Endpoint(
                server.host(), server.port(), server.user(), new Secret(server.password()), tls, Optional.empty());
    }
}
