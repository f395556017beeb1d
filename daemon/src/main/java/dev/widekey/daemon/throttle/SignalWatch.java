package dev.widekey.daemon.throttle;

import dev.widekey.daemon.config.Address;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Endpoint;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the signals, on a thread of its own: the source's latency twenty times a second, everything else once. While the pace does not follow the signals it
 * asks nobody.
 */
public final class SignalWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SignalWatch.class);

    private static final int READS_A_LOOK = 20;
    private static final long READ_MILLIS = 50;

    /** What two clocks and a network cannot help, in milliseconds. */
    private static final double ALWAYS = 0.2;

    private static final long END_SECONDS = 10;

    private final DaemonConfig.Throttle limits;
    private final String newestKey;
    private final Governor governor;
    private final CommitLatency commits;
    private final Watched source;
    private final Watched target;
    private final List<Watched> sourceReplicas;
    private final List<Watched> targetReplicas;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread named = new Thread(task, "signals");
        named.setDaemon(true);
        return named;
    });

    private Baseline baseline = new Baseline();
    private Optional<Reading> sourceFailure = Optional.empty();
    private int reads;

    /**
     * Begins to watch.
     *
     * @param key the source table's key column
     */
    public SignalWatch(
            DaemonConfig config,
            Endpoint source,
            Endpoint target,
            String key,
            CommitLatency commits,
            Governor governor) {
        this.limits = config.throttle();
        this.newestKey =
                Questions.newestKey(config.source().schema(), config.source().table(), key);
        this.governor = governor;
        this.commits = commits;
        this.source = new Watched(source);
        this.target = new Watched(target);
        this.sourceReplicas = replicas(limits.sourceReplicas(), source);
        this.targetReplicas = replicas(limits.targetReplicas(), target);
        ScheduledFuture<?> ignored = thread.scheduleWithFixedDelay(this::tick, 0, READ_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** What cannot be read of the replicas that are named; empty when all is well. */
    public static List<String> unreadable(DaemonConfig.Throttle limits, Endpoint source, Endpoint target) {
        return Stream.concat(
                        limits.sourceReplicas().stream().map(address -> unreadable("source", address, source, limits)),
                        limits.targetReplicas().stream().map(address -> unreadable("target", address, target, limits)))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> unreadable(
            String role, Address address, Endpoint server, DaemonConfig.Throttle limits) {
        try (Watched replica = new Watched(replica(address, server))) {
            return replica.ask(now -> Questions.replicaLag(now, limits.replicaLag()))
                    .filter(reading -> reading instanceof Reading.Unknown)
                    .map(reading -> role + " replica " + address + ": " + ((Reading.Unknown) reading).why());
        }
    }

    private void tick() {
        // A task that throws would never be called again. What was not read for a while stops the work.
        try {
            if (!governor.isFollowing()) {
                baseline = new Baseline();
                governor.rest(false);
                reads = 0;
                return;
            }
            readSource();
            // Before anything is known of the source's latency the pace waits as it began, stopped.
            boolean known = sourceFailure.isPresent() || baseline.lately().isPresent();
            if (++reads % READS_A_LOOK == 0 && known) {
                watched().forEach(Watched::look);
                governor.look(readings());
            }
        } catch (RuntimeException | Error failure) {
            log.error("the signals cannot be read: {}", failure.getMessage(), failure);
        }
    }

    private Stream<Watched> watched() {
        return Stream.concat(
                Stream.of(source, target), Stream.concat(sourceReplicas.stream(), targetReplicas.stream()));
    }

    private void readSource() {
        boolean quiet = governor.isQuiet();
        sourceFailure = source.ask(connection -> {
            double millis = Questions.latency(connection, newestKey);
            baseline.add(millis, quiet && governor.isQuiet());
            governor.rest(baseline.wantsRest());
            return Optional.empty();
        });
    }

    private Map<Signal, Reading> readings() {
        Map<Signal, Reading> readings = new EnumMap<>(Signal.class);
        put(readings, Signal.SOURCE_LATENCY, sourceFailure.or(this::latency));
        put(
                readings,
                Signal.SOURCE_THREADS_RUNNING,
                source.ask(now -> Questions.threadsRunning(now, limits.threadsRunning())));
        put(readings, Signal.SOURCE_PURGE_LAG, source.ask(now -> Questions.purgeLag(now, limits.purgeLag())));
        put(readings, Signal.SOURCE_REPLICA_LAG, worst(sourceReplicas, limits.sourceReplicas()));
        put(
                readings,
                Signal.TARGET_THREADS_RUNNING,
                target.ask(now -> Questions.threadsRunning(now, limits.threadsRunning())));
        put(readings, Signal.TARGET_COMMIT_LATENCY, commits.read(limits.commitLatency()));
        put(
                readings,
                Signal.TARGET_CHECKPOINT_AGE,
                target.ask(now -> Questions.checkpointAge(now, limits.checkpointAge())));
        put(readings, Signal.TARGET_PURGE_LAG, target.ask(now -> Questions.purgeLag(now, limits.purgeLag())));
        put(readings, Signal.TARGET_REPLICA_LAG, worst(targetReplicas, limits.targetReplicas()));
        return readings;
    }

    private Optional<Reading> latency() {
        OptionalDouble lately = baseline.lately();
        if (lately.isEmpty()) {
            return Optional.empty();
        }
        double limit = baseline.usual() * (1 + limits.sourceLatency() / 100.0) + ALWAYS;
        return Optional.of(new Reading.Value(lately.getAsDouble(), limit));
    }

    /** The replica that is furthest behind; one that cannot be asked is worse than any. */
    private Optional<Reading> worst(List<Watched> replicas, List<Address> addresses) {
        Optional<Reading> worst = Optional.empty();
        for (int i = 0; i < replicas.size(); i++) {
            Reading reading = replicas.get(i)
                    .ask(now -> Questions.replicaLag(now, limits.replicaLag()))
                    .orElseThrow();
            if (reading instanceof Reading.Unknown unknown) {
                return Optional.of(new Reading.Unknown(addresses.get(i) + ": " + unknown.why()));
            }
            if (worst.isEmpty() || ((Reading.Value) reading).value() > ((Reading.Value) worst.get()).value()) {
                worst = Optional.of(reading);
            }
        }
        return worst;
    }

    private static void put(Map<Signal, Reading> readings, Signal signal, Optional<Reading> reading) {
        reading.ifPresent(there -> readings.put(signal, there));
    }

    private static List<Watched> replicas(List<Address> addresses, Endpoint server) {
        return addresses.stream()
                .map(address -> new Watched(replica(address, server)))
                .toList();
    }

    /** A replica has the accounts of its server. */
    private static Endpoint replica(Address address, Endpoint server) {
        return new Endpoint(
                address.host(), address.port(), server.user(), server.password(), server.tls(), server.truststore());
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            // Its connections are closed by this thread once it has let go of them.
            if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return;
        }
        watched().forEach(Watched::close);
    }
}
