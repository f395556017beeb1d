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
        return Database.source(endpoint(server, server.port()), owner, CONNECTIONS, new SimpleMeterRegistry());
    }

    /** As rows are written. */
    public static Database target(Server server, Database.Owner owner) {
        return target(endpoint(server, server.port()), owner);
    }

    /** As rows are written, by another way than the server's own address. */
    public static Database target(Endpoint endpoint, Database.Owner owner) {
        return Database.target(endpoint, owner, CONNECTIONS, new SimpleMeterRegistry());
    }

    /** The server, behind a port of the same host. */
    public static Endpoint endpoint(Server server, int port) {
        return new Endpoint(
                server.host(), port, server.user(), new Secret(server.password()), Tls.REQUIRED, Optional.empty());
    }
}
