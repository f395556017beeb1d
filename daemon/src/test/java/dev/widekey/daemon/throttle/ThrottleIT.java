package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.daemon.config.ConfigLoader;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Secret;
import dev.widekey.daemon.config.Tls;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The signals, as real servers give them. */
@Timeout(180)
class ThrottleIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private TestSchema source;

    @BeforeEach
    void createTable() throws SQLException {
        source = TestSchema.on(TestServers.source(), "throttle");
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)");
    }

    @AfterEach
    void dropTable() throws SQLException {
        source.close();
    }

    @Test
    void serversThatAreWellLetTheWorkSpeedUp() throws Exception {
        try (Watching watching = watch("source-latency: 100000, commit-latency: 10s")) {
            assertThat(watching.governor.share()).isZero();
            assertThat(watching.governor.begin()).isEmpty();
            watching.await(() -> watching.governor.share() > 0.2);
            watching.await(() -> watching.governor.begin().isPresent());
            for (Signal signal : List.of(
                    Signal.SOURCE_LATENCY,
                    Signal.SOURCE_THREADS_RUNNING,
                    Signal.SOURCE_PURGE_LAG,
                    Signal.TARGET_THREADS_RUNNING,
                    Signal.TARGET_COMMIT_LATENCY,
                    Signal.TARGET_CHECKPOINT_AGE,
                    Signal.TARGET_PURGE_LAG)) {
                assertThat(watching.governor.ratio(signal)).as(signal.label()).isBetween(0.0, 1.0);
            }
            assertThat(watching.governor.ratio(Signal.SOURCE_REPLICA_LAG)).isNaN();
        }
    }

    @Test
    void statementsAtWorkSlowItDown() throws Exception {
        List<Connection> sleeping = new ArrayList<>();
        try (Watching watching = watch("threads-running: 12")) {
            for (int i = 0; i < 16; i++) {
                Connection session = TestServers.source().connect();
                sleeping.add(session);
                Thread sleeper = new Thread(() -> {
                    try (Statement sleep = session.createStatement()) {
                        sleep.execute("SELECT SLEEP(600)");
                    } catch (SQLException ended) {
                        // The test ends it with its connection.
                        return;
                    }
                });
                sleeper.setDaemon(true);
                sleeper.start();
            }
            watching.awaitReason("source threads running ");
            assertThat(watching.governor.ratio(Signal.SOURCE_THREADS_RUNNING)).isGreaterThan(1);
        } finally {
            for (Connection session : sleeping) {
                session.abort(Runnable::run);
            }
        }
    }

    @Test
    void anOldSnapshotOnTheSourceSlowsItDown() throws Exception {
        try (Connection reader = source.connect();
                Statement read = reader.createStatement();
                Watching watching = watch("purge-lag: 200")) {
            read.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            read.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            for (int i = 0; i < 300; i++) {
                source.execute("UPDATE t SET v = v + 1");
            }
            watching.awaitReason("source purge lag ");
        }
    }

    @Test
    void anAccountThatMaySeeTooLittleStopsTheWorkAndSaysWhy() throws Exception {
        TestServers.source()
                .execute(
                        "CREATE USER 'half-blind'@'%' IDENTIFIED BY 'secret-password'",
                        "GRANT SELECT ON " + source.name() + ".* TO 'half-blind'@'%'");
        try (Watching watching = watch(
                endpoint(TestServers.source(), "half-blind", "secret-password"),
                endpoint(TestServers.target()),
                "source-latency: 100000")) {
            watching.awaitReason("unknown: source purge lag: Access denied");
            assertThat(watching.governor.reason().orElseThrow())
                    .contains("PROCESS")
                    .endsWith(", stopped")
                    .doesNotContain("secret-password");
            assertThat(watching.governor.begin()).isEmpty();
            TestServers.source().execute("GRANT PROCESS ON *.* TO 'half-blind'@'%'");
            // What an account may do on the whole server is decided when it connects.
            killAll("half-blind");
            watching.await(() -> watching.governor.begin().isPresent());
        } finally {
            TestServers.source().execute("DROP USER 'half-blind'@'%'");
        }
    }

    @Test
    void aServerThatIsAwayStopsTheWorkUntilItIsBack() throws Exception {
        try (MySqlServer target = MySqlServer.start();
                Watching watching = watch(endpoint(TestServers.source()), endpoint(target), "source-latency: 100000")) {
            watching.await(() -> watching.governor.share() > 0);
            target.kill();
            watching.awaitReason("unknown: ");
            assertThat(watching.governor.reason().orElseThrow()).contains("target threads running: ");
            target.resume();
            watching.await(() -> watching.governor.share() > 0);
        }
    }

    @Test
    void theCheckpointsAgeIsReadOnNewAndOldServersAlike() throws Exception {
        try (Connection target = TestServers.target().connect();
                TestSchema schema = TestSchema.on(TestServers.target(), "redo")) {
            schema.execute("CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, v LONGTEXT)");
            await().atMost(PATIENCE).until(() -> {
                schema.execute("INSERT INTO big (v) VALUES (REPEAT('x', 8000000))");
                double age =
                        ((Reading.Value) Questions.checkpointAge(target, 80).orElseThrow()).value();
                OptionalDouble older = Questions.percentOf(monitor(target), 256L << 20);
                assertThat(age).isBetween(0.0, 100.0);
                return age > 1 && older.orElse(0) > 1;
            });
        }
        assertThat(Questions.percentOf("nothing of it", 1)).isEmpty();
    }

    @Test
    void aReplicaThatFallsBehindStopsTheWorkAndOneThatIsNoneIsUnknown() throws Exception {
        try (MySqlServer first = MySqlServer.start();
                MySqlServer replica = MySqlServer.start(ServerOptions.defaults().with("skip-replica-start", "ON"));
                Connection asked = replica.connect()) {
            assertThat(Questions.replicaLag(asked, Duration.ofSeconds(1)))
                    .contains(new Reading.Unknown("it is no replica"));
            replica.execute("CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=" + first.port()
                    + ", SOURCE_USER='root', SOURCE_PASSWORD='" + first.password()
                    + "', SOURCE_SSL=1, SOURCE_AUTO_POSITION=1, SOURCE_DELAY=3600");
            assertThat(Questions.replicaLag(asked, Duration.ofSeconds(1)))
                    .contains(new Reading.Unknown("replication is stopped"));
            String named = "replica-lag: 1s, source-replicas: ['127.0.0.1:" + replica.port() + "']";
            assertThat(SignalWatch.unreadable(
                            config(named).throttle(), endpoint(first), endpoint(TestServers.target())))
                    .containsExactly("source replica 127.0.0.1:" + replica.port() + ": replication is stopped");
            first.execute("CREATE DATABASE later");
            replica.execute("START REPLICA");
            try (Watching watching = watch(named)) {
                // It holds the change and waits an hour: further behind every second.
                watching.awaitReason("source replica lag ");
                assertThat(watching.governor.ratio(Signal.SOURCE_REPLICA_LAG)).isGreaterThan(1);
            }
        }
    }

    private static String monitor(Connection server) throws SQLException {
        try (Statement statement = server.createStatement();
                ResultSet row = statement.executeQuery("SHOW ENGINE INNODB STATUS")) {
            row.next();
            return row.getString("Status");
        }
    }

    private static void killAll(String user) throws SQLException {
        List<String> kills = new ArrayList<>();
        try (Connection connection = TestServers.source().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT CONCAT('KILL ', id) FROM performance_schema.processlist WHERE user = '" + user + "'")) {
            while (row.next()) {
                kills.add(row.getString(1));
            }
        }
        TestServers.source().execute(kills.toArray(String[]::new));
    }

    private Watching watch(String limits) throws Exception {
        return watch(endpoint(TestServers.source()), endpoint(TestServers.target()), limits);
    }

    private Watching watch(Endpoint from, Endpoint to, String limits) throws Exception {
        return new Watching(config(limits), from, to);
    }

    private DaemonConfig config(String limits) throws Exception {
        Path file = Files.writeString(folder.resolve("throttle.yaml"), """
                migration: m
                source: {host: a, user: u, password: p, schema: %s, table: t, server-id: 9}
                target: {host: b, user: u, password: p, schema: s, table: t}
                flags: {write: {name: w, target-when: true}, read: {name: r, target-when: false}}
                throttle: {%s}
                """.formatted(source.name(), limits));
        return new ConfigLoader(Map.of()).load(file);
    }

    private static Endpoint endpoint(Server server) {
        return endpoint(server, server.user(), server.password());
    }

    private static Endpoint endpoint(Server server, String user, String password) {
        return new Endpoint(server.host(), server.port(), user, new Secret(password), Tls.REQUIRED, Optional.empty());
    }

    /** A governor whose signals are watched. */
    private static final class Watching implements AutoCloseable {
        private final Governor governor;
        private final CommitLatency commits = new CommitLatency(System::nanoTime);
        private final SignalWatch watch;

        Watching(DaemonConfig config, Endpoint from, Endpoint to) {
            governor = new Governor(Settings.of(config), System::nanoTime);
            watch = new SignalWatch(config, from, to, "id", commits, governor);
            commits.begins();
            commits.ends();
        }

        void awaitReason(String beginning) {
            await(() ->
                    governor.reason().filter(now -> now.startsWith(beginning)).isPresent());
        }

        /** Waits, with commits going on as in a daemon. */
        void await(Callable<Boolean> condition) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .conditionEvaluationListener(look -> {
                        commits.begins();
                        commits.ends();
                    })
                    .until(condition);
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
