package dev.widekey.daemon.database;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Secret;
import dev.widekey.daemon.config.Tls;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * How a server is reached.
 *
 * @param truststore PKCS#12 file for the verifying modes
 */
public record Endpoint(String host, int port, String user, Secret password, Tls tls, Optional<Path> truststore) {

    /** How values travel. */
    public enum Protocol {
        /** Results are the text MySQL itself makes of a value: what the copy reads. */
        TEXT,
        /** Parameters are sent beside the statement, as they are: what the copy writes. */
        BINARY
    }

    /** The server of the configuration. */
    public static Endpoint of(DaemonConfig.Server server) {
        return new Endpoint(
                server.host(), server.port(), server.user(), server.password(), server.tls(), server.truststore());
    }

    /** The JDBC address, without user and password. */
    public String url() {
        return "jdbc:mysql://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/";
    }

    /**
     * Connector/J properties that hold for every connection of the daemon.
     *
     * @param session SQL session variables, {@code name=value} separated by commas
     * @param attributes connection attributes, {@code name:value} separated by commas
     */
    public Properties properties(String session, String attributes, Protocol protocol) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.reveal());
        properties.setProperty("sslMode", tls.name());
        // Without TLS, caching_sha2_password needs the server's public key.
        properties.setProperty("allowPublicKeyRetrieval", Boolean.toString(tls == Tls.DISABLED));
        truststore.ifPresent(path -> {
            properties.setProperty("trustCertificateKeyStoreUrl", path.toUri().toString());
            properties.setProperty("trustCertificateKeyStoreType", "PKCS12");
            // A truststore holds nothing secret; this is the password every tool makes it with.
            properties.setProperty("trustCertificateKeyStorePassword", "changeit");
        });
        properties.setProperty("connectTimeout", "5000");
        properties.setProperty("socketTimeout", "120000");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("sessionVariables", session);
        properties.setProperty("connectionAttributes", attributes);
        // Text goes over the wire as the bytes it is stored as, and times as they are stored.
        properties.setProperty("connectionTimeZone", "UTC");
        properties.setProperty("preserveInstants", "false");
        properties.setProperty("zeroDateTimeBehavior", "EXCEPTION");
        properties.setProperty("useAffectedRows", "true");
        properties.setProperty("useServerPrepStmts", Boolean.toString(protocol == Protocol.BINARY));
        if (protocol == Protocol.BINARY) {
            // Rows are sent as files out of memory. No server gets a file of this machine: this is the only one it may
            // ask for.
            properties.setProperty("allowLoadLocalInfileInPath", "/dev/null");
        }
        properties.setProperty("cachePrepStmts", "true");
        properties.setProperty("prepStmtCacheSqlLimit", "65536");
        properties.setProperty("noAccessToProcedureBodies", "true");
        return properties;
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}
