package dev.widekey.sandbox.mysql;

import java.util.Optional;

/**
 * The two servers all integration tests of one process share: started when first asked for, gone when the process ends.
 *
 * <p>{@code WIDEKEY_SOURCE_URL} and {@code WIDEKEY_TARGET_URL} (environment variables or system properties of the same
 * name, {@code mysql://user:password@host:port}) name servers to use instead; then nothing is started. Tests take a schema of
 * their own through {@link TestSchema}. Safe for use by several threads.
 */
public final class TestServers {

    private TestServers() {}

    /** The server the table moves from. */
    public static Server source() {
        return Source.SERVER;
    }

    /** The server the table moves to; never the same as {@link #source()} unless the URLs say so. */
    public static Server target() {
        return Target.SERVER;
    }

    /** The server that a setting names, or a fresh one. */
    public static Server namedOrStarted(String setting) {
        return Optional.ofNullable(System.getProperty(setting))
                .or(() -> Optional.ofNullable(System.getenv(setting)))
                .filter(url -> !url.isBlank())
                .<Server>map(ExternalServer::parse)
                .orElseGet(MySqlServer::start);
    }

    private static final class Source {
        static final Server SERVER = namedOrStarted("WIDEKEY_SOURCE_URL");
    }

    private static final class Target {
        static final Server SERVER = namedOrStarted("WIDEKEY_TARGET_URL");
    }
}
