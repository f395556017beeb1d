package dev.widekey.daemon;

import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A small table {@code history (id, v, made)} on both sides and the real daemon to move it, as a process of its own. */
final class SmallWorld implements AutoCloseable {
    static final Path LAUNCHER =
            Path.of("../deploy/bin/widekey").toAbsolutePath().normalize();

    private static final AtomicInteger REPLICA = new AtomicInteger(81_000);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    final TestSchema source;
    final TestSchema target;
    private final Server targetServer;
    private final Server sourceSeen;
    private final Server targetSeen;
    private final Path folder;
    private final int replica = REPLICA.incrementAndGet();

    SmallWorld() throws Exception {
        this(TestServers.source(), TestServers.target());
    }

    SmallWorld(Server sourceServer, Server targetServer) throws Exception {
        this(sourceServer, targetServer, sourceServer, targetServer);
    }

    /** A world whose daemon reaches the servers another way than the test does. */
    SmallWorld(Server sourceServer, Server targetServer, Server sourceSeen, Server targetSeen) throws Exception {
        this.targetServer = targetServer;
        this.sourceSeen = sourceSeen;
        this.targetSeen = targetSeen;
        source = TestSchema.on(sourceServer, "small_source");
        target = TestSchema.on(targetServer, "small_target");
        source.execute(
                "CREATE TABLE history (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v LONGTEXT NULL, made DATETIME NOT NULL)"
                        + " DEFAULT CHARSET utf8mb3");
        target.execute("CREATE TABLE history (made DATETIME(6) NOT NULL, v LONGTEXT NULL,"
                + " id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY) DEFAULT CHARSET utf8mb3");
        folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/small-worlds")), "world-")
                .toAbsolutePath();
    }

    /** Gives the source the times of the target: rows can then go back as they are. */
    SmallWorld refined() throws Exception {
        source.execute("ALTER TABLE history MODIFY made DATETIME(6) NOT NULL");
        return this;
    }

    /** Fills the source with rows 1 to {@code rows}. */
    void fill(int rows) throws Exception {
        source.execute(
                "SET SESSION cte_max_recursion_depth = 10000000",
                "INSERT INTO history (v, made) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + rows + ") SELECT CONCAT('row ', i, ' ', REPEAT('x', i % 300)), '2015-05-05 05:05:05' FROM n");
    }

    /** The configuration, with further lines, and with lines replaced by key. */
    Path config(String... more) throws IOException {
        String text = """
                migration: small
                source: {host: %s, port: %d, user: %s, password: '%s', tls: %s, schema: %s, table: history, server-id: %d}
                target: {host: %s, port: %d, user: %s, password: '%s', tls: %s, schema: %s, table: history, state-schema: %s}
                flags: {write: {name: WRITE_NEW, target-when: true}, read: {name: READ_OLD, target-when: false}}
                stream: {keep-alive: 2s}
                http: {listen: "127.0.0.1:0"}
                %s
                """.formatted(
                sourceSeen.host(),
                sourceSeen.port(),
                sourceSeen.user(),
                sourceSeen.password(),
                tls(sourceSeen),
                source.name(),
                replica,
                targetSeen.host(),
                targetSeen.port(),
                targetSeen.user(),
                targetSeen.password(),
                tls(targetSeen),
                target.name(),
                target.name() + "_state",
                // A busy machine is no reason to let a test wait; what follows the servers' state says so.
                Arrays.stream(more).anyMatch(line -> line.startsWith("throttle:")) ? "" : "throttle: {mode: off}");
        String lines = Arrays.stream(more).map(SmallWorld::rolling).collect(Collectors.joining("\n")) + "\n";
        boolean saysHow = lines.contains("cutover:");
        return Files.writeString(
                folder.resolve("small.yaml"),
                text + lines + (saysHow ? "" : "cutover: {mode: rolling, rollback: false}\n"));
    }

    /** Most tests are about what comes before a cutover, or about a rolling one without a way back; those of another kind say so. */
    private static String rolling(String line) {
        return line.contains("mode: fenced") || line.contains("mode: rolling")
                ? line
                : line.replace("cutover: {", "cutover: {mode: rolling, rollback: false, ");
    }

    private static String tls(Server server) {
        return server.sslMode().equals("DISABLED") ? "disabled" : "required";
    }

    /** Starts {@code widekey run}. */
    DaemonProcess start(Path config) throws IOException {
        return start(config, Map.of());
    }

    /** Starts {@code widekey run} with further options for Java. */
    DaemonProcess start(Path config, String options) throws IOException {
        return start(config, Map.of("WIDEKEY_JAVA_OPTS", options));
    }

    /** Starts {@code widekey run} with variables of its own. */
    DaemonProcess start(Path config, Map<String, String> variables) throws IOException {
        Map<String, String> all = new HashMap<>(variables);
        // A short-lived process is best off with the cheap compiler.
        all.merge("WIDEKEY_JAVA_OPTS", "-XX:TieredStopAtLevel=1", (more, cheap) -> cheap + " " + more);
        return DaemonProcess.start(LAUNCHER, config, folder.resolve("log"), all, line -> {});
    }

    /** Lets a daemon go as far as {@code READY} and stops it there. */
    void copyAndStop(Path config) throws Exception {
        try (DaemonProcess daemon = start(config)) {
            awaitPhase("READY");
            daemon.terminate();
            Ended stopped = end(daemon);
            if (stopped.code() != 0) {
                throw new AssertionError(stopped.output());
            }
        }
    }

