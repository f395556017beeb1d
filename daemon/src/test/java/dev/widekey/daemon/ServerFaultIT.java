package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the servers while the whole daemon runs and an application writes: it says so, waits, goes on, and loses nothing. */
@Timeout(300)
class ServerFaultIT {
    private static final int ROWS = 30_000;
    private static final String SMALL_CHUNKS = "backfill: {workers: 2, chunk-rows: 100}";
    private static final String BY_HAND = "cutover: {quiet: 3s, auto: false}";

    @TempDir
    private Path folder;

    @Test
    void aKilledSourceIsWaitedForInTheCopyAndInTheDrain() throws Exception {
        try (MySqlServer source = MySqlServer.start();
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            killInCopyAndDrain(world, source, "The binlog reader is restarted");
        }
    }

    @Test
    void aKilledTargetIsWaitedForInTheCopyAndInTheDrain() throws Exception {
        try (MySqlServer target = MySqlServer.start();
                SmallWorld world = new SmallWorld(TestServers.source(), target)) {
            killInCopyAndDrain(world, target, "apply failed, attempt");
        }
    }

    private static void killInCopyAndDrain(SmallWorld world, MySqlServer server, String streamSays) throws Exception {
        world.fill(ROWS);
        try (DaemonProcess daemon = world.start(world.config(BY_HAND, SMALL_CHUNKS))) {
            try (LiveWriter writer = LiveWriter.on(world.source, ROWS)) {
                world.awaitChunks(5);
                // What fails is the step a worker is at: reading or writing rows, planning, or asking for a commit's
                // outcome.
                killAndResume(world, server, "\\[copy-\\d] Retries: \\w+ failed, attempt");
                world.awaitPhase("READY");
                world.approve();
                world.awaitPhase("DRAIN");
                // The writer is a straggler now.
                killAndResume(world, server, streamSays);
                long before = writer.writes();
                await().atMost(Duration.ofSeconds(60)).until(() -> writer.writes() > before);
                assertThat(world.phase()).hasValue("DRAIN");
            }
            endsWell(world, daemon);
        }
    }

    private static void killAndResume(SmallWorld world, MySqlServer server, String says) throws Exception {
        int said = world.log().length();
        Pattern words = Pattern.compile(says);
        server.kill();
        await("words on a killed server")
                .atMost(Duration.ofSeconds(60))
                .until(() -> words.matcher(world.log().substring(said)).find());
        server.resume();
    }

    @Test
    void aTargetThatIsReadOnlyForAWhileIsWaitedFor() throws Exception {
        try (MySqlServer target = MySqlServer.start();
                SmallWorld world = new SmallWorld(TestServers.source(), target)) {
            world.fill(ROWS);
            try (DaemonProcess daemon = world.start(world.config(BY_HAND, SMALL_CHUNKS))) {
                try (LiveWriter writer = LiveWriter.on(world.source, ROWS)) {
                    world.awaitChunks(5);
                    target.execute("SET GLOBAL super_read_only = ON");
                    world.awaitLog("--super-read-only option");
                    world.awaitLog("the lease could not be renewed");
                    target.execute("SET GLOBAL super_read_only = OFF", "SET GLOBAL read_only = OFF");
                    world.awaitPhase("READY");
                    assertThat(writer.writes()).isPositive();
                }
                world.approve();
                endsWell(world, daemon);
            }
        }
    }

    @Test
    void locksAndDeadlocksOnTheTargetAreOutlasted() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            try (DaemonProcess daemon = world.start(world.config(BY_HAND, SMALL_CHUNKS));
                    Connection other = world.target.connect();
                    Statement locks = other.createStatement()) {
                world.awaitPhase("READY");
                other.setAutoCommit(false);
                // Heavier than the stream's transaction, which is therefore the one that is rolled back.
                locks.execute("UPDATE history SET v = CONCAT(v, ' for now') WHERE id BETWEEN 200 AND 300");
                world.source.execute("UPDATE history SET v = 'both at once' WHERE id IN (1, 300)");
                await("the stream waits for a lock")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> world.target
                                .value(
                                        "SELECT COUNT(*) > 0 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
                                .equals(Optional.of("1")));
                locks.execute("SELECT id FROM history WHERE id = 1 FOR UPDATE");
                world.awaitLog("apply failed, attempt 2");
                assertThat(world.log()).contains("Deadlock found");
                // The second attempt waits for longer than the daemon's patience with a lock.
                world.awaitLog("Lock wait timeout exceeded");
                other.rollback();
                world.approve();
                endsWell(world, daemon);
            }
        }
    }

    @Test
    void aTargetWhoseDiskIsFullIsWaitedForAndMayBeTakenOverMeanwhile() throws Exception {
        assumeThat(mount(folder)).as("a small file system can be mounted").isTrue();
        try (MySqlServer target = MySqlServer.start(ServerOptions.defaults()
                        .with("log-bin", folder.resolve("binlog").toString()));
                SmallWorld world = new SmallWorld(TestServers.source(), target)) {
            world.fill(ROWS);
            Path ballast = folder.resolve("ballast");
            try (DaemonProcess first = world.start(world.config(BY_HAND, SMALL_CHUNKS))) {
                world.awaitChunks(5);
                // The target's log has no room left: a COMMIT hangs there, without an error.
                new ProcessBuilder("dd", "if=/dev/zero", "of=" + ballast, "bs=64k", "status=none")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                world.awaitLog("the lease could not be renewed");
                assertThat(world.phase()).hasValue("BACKFILL");
                first.kill();
            }
            // The commits of the killed process are still hanging; the next one cannot write before they have ended.
            try (DaemonProcess second = world.start(world.config(BY_HAND, SMALL_CHUNKS));
                    LiveWriter writer = LiveWriter.on(world.source, ROWS)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> writer.writes() > 50);
                Files.delete(ballast);
                SmallWorld.Ended ended = null;
                if (second.await(Duration.ofSeconds(1)).isPresent()) {
                    ended = world.end(second);
                    assertThat(ended.code()).as(ended.output()).isIn(1, 75);
                } else {
                    second.terminate();
                    world.end(second);
                }
            }
            await("room for the hanging commits")
                    .atMost(Duration.ofSeconds(120))
                    .until(() -> {
                        try (Connection connection = target.connect();
                                Statement statement = connection.createStatement()) {
                            connection.setNetworkTimeout(Runnable::run, 5_000);
                            statement.execute("CREATE DATABASE IF NOT EXISTS room");
                            return true;
                        } catch (SQLException full) {
                            return false;
                        }
                    });
            try (DaemonProcess third = world.start(world.config(BY_HAND, SMALL_CHUNKS))) {
                world.awaitPhase("READY");
                world.approve();
                endsWell(world, third);
            }
        } finally {
            run("umount", folder.toString());
        }
    }

    private static boolean mount(Path folder) throws Exception {
        return run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder.toString()) == 0
                && run("chmod", "777", folder.toString()) == 0;
    }

    private static int run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException absent) {
            return -1;
        }
    }

    private static void endsWell(SmallWorld world, DaemonProcess daemon) throws Exception {
        SmallWorld.Ended done = world.end(daemon);
        assertThat(done.code()).as(done.output()).isZero();
        assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        assertThat(world.flags()).isEqualTo("1,0");
    }
}
