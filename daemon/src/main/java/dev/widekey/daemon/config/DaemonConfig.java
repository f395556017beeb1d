package dev.widekey.daemon.config;

import dev.widekey.backfill.ChunkOrder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the configuration file says, defaults filled in. A component's name is the key's name with dashes; {@code
 * password} stands for the four ways to give one. Immutable; printing it shows no password.
 *
 * @param migration the migration's id
 * @param start when a new migration begins
 */
public record DaemonConfig(
        String migration,
        Source source,
        Target target,
        Start start,
        Flags flags,
        Backfill backfill,
        Cutover cutover,
        Stream stream,
        Throttle throttle,
        Http http,
        Audit audit,
        Hooks hooks) {

    /** How one of the two servers is reached. */
    public sealed interface Server permits Source, Target {

        String host();

        int port();

        String user();

        Secret password();

        Tls tls();

        Optional<Path> truststore();

        String schema();

        String table();
    }

    /**
     * The table moved from.
     *
     * @param serverId the replica id the change stream uses, unique among everything that reads this server's binlog
     */
    public record Source(
            String host,
            int port,
            String user,
            Secret password,
            Tls tls,
            Optional<Path> truststore,
            String schema,
            String table,
            long serverId)
            implements Server {}

    /**
     * The table moved to.
     *
     * @param stateSchema where the daemon keeps its own tables
     */
    public record Target(
            String host,
            int port,
            String user,
            Secret password,
            Tls tls,
            Optional<Path> truststore,
            String schema,
            String table,
            String stateSchema)
            implements Server {}

    /** The application's two flags, and where it looks for them. */
    public record Flags(FlagKey write, FlagKey read, FlagOutlet store) {}

    /** One flag: its name, and the value that sends the application to the target. */
    public record FlagKey(String name, boolean targetWhen) {}

    /**
     * The copy.
     *
     * @param workers chunks copied at the same time
     * @param chunkRows most rows in a chunk
     * @param indexes when the target's secondary indexes are built
     * @param existingRows whether the target may hold rows before the start
     */
    public record Backfill(int workers, int chunkRows, ChunkOrder order, Indexes indexes, ExistingRows existingRows) {}

    /**
     * The move of writes and reads.
     *
     * @param mode how writes move
     * @param order what comes first in a rolling cutover
     * @param auto whether to go on without approval once every gate holds
     * @param idGap the least number of ids left free between the highest source id and the first the target gives out
     * @param idGapFixed whether exactly that many are, so that the writes stay where they are while the rate asks for more
     * @param quiet how long the source must see no write before reads move
     * @param maxLag how far the stream may be behind for a gate to hold
     * @param lockWait how long a fence may wait for open transactions at once, in whole seconds
     * @param maxPause how long the application's writes may be refused before a fenced cutover gives up
     * @param rollback whether the source is kept able to take over again after the cutover: the databases say who may write, and the source follows
     */
    public record Cutover(
            CutoverMode mode,
            CutoverOrder order,
            boolean auto,
            long idGap,
            boolean idGapFixed,
            Duration quiet,
            Duration maxLag,
            Duration lockWait,
            Duration maxPause,
            boolean rollback) {

        /** Whether the application writes to the target before the first row is copied. */
        public boolean writesFirst() {
            return mode == CutoverMode.ROLLING && order == CutoverOrder.WRITE_FIRST;
        }
    }

    /** The change stream; {@code keepAlive} is how often an idle source proves that it is alive. */
    public record Stream(Duration keepAlive) {}

    /**
     * What holds the work of the daemon back.
     *
     * @param mode whether the work follows the signals below
     * @param rowsPerSecond most rows read for copy and comparison and taken from the stream together
     * @param bytesPerSecond the same in bytes of column values
     * @param connections most connections to each server; empty for as many as the workers want
     * @param sourceLatency how much longer a read of one row of the source may take than while the daemon rests, in percent
     * @param threadsRunning most statements at work on each server, the daemon's own included
     * @param commitLatency the longest a commit on the target may take
     * @param checkpointAge how much of the target's redo log may wait for a checkpoint, in percent
     * @param purgeLag the longest history list of each server, in transactions
     * @param replicaLag how far a named replica may be behind
     * @param sourceReplicas the source's replicas to look at
     * @param targetReplicas the target's replicas to look at
     */
    public record Throttle(
            Pacing mode,
            Rate rowsPerSecond,
            Rate bytesPerSecond,
            Optional<Integer> connections,
            int sourceLatency,
            int threadsRunning,
            Duration commitLatency,
            int checkpointAge,
            long purgeLag,
            Duration replicaLag,
            List<Address> sourceReplicas,
            List<Address> targetReplicas) {
        /** The connections to a server that do not belong to a worker: the stream and its parts, lease, flags, signals, spare ones. */
        public static final int WITHOUT_WORKERS = 14;

        /** Keeps its own copies. */
        public Throttle {
            sourceReplicas = List.copyOf(sourceReplicas);
            targetReplicas = List.copyOf(targetReplicas);
        }
    }

    /** Workers that run: as many as wanted, as far as the connections suffice. */
    public int workers() {
        int most = throttle.connections().orElse(Integer.MAX_VALUE) - Throttle.WITHOUT_WORKERS;
        return Math.min(backfill.workers(), most);
    }

    /** The status page and the metrics. */
    public record Http(Listen listen) {}

    /**
     * What the audits look for beside what the two tables' definitions tell. The daemon does not use it.
     *
     * @param classes the operator's own classes of anomalies by name, in the file's order
     * @param groupBy columns by whose values totals are told apart
     * @param byDay columns with a date by whose days totals are told apart
     */
    public record Audit(Map<String, Condition> classes, List<String> groupBy, List<String> byDay) {

        /** Keeps its own copies. */
        public Audit {
            classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
            groupBy = List.copyOf(groupBy);
            byDay = List.copyOf(byDay);
        }
    }

    /**
     * Who is told when every row is verified and when the flags move.
     *
     * @param patience how long one event is sent again before it is given up
     */
    public record Hooks(Optional<Webhook> webhook, Optional<Kafka> kafka, Duration patience) {

        /** Whether nobody is to be told. */
        public boolean isEmpty() {
            return webhook.isEmpty() && kafka.isEmpty();
        }
    }

    /**
     * An address that takes events by HTTP. It may hold a secret itself.
     *
     * @param token what authorises the requests
     */
    public record Webhook(URI url, Optional<Secret> token) {

        @Override
        public String toString() {
            return "webhook at " + url.getHost();
        }
    }

    /**
     * A topic that takes events.
     *
     * @param servers where to ask for the brokers, as {@code host:port}
     * @param properties further settings of the producer, which may hold secrets
     */
    public record Kafka(List<String> servers, String topic, Map<String, Secret> properties) {

        /** Keeps its own copies. */
        public Kafka {
            servers = List.copyOf(servers);
            properties = Map.copyOf(properties);
        }
    }

    /** An address to listen on; port 0 takes any free one. */
    public record Listen(String host, int port) {

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }
}
