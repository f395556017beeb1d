package dev.widekey.sandbox.moving;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The daemon of the cutovers, and its switches. Starts another process when one is gone. Used by one thread. */
final class Steering implements AutoCloseable {
    private static final long LOOK_NANOS = 50_000_000L;
    private static final Pattern PAUSE = Pattern.compile("the target takes writes; they were held up for (\\d+) ms");

    private final Place place;
    private final TestSchema target;
    private final Path launcher;
    private final Path folder;
    private final String mode;
    private @Nullable DaemonProcess daemon;

    /**
     * Starts nothing yet.
     *
     * @param mode of the cutover
     */
    Steering(Place place, TestSchema target, Path launcher, Path folder, String mode) {
        this.mode = mode;
        this.place = place;
        this.target = target;
        this.launcher = launcher;
        this.folder = folder;
    }

    /** Sends the application back, or lets it go. */
    void turnRollback(boolean on) throws SQLException {
        if (!hasState()) {
            return;
        }
        String values = "('" + place.migration() + "', 'widekey.rollback', " + on
                + ", 1, 'cutovers', 'cutovers', NOW(6)) ON DUPLICATE KEY UPDATE enabled = VALUES(enabled), version = version + 1";
        target.execute("INSERT INTO " + place.stateSchema()
                + ".flag (migration, name, enabled, version, owner, reason, changed_at) VALUES " + values);
    }

    /** Waits until the migration stands there, over as many processes as it takes. */
    void await(String phase, Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!phase().equals(Optional.of(phase))) {
            live();
            refuse(deadline, phase);
        }
    }

    /** Waits until the move is on its way. */
    void awaitMoveBegun(boolean back, Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        String left = back ? "WATCH" : "READY";
        while (phase().filter(now -> !now.equals(left)).isEmpty()) {
            live();
            refuse(deadline, "a phase behind " + left);
        }
    }

    private void refuse(long deadline, String what) throws Exception {
        if (System.nanoTime() > deadline) {
            DaemonProcess last = daemon;
            if (last != null) {
                last.lastLines().forEach(System.out::println);
            }
            throw new IllegalStateException("not in " + what + " but in " + phase() + "; see " + folder);
        }
        LockSupport.parkNanos(this, LOOK_NANOS);
    }

    private void live() throws IOException, InterruptedException {
        DaemonProcess now = daemon;
        if (now != null && now.await(Duration.ofMillis(1)).isPresent()) {
            now.lastLines().forEach(System.out::println);
            now.close();
            daemon = null;
        }
        if (daemon == null) {
            daemon = DaemonProcess.start(launcher, config(), folder.resolve("log"), line -> {});
        }
    }

    /** Kills the daemon where it is. */
    void kill() throws InterruptedException {
        DaemonProcess now = daemon;
        if (now != null) {
            now.close();
            daemon = null;
        }
    }

    /** How long the last cutover has held the application's writes up, as the daemon says. */
    Optional<Long> pause() throws SQLException {
        return target.value("SELECT detail FROM " + place.stateSchema()
                        + ".phase_history WHERE phase = 'WATCH' ORDER BY seq DESC LIMIT 1")
                .map(PAUSE::matcher)
                .filter(Matcher::find)
                .map(found -> Long.parseLong(found.group(1)));
    }

    /** Whether both tables come to be equal while nobody writes. */
    boolean awaitEqual(Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline) {
            if (rows(place.source(), place.sourceTable()).equals(rows(place.target(), place.targetTable()))) {
                return true;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        return false;
    }

    private static String rows(Server server, String table) throws SQLException {
        return new TestSchema(server, "mysql")
                .value(
                        "SELECT CONCAT(COUNT(*), ' ', SUM(id), ' ', BIT_XOR(CAST(CONV(LEFT(MD5(CONCAT_WS('|', id, v, made)), 15), 16, 10)"
                                + " AS UNSIGNED))) FROM " + table)
                .orElse("none");
    }

    private boolean hasState() throws SQLException {
        return target.value("SELECT 1 FROM information_schema.tables WHERE table_schema = '" + place.stateSchema()
                        + "' AND table_name = 'flag'")
                .isPresent();
    }

    private Optional<String> phase() throws SQLException {
        return hasState() ? target.value("SELECT phase FROM " + place.stateSchema() + ".migration") : Optional.empty();
    }

    private Path config() throws IOException {
        return Files.writeString(folder.resolve("cutovers.yaml"), """
                migration: %s
                source: {host: %s, port: %d, user: %s, password: '%s', schema: %s, table: history, server-id: 71001}
                target: {host: %s, port: %d, user: %s, password: '%s', schema: %s, table: history, state-schema: %s}
                flags: {write: {name: %s, target-when: true}, read: {name: %s, target-when: false}}
                cutover: {mode: %s, id-gap: 100, quiet: 1s}
                backfill: {workers: 2}
                throttle: {mode: off}
                http: {listen: "127.0.0.1:0"}
                """.formatted(
                        place.migration(),
                        place.source().host(),
                        place.source().port(),
                        place.source().user(),
                        place.source().password(),
                        schema(place.sourceTable()),
                        place.target().host(),
                        place.target().port(),
                        place.target().user(),
                        place.target().password(),
                        schema(place.targetTable()),
                        place.stateSchema(),
                        place.write(),
                        place.read(),
                        mode));
    }

    private static String schema(String table) {
        return table.substring(0, table.indexOf('.'));
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
