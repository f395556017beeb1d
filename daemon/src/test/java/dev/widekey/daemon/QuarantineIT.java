package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rows the target does not take, from the refusal to somebody's decision. */
class QuarantineIT {
    private static final String QUICK = "cutover: {quiet: 1s}";
    private static final String HELD_BACK = "cutover: {quiet: 1s, auto: false}";

    /** What the target takes no row with. */
    private static final String NO_POISON = "ALTER TABLE history ADD CONSTRAINT sane CHECK (v NOT LIKE 'poison%')";

    @Test
    void aRowTheCopyCannotWriteHoldsTheFlipUntilItIsAccepted() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(300);
            world.target.execute(NO_POISON);
            world.source.execute("UPDATE history SET v = CONCAT('poison ', id) WHERE id IN (17, 42, 250)");
            String before = SmallWorld.rows(world.source);
            Path config = world.config(QUICK);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.awaitLog(
                        "waits=\"3 rows are in quarantine: 17 CONSTRAINT (Check constraint 'sane' is violated.),");
                assertThat(world.log()).contains("not converging: two passes in a row left the same 3 rows");

                SmallWorld.Ended list = quarantine(world, config, "list");
                assertThat(list.code()).isEqualTo(5);
                assertThat(list.output())
                        .contains("250  CONSTRAINT")
                        .contains("refused 2 times")
                        .contains("3 rows in quarantine, 3 of them open")
                        .doesNotContain("poison");
                SmallWorld.Ended verified = world.command("verify", "--config", config.toString());
                assertThat(verified.code()).isEqualTo(5);
                assertThat(verified.output())
                        .contains("compared 300 rows")
                        .contains("3 rows are in quarantine")
                        .contains("of those in quarantine 3 are not accepted")
                        .doesNotContain("differences");
                assertThat(world.state("SELECT detail FROM parity ORDER BY seq DESC LIMIT 1"))
                        .hasValueSatisfying(detail -> assertThat(detail).endsWith("but for 3 in quarantine"));