    /** Moves an idle daemon's cutover on, once whoever writes to the source has stopped. */
    void approve() throws Exception {
        target.execute("INSERT INTO " + target.name()
                + "_state.flag (migration, name, enabled, version, owner, reason, changed_at)"
                + " VALUES ('small', 'widekey.cutover', 1, 1, 'test', 'test', NOW(6))");
    }

    /** Purges every log but a new one, as soon as nobody reads the old ones: until then the server keeps them and says nothing. */
    static void purgeLogs(Server server) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            await("purged logs").atMost(PATIENCE).until(() -> {
                // The reader that is gone is noticed when there is something to send to it.
                statement.execute("FLUSH BINARY LOGS");
                String newest = text(statement, "SHOW MASTER STATUS");
                statement.execute("PURGE BINARY LOGS TO '" + newest + "'");
                return newest.equals(text(statement, "SHOW BINARY LOGS"));
            });
        }
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Waits until the daemon says it. */
    void awaitLog(String text) {
        await("the daemon saying: " + text).atMost(PATIENCE).until(() -> log().contains(text));
    }

    /** Waits until so many chunks are copied. */
    void awaitChunks(int count) {
        await(count + " chunks")
                .atMost(PATIENCE)
                .until(() -> state("SELECT COUNT(*) >= " + count + " FROM chunk WHERE copied")
                        .equals(Optional.of("1")));
    }

    /** Runs the daemon to its end. */
    Ended run(Path config) throws Exception {
        try (DaemonProcess daemon = start(config)) {
            return end(daemon);
        }
    }

    /** Lets a daemon that waits for its start begin, with the copy held back. */
    void startPaused(Path config) throws Exception {
        await("a daemon that waits").atMost(PATIENCE).until(() -> log().contains("in phase IDLE"));
        flag(config, "widekey.pause", "on");
        await("the pause").atMost(PATIENCE).until(() -> log().contains("CachedSwitch: paused"));
        flag(config, "widekey.start", "on");
        awaitPhase("BACKFILL");
    }

    /** Lets a daemon that waits in READY compare nothing more by itself, so that a difference stays what a command finds. */
    void pause(Path config) throws Exception {
        flag(config, "widekey.pause", "on");
        awaitLog("CachedSwitch: paused");
    }

    /** Turns one of the daemon's own flags. */
    void flag(Path config, String name, String position) throws Exception {
        Ended set = command("flags", "set", "--config", config.toString(), name, position);
        if (set.code() != 0) {
            throw new AssertionError(set.output());
        }
    }

    /** Waits for the daemon's end. */
    Ended end(DaemonProcess daemon) throws Exception {
        int code = daemon.await(PATIENCE).orElseThrow(() -> new AssertionError("still running; see " + folder));
        return new Ended(code, log());
    }

    /** Begins another command of the launcher; what it says is in the file. */
    Process begin(Path output, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(LAUNCHER.toString()));
        line.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Runs another command of the launcher to its end. */
    Ended command(String... arguments) throws Exception {
        Path output = folder.resolve("output");
        Process process = begin(output, arguments);
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(List.of(arguments) + " does not end");
        }
        return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    /** Everything the daemon's processes have said. */
    String log() throws IOException {
        return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
    }

    void awaitPhase(String phase) {
        await("phase " + phase).atMost(PATIENCE).until(() -> phase().equals(Optional.of(phase)));
    }

    /** Waits for a phase that may be too short to be seen. */
    void awaitPhaseOrLater(String phase) {
        await("phase " + phase)
                .atMost(PATIENCE)
                .until(() -> state("SELECT COUNT(*) > 0 FROM phase_history WHERE phase = '" + phase + "'")
                        .equals(Optional.of("1")));
    }

    Optional<String> phase() throws Exception {
        return state("SELECT phase FROM migration");
    }

    /** One value of the daemon's state; empty before there is any. */
    Optional<String> state(String query) throws Exception {
        String qualified = query.replace("FROM ", "FROM " + target.name() + "_state.");
        boolean there = target.value("SELECT 1 FROM information_schema.tables WHERE table_schema = '" + target.name()
                        + "_state' AND table_name = 'flag_history'")
                .isPresent();
        return there ? target.value(qualified) : Optional.empty();
    }

    /** Changes the daemon's state, as a crash at a chosen line would have left it. */
    void meddle(String... updates) throws Exception {
        for (String update : updates) {
            target.execute(update.replace("UPDATE ", "UPDATE " + target.name() + "_state."));
        }
    }

    /** The pair of flags, write first. */
    String flags() throws Exception {
        return state(
                        "SELECT GROUP_CONCAT(enabled ORDER BY name DESC) FROM flag WHERE name IN ('WRITE_NEW', 'READ_OLD')")
                .orElse("none");
    }

    /** All rows of one side as one text, in key order. */
    static String rows(TestSchema schema) throws Exception {
        return schema.value(
                        "SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(id), 0), ' ', COALESCE(BIT_XOR(CRC32(CONCAT_WS('|', id, v, CAST(made AS"
                                + " DATETIME)))), 0)) FROM history")
                .orElseThrow();
    }

    /** How a process ended and all it said. */
    record Ended(int code, String output) {}

    @Override
    public void close() throws Exception {
        targetServer.execute("DROP DATABASE IF EXISTS " + target.name() + "_state");
        source.server().execute("DROP DATABASE IF EXISTS " + target.name() + "_state_back");
        source.close();
        target.close();
    }
}
