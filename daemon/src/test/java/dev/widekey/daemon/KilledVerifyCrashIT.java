package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify} and {@code fixup} are killed on their way; the daemon is not. */
class KilledVerifyCrashIT {
    private static final int ROWS = 6_000;

    /** One in each range, and each takes its time: so the comparison is in the middle of the table for long. */
    private static final int DIFFERENCES = 60;

    @TempDir
    private Path folder;

    @Test
    void aListThatIsCutOffIsRepairedAsFarAsItGoesAndWhatWasAskedForIsDoneWhoeverIsKilled() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            Path config = world.config("cutover: {quiet: 1s, auto: false}", "backfill: {chunk-rows: 100}");
            Path list = folder.resolve("differences");
            int listed;
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.pause(config);
                world.target.execute("UPDATE history SET v = CONCAT(v, '!') WHERE id % 100 = 7");
                try (LiveWriter writer = LiveWriter.on(world.source, 1)) {
                    killedVerify(world, config, list);
                    assertThat(writer.writes()).isPositive();
                }
                List<String> lines = Files.readAllLines(list).stream()
                        .filter(line -> !line.startsWith("#"))
                        .toList();
                listed = lines.size();
                assertThat(listed).isBetween(3, DIFFERENCES - 1);
                assertThat(Files.readString(list)).doesNotContain("# complete");

                // The daemon cannot write the first of the rows, so the command is killed before it has an answer.
                try (Connection holder = world.target.connect();
                        Statement statement = holder.createStatement()) {
                    holder.setAutoCommit(false);
                    statement.execute("SELECT * FROM history WHERE id = 7 FOR UPDATE");
                    Path said = folder.resolve("said");
                    Process fixup =
                            world.begin(said, "fixup", "--config", config.toString(), "--file", list.toString());
                    await().atMost(Duration.ofMinutes(2))
                            .until(() -> open(world).equals(Optional.of(String.valueOf(listed(list)))));
                    await().atMost(Duration.ofMinutes(2))
                            .until(() -> Files.readString(said).contains("waiting for the daemon"));
                    kill(fixup);
                    assertThat(Files.readString(said))
                            .contains("the list is incomplete")
                            .contains("asked for " + listed + " of " + listed + " differences");
                    assertThat(open(world)).hasValue(String.valueOf(listed));
                    holder.rollback();
                }
                // It repairs what it was asked for, and the comparison behind it finds the rest.
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("differ in " + (DIFFERENCES - listed) + " keys");
            }
            assertThat(outcomes(world)).hasValue(listed + " REPAIRED");
            assertThat(world.target.value("SELECT COUNT(*) FROM history WHERE v LIKE '%!'"))
                    .hasValue(String.valueOf(DIFFERENCES - listed));

            // The same list once more, and the rest from what the daemon found itself.
            assertThat(fixup(world, config, "--file", list.toString())).contains(listed + " are open");
            assertThat(fixup(world, config, "--last")).contains(DIFFERENCES + " are open");
            try (DaemonProcess daemon = world.start(config)) {
                await().atMost(Duration.ofMinutes(2)).until(() -> open(world).equals(Optional.of("0")));
                world.awaitPhase("READY");
                assertThat(outcomes(world)).hasValue(listed + " EQUAL," + DIFFERENCES + " REPAIRED");
                Path whole = folder.resolve("whole");
                SmallWorld.Ended equal =
                        world.command("verify", "--config", config.toString(), "--file", whole.toString());
                assertThat(equal.code()).as(equal.output()).isZero();
                assertThat(Files.readString(whole)).contains("# complete: compared ");
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    private void killedVerify(SmallWorld world, Path config, Path list) throws Exception {
        Process verify = world.begin(
                folder.resolve("verify"),
                "verify",
                "--config",
                config.toString(),
                "--workers",
                "1",
                "--file",
                list.toString());
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(list) && listed(list) >= 3);
        } finally {
            kill(verify);
        }
    }

    private static long listed(Path list) throws Exception {
        return Files.readAllLines(list).stream()
                .filter(line -> !line.startsWith("#"))
                .count();
    }

    private static void kill(Process process) throws Exception {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(137);
    }

    private static Optional<String> open(SmallWorld world) throws Exception {
        return world.state("SELECT COUNT(*) FROM repair WHERE outcome IS NULL");
    }

    private static Optional<String> outcomes(SmallWorld world) throws Exception {
        String state = world.target.name() + "_state.repair";
        return world.target.value("SELECT GROUP_CONCAT(CONCAT(n, ' ', outcome) ORDER BY outcome) FROM"
                + " (SELECT outcome, COUNT(*) n FROM " + state + " GROUP BY outcome) counted");
    }

    private static String fixup(SmallWorld world, Path config, String... options) throws Exception {
        String[] all = new String[options.length + 3];
        all[0] = "fixup";
        all[1] = "--config";
        all[2] = config.toString();
        System.arraycopy(options, 0, all, 3, options.length);
        return world.command(all).output();
    }
}