                assertThat(quarantine(world, config, "accept", "17", "--why", "known since 2014")
                                .output())
                        .contains("accepted 1 rows; 2 are open");
                assertThat(world.flags()).isEqualTo("0,1");
                assertThat(quarantine(world, config, "accept", "--kind", "constraint", "--why", "so is the rest")
                                .output())
                        .contains("accepted 2 rows; 0 are open");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(world.flags()).isEqualTo("1,0");
            assertThat(world.target.value("SELECT CONCAT(COUNT(*), ' ', SUM(id)) FROM history"))
                    .hasValue("297 " + (300 * 301 / 2 - 17 - 42 - 250));
            assertThat(SmallWorld.rows(world.source)).isEqualTo(before);
            SmallWorld.Ended report = quarantine(world, config, "list", "--accepted");
            assertThat(report.code()).isZero();
            assertThat(report.output())
                    .containsSubsequence(
                            "17  CONSTRAINT", "known since 2014", "42  CONSTRAINT", "so is the rest", "250 ")
                    .contains("3 accepted in all");
            SmallWorld.Ended verified = world.command("verify", "--config", config.toString());
            assertThat(verified.code()).as(verified.output()).isZero();
        }
    }

    @Test
    void aChangeTheStreamCannotWriteLeavesNoOldRowBehindAndEndsWithTheNextOne() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            world.target.execute(NO_POISON);
            Path config = world.config(HELD_BACK);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.source.execute("UPDATE history SET v = 'poison' WHERE id IN (5, 6, 7, 8)");
                awaitQuarantined(world, 4);
                assertThat(world.target.value("SELECT COUNT(*) FROM history WHERE id IN (5, 6, 7, 8)"))
                        .hasValue("0");
                world.awaitLog("waits=\"4 rows are in quarantine");
                // Written, deleted, and refused for another reason than the one that was accepted.
                assertThat(quarantine(world, config, "accept", "7", "8", "--why", "why not")
                                .code())
                        .isZero();
                world.source.execute(
                        "UPDATE history SET v = 'well' WHERE id = 5",
                        "DELETE FROM history WHERE id = 6",
                        "UPDATE history SET id = -8 WHERE id = 8");
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> quarantined(world).equals(Optional.of("-8,7")));
                assertThat(quarantine(world, config, "show", "-8").output())
                        .contains("OUT_OF_RANGE")
                        .doesNotContain("accepted");
                assertThat(quarantine(world, config, "show", "8").output())
                        .contains("8 is not in quarantine")
                        .contains("why not");
                assertThat(world.target.value("SELECT v FROM history WHERE id = 5"))
                        .hasValue("well");
                world.source.execute("UPDATE history SET id = 8, v = 'well' WHERE id = -8");
                awaitQuarantined(world, 1);
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
            // Accepted for this reason, it is for the next process too.
            world.approve();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            world.source.execute("DELETE FROM history WHERE id = 7");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void rowsAreTriedAgainByEveryStartAndOnRequest() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(50);
            world.target.execute(NO_POISON);
            world.source.execute("UPDATE history SET v = CONCAT('poison', id) WHERE id <= 3");
            Path config = world.config(HELD_BACK);
            world.copyAndStop(config);
            assertThat(quarantined(world)).hasValue("1,2,3");
            SmallWorld.Ended asked = quarantine(world, config, "retry", "2", "--no-wait");
            assertThat(asked.output()).contains("asked for 1 rows").contains("1 are open");
            try (DaemonProcess daemon = world.start(config)) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> world.state("SELECT outcome FROM repair").equals(Optional.of("QUARANTINED")));
                world.awaitPhase("READY");
                world.target.execute("ALTER TABLE history ALTER CHECK sane NOT ENFORCED");
                SmallWorld.Ended retried = quarantine(world, config, "retry", "2");
                assertThat(retried.code()).as(retried.output()).isZero();
                assertThat(retried.output()).contains("1 repaired");
                // The passes behind it have tried the others too.
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> quarantined(world).isEmpty());
                world.awaitPhase("READY");
                assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
                assertThat(quarantine(world, config, "list").code()).isZero();
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
        }
    }

    @Test
    void rowsThatAreKnownNotToFitAreNamedBeforeTheStart() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            world.source.execute(
                    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
                    "INSERT INTO history VALUES (-5, 'below zero', NOW()), (0, 'zero', '0000-00-00')");
            Path config = world.config(HELD_BACK);
            SmallWorld.Ended checked = world.command("check", "--config", config.toString());
            assertThat(checked.code()).as(checked.output()).isZero();
            assertThat(checked.output())
                    .contains("for quarantine: 1 source row has (id -5) a negative id, the target column is unsigned")
                    .contains("make target column id signed, or change the rows");
            world.copyAndStop(config);
            assertThat(quarantined(world)).hasValue("-5");
            assertThat(world.target.value("SELECT CONCAT(v, ' ', CAST(made AS DATETIME)) FROM history WHERE id = 0"))
                    .hasValue("zero 0000-00-00 00:00:00");
        }
    }

    @Test
    void aStragglersRowHoldsTheReadsAndIsComparedOnce() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            world.target.execute(NO_POISON);
            Path config = world.config("cutover: {quiet: 8s}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("DRAIN");
                world.source.execute("UPDATE history SET v = 'poison' WHERE id = 7");
                world.awaitLog("the reads stay where they are: 1 rows are in quarantine: 7 CONSTRAINT");
                Optional<String> verdicts = world.state("SELECT COUNT(*) FROM parity");
                world.awaitLog("waits=\"1 rows are in quarantine: 7 CONSTRAINT");
                assertThat(world.flags()).isEqualTo("1,1");
                assertThat(world.state("SELECT COUNT(*) FROM parity")).isEqualTo(verdicts);
                world.source.execute("UPDATE history SET v = 'well' WHERE id = 7");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(world.flags()).isEqualTo("1,0");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void whatIsNotInQuarantineIsNeitherAcceptedNorTried() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(20);
            world.target.execute(NO_POISON);
            world.source.execute("UPDATE history SET v = 'poison' WHERE id = 4");
            Path config = world.config(HELD_BACK);
            assertThat(quarantine(world, config, "list").output()).contains("0 rows in quarantine");
            SmallWorld.Ended early = quarantine(world, config, "retry", "--all");
            assertThat(early.code()).isEqualTo(78);
            assertThat(early.output()).contains("NOT_STARTED");
            world.copyAndStop(config);
            for (String[] wrong : List.of(
                    new String[] {"accept", "4", "5", "--why", "x"},
                    new String[] {"accept", "4", "--why", " "},
                    new String[] {"accept", "4"},
                    new String[] {"accept", "--kind", "TOO_LONG", "--why", "x"},
                    new String[] {"retry"})) {
                SmallWorld.Ended refused = quarantine(world, config, wrong);
                assertThat(refused.code())
                        .as(Arrays.toString(wrong) + refused.output())
                        .isEqualTo(2);
            }
            assertThat(quarantine(world, config, "accept", "4", "5", "--why", "x")
                            .output())
                    .contains("not in quarantine: 5;");
            assertThat(quarantine(world, config, "accept", "--kind", "TOO_LONG", "--why", "x")
                            .output())
                    .contains("there are: CONSTRAINT");
            assertThat(world.state("SELECT COUNT(*) FROM acceptance")).hasValue("0");
            assertThat(world.command("status", "--config", config.toString()).output())
                    .contains("refused   1 rows are in quarantine, 0 more are accepted");
        }
    }

    private static Optional<String> quarantined(SmallWorld world) throws Exception {
        return world.state("SELECT GROUP_CONCAT(row_key ORDER BY row_key) FROM quarantine");
    }

    private static void awaitQuarantined(SmallWorld world, int count) {
        await(count + " in quarantine")
                .atMost(Duration.ofSeconds(60))
                .until(() -> world.state("SELECT COUNT(*) FROM quarantine").equals(Optional.of("" + count)));
    }

    private static SmallWorld.Ended quarantine(SmallWorld world, Path config, String what, String... more)
            throws Exception {
        List<String> line = new ArrayList<>(List.of("quarantine", what, "--config", config.toString()));
        // Negative keys look like options.
        List<String> keys =
                Arrays.stream(more).filter(word -> word.matches("-\\d+")).toList();
        Arrays.stream(more).filter(word -> !keys.contains(word)).forEach(line::add);
        if (!keys.isEmpty()) {
            line.add("--");
            line.addAll(keys);
        }
        return world.command(line.toArray(String[]::new));
    }

    private static SmallWorld.Ended quarantine(SmallWorld world, Path config, String[] what) throws Exception {
        return quarantine(world, config, what[0], Arrays.copyOfRange(what, 1, what.length));
    }
}
