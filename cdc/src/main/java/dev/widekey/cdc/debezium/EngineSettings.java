package dev.widekey.cdc.debezium;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedConfig.Tls;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.TableShape;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;

/**
 * The engine's properties: exact values, no snapshot, no silent skipping, failure at once. Stateless.
 */
final class EngineSettings {

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** The store needs a password to open; a PKCS#12 file with certificates alone carries the customary one. */
    static final String TRUSTSTORE_PASSWORD = "changeit";

    private static final Duration HEARTBEAT = Duration.ofMillis(50);

    private EngineSettings() {}

    /** @param shape tells which columns the engine has to decode */
    static Properties of(FeedConfig config, TableShape shape, Position from) {
        Properties p = new Properties();
        p.setProperty("name", config.name());
        p.setProperty("topic.prefix", config.name());
        p.setProperty("connector.class", StrictConnector.class.getName());
        connection(p, config);
        resume(p, config, from);
        values(p);
        if (!RowDecoder.isReadable(shape, config.columns())) {
            // Every row is read from the source anyway: nothing but the key is decoded, so nothing else can fail.
            p.setProperty(
                    "column.include.list",
                    DdlWatch.literal(config.schema()) + "\\." + DdlWatch.literal(config.table()) + "\\."
                            + DdlWatch.literal(config.keyColumn()));
        }
        liveness(p, config);
        return p;
    }

    private static void connection(Properties p, FeedConfig config) {
        p.setProperty("database.hostname", config.host());
        p.setProperty("database.port", Integer.toString(config.port()));
        p.setProperty("database.user", config.user());
        p.setProperty("database.password", config.password());
        p.setProperty("database.server.id", Long.toString(config.serverId()));
        p.setProperty("database.ssl.mode", config.tls().name().toLowerCase(Locale.ROOT));
        config.truststore().ifPresent(file -> {
            p.setProperty("database.ssl.truststore", file.toString());
            p.setProperty("database.ssl.truststore.password", TRUSTSTORE_PASSWORD);
        });
        if (config.tls() == Tls.DISABLED) {
            p.setProperty("driver.allowPublicKeyRetrieval", "true");
        }
        p.setProperty("connect.timeout.ms", Long.toString(CONNECT_TIMEOUT.toMillis()));
        p.setProperty("database.include.list", DdlWatch.literal(config.schema()));
        p.setProperty(
                "table.include.list", DdlWatch.literal(config.schema()) + "\\." + DdlWatch.literal(config.table()));
    }

    private static void resume(Properties p, FeedConfig config, Position from) {
        p.setProperty("offset.storage", StartOffset.class.getName());
        p.setProperty(StartOffset.PROPERTY, StartOffset.of(from));
        p.setProperty("snapshot.mode", "recovery");
        p.setProperty("snapshot.locking.mode", "none");
        p.setProperty("schema.history.internal", "io.debezium.relational.history.MemorySchemaHistory");
        p.setProperty("schema.history.internal.store.only.captured.tables.ddl", "true");
        p.setProperty("schema.history.internal.skip.unparseable.ddl", "false");
        p.setProperty(
                "internal.schema.history.internal.ddl.filter",
                new DdlWatch(config.schema(), config.table()).engineFilter());
        p.setProperty("include.schema.changes", "true");
    }

    private static void values(Properties p) {
        p.setProperty("skipped.operations", "none");
        p.setProperty("tombstones.on.delete", "false");
        p.setProperty("bigint.unsigned.handling.mode", "precise");
        p.setProperty("decimal.handling.mode", "precise");
        p.setProperty("binary.handling.mode", "bytes");
        p.setProperty("time.precision.mode", "microseconds");
        p.setProperty("enable.time.adjuster", "false");
        p.setProperty("event.converting.failure.handling.mode", "fail");
        p.setProperty("event.processing.failure.handling.mode", "fail");
        p.setProperty("inconsistent.schema.handling.mode", "fail");
    }

    private static void liveness(Properties p, FeedConfig config) {
        p.setProperty("errors.max.retries", "0");
        p.setProperty("heartbeat.interval.ms", Long.toString(HEARTBEAT.toMillis()));
        // The client's own reconnect is off: it also fires while the receiver is merely slow, and the feed rebuilds the
        // reader from a
        // known place anyway. The interval still sets the server's heartbeat, which is 0.8 of it: five in one
        // keep-alive.
        p.setProperty("connect.keep.alive", "false");
        p.setProperty(
                "connect.keep.alive.interval.ms",
                Long.toString(Math.max(500, config.keepAlive().toMillis() / 4)));
        p.setProperty("binlog.net.write.timeout", "3600");
        // How long a batch that is not full waits for more. What is written meanwhile is applied together; a quiet
        // stream is
        // the later by it, and costs the target a tenth of the commits.
        p.setProperty("poll.interval.ms", "100");
        p.setProperty("max.batch.size", "2048");
        p.setProperty("max.queue.size", "8192");
        p.setProperty("max.queue.size.in.bytes", Long.toString(32L << 20));
        p.setProperty("statistics.metrics.enabled", "false");
        p.setProperty("task.management.timeout.ms", "60000");
    }
}
