package dev.widekey.cdc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a stream reads and how it reaches the source.
 *
 * @param name unique per stream in this JVM; letters, digits, {@code -} and {@code _}
 * @param password never printed
 * @param truststore PKCS#12 file with the certificates to trust, under the customary password {@code changeit}; for the two
 *     verifying TLS modes, which take the Java runtime's certificates without it
 * @param serverId the replica id this reader uses; unique among everything that reads the source's binlog
 * @param table the only table whose changes are delivered
 * @param columns the projection: columns to deliver, in order; the key column is one of them
 * @param keepAlive how often an idle source is made to prove it is alive; three of them in silence restart the reader
 */
public record FeedConfig(
        String name,
        String host,
        int port,
        String user,
        String password,
        Tls tls,
        Optional<Path> truststore,
        long serverId,
        String schema,
        String table,
        String keyColumn,
        List<String> columns,
        Duration keepAlive) {

    /** Transport security towards the source. */
    public enum Tls {
        DISABLED,
        REQUIRED,
        VERIFY_CA,
        VERIFY_IDENTITY
    }

    @Override
    public String toString() {
        return "FeedConfig[" + name + ", " + user + "@" + host + ":" + port + ", " + schema + "." + table + "]";
    }
}
