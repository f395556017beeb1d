package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify} and {@code fixup} as an operator uses them, while an application writes. */
class RepairIT {
    private static final String HELD_BACK = "cutover: {quiet: 1s, auto: false}";
    private static final int ROWS = 3_000;

    /** The application changes keys up to here; somebody else's changes to the target are above. */
    private static final int LIVE = 1_000;

    @TempDir
    private Path folder;

    @Test
    void differencesAreListedAndRepairedUnderLiveWritesAndExtraRowsOnlyOnRequest() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            Path config = world.config(HELD_BACK);
            try (LiveWriter writer = LiveWriter.on(world.source, LIVE)) {
                Path list = folder.resolve("first");
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("READY");
                    world.pause(config);
                    world.target.execute(
                            "UPDATE history SET v = CONCAT(v, ' ') WHERE id BETWEEN 2001 AND 2020",
                            "UPDATE history SET v = UPPER(v), made = made + INTERVAL 1 MICROSECOND WHERE id BETWEEN 2021 AND 2030",
                            "DELETE FROM history WHERE id BETWEEN 2501 AND 2510",
                            "INSERT INTO history (id, v, made) VALUES (1000000, 'nobody', NOW()), (1000001, NULL, NOW())");
                    SmallWorld.Ended found = verify(world, config, list);
                    assertThat(found.code()).as(found.output()).isEqualTo(5);
                    assertThat(found.output())
                            .contains("the daemon runs, in phase READY")
                            .contains("42 differences: 10 missing, 2 extra, 30 different")
                            .contains("and 22 more")
                            .contains("to repair them: widekey fixup --file " + list);
                    assertThat(Files.readAllLines(list).stream().filter(line -> !line.startsWith("#")))
                            .hasSize(42)
                            .contains(
                                    "2501\tmissing\t",
                                    "2001\tdifferent\tv",
                                    "2021\tdifferent\tv,made",
                                    "1000001\textra\t");

                    SmallWorld.Ended repaired = fixup(world, config, "--file", list.toString(), "--keep", "2030..2100");
                    assertThat(repaired.code()).as(repaired.output()).isZero();
                    assertThat(repaired.output())
                            .contains("asked for 39 of 42 differences")
                            .contains("1 left alone: the application owns them on the target")
                            .contains("2 left alone: the source does not have them")
                            .contains("39 repaired");
                    // It has left READY for the repair, and parity is not there yet.
                    SmallWorld.Ended halted = world.end(daemon);
                    assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                    assertThat(halted.output()).contains("differ in 3 keys");
                }
                // The first list again: whatever is equal by now is left as it is.
                SmallWorld.Ended again = fixup(world, config, "--file", list.toString(), "--remove-extra");
                assertThat(again.output()).contains("asked for 42 of 42").contains("42 are open");
                try (DaemonProcess daemon = world.start(config)) {
                    awaitRepairs(world);
                    world.awaitPhase("READY");
                    assertThat(equalAndRepaired(world)).hasValue("39 42");
                    SmallWorld.Ended equal = verify(world, config, folder.resolve("second"));
                    assertThat(equal.code()).as(equal.output()).isZero();
                    assertThat(equal.output()).contains("every row is equal");
                    daemon.terminate();
                    assertThat(world.end(daemon).code()).isZero();
                }
                assertThat(writer.writes()).isPositive();
            }
            world.flag(config, "widekey.pause", "off");
            world.approve();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void everyKindOfDifferenceIsListedExactlyUnderLiveWritesAndOnceRepairedNothingIsWritten() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            String more = "ALTER TABLE history ADD d DOUBLE NULL, ADD b VARBINARY(40) NULL,"
                    + " ADD s VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL";
            world.source.execute(more);
            world.target.execute(more);
            world.fill(ROWS);
            world.source.execute(
                    "UPDATE history SET d = 0.5, b = X'00FF10', s = CONCAT('row ', id) WHERE id > " + LIVE,
                    "UPDATE history SET v = '{\"a\": 1, \"b\": 2}' WHERE id = 2004",
                    "UPDATE history SET d = -0e0 WHERE id = 2006",
                    "UPDATE history SET s = '' WHERE id = 2007",
                    "UPDATE history SET v = 'the same' WHERE id IN (2012, 2013)",
                    "UPDATE history SET s = 'e' WHERE id = 2014");
            Path config = world.config(HELD_BACK, "backfill: {chunk-rows: 100}");
            Path list = folder.resolve("first");
            try (DaemonProcess daemon = world.start(config)) {
                try (LiveWriter writer = LiveWriter.on(world.source, LIVE)) {
                    world.awaitPhase("READY");
                    world.pause(config);
                    world.target.execute(
                            "UPDATE history SET b = X'00FE10' WHERE id = 2001",
                            "UPDATE history SET s = UPPER(s) WHERE id = 2002",
                            "UPDATE history SET s = CONCAT(s, ' ') WHERE id = 2003",
                            "UPDATE history SET v = '{\"b\": 2, \"a\": 1}' WHERE id = 2004",
                            "UPDATE history SET made = made + INTERVAL 1 MICROSECOND WHERE id = 2005",
                            "UPDATE history SET d = 0e0 WHERE id = 2006",
                            "UPDATE history SET s = NULL WHERE id = 2007",
                            "DELETE FROM history WHERE id = 2008",
                            "INSERT INTO history (id, v, made) VALUES (1000000, 'nobody''s', NOW())",
                            // In an exclusive or of the rows' content alone these two pairs would cancel.
                            "UPDATE history SET s = CONCAT('row ', 4021 - id) WHERE id IN (2010, 2011)",
                            "UPDATE history SET v = 'not the same' WHERE id IN (2012, 2013)",
                            "UPDATE history SET s = 'é' WHERE id = 2014");
                    SmallWorld.Ended found = verify(world, config, list);
                    assertThat(found.code()).as(found.output()).isEqualTo(5);
                    assertThat(found.output()).contains("14 differences: 1 missing, 1 extra, 12 different");
                    assertThat(differences(list))
                            .containsExactlyInAnyOrder(
                                    "2001\tdifferent\tb",
                                    "2002\tdifferent\ts",
                                    "2003\tdifferent\ts",
                                    "2004\tdifferent\tv",
                                    "2005\tdifferent\tmade",
                                    "2006\tdifferent\td",
                                    "2007\tdifferent\ts",
                                    "2008\tmissing\t",
                                    "1000000\textra\t",
                                    "2010\tdifferent\ts",
                                    "2011\tdifferent\ts",
                                    "2012\tdifferent\tv",
                                    "2013\tdifferent\tv",
                                    "2014\tdifferent\ts");
                    SmallWorld.Ended repaired = fixup(world, config, "--file", list.toString(), "--remove-extra");
                    assertThat(repaired.code()).as(repaired.output()).isZero();
                    assertThat(repaired.output()).contains("asked for 14 of 14").contains("14 repaired");
                    Path second = folder.resolve("second");
                    SmallWorld.Ended equal = verify(world, config, second);
                    assertThat(equal.code()).as(equal.output()).isZero();
                    assertThat(differences(second)).isEmpty();
                    assertThat(writer.writes()).isPositive();
                }
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> SmallWorld.rows(world.target).equals(SmallWorld.rows(world.source)));
                String before = writesToTheTarget(world);
                assertThat(Long.parseLong(before)).isPositive();
                SmallWorld.Ended again = fixup(world, config, "--file", list.toString(), "--remove-extra");
                assertThat(again.code()).as(again.output()).isZero();
                assertThat(again.output()).contains("14 equal already").doesNotContain("repaired");
                assertThat(writesToTheTarget(world)).isEqualTo(before);
                world.awaitPhase("READY");
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
        }
    }

    private static List<String> differences(Path list) throws Exception {
        return Files.readAllLines(list).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    /** Rows of the target written by anybody, as its server counts them. */
    private static String writesToTheTarget(SmallWorld world) throws Exception {
        return world.target
                .value(
                        "SELECT COUNT_WRITE FROM performance_schema.table_io_waits_summary_by_table WHERE object_schema = '"
                                + world.target.name() + "' AND object_name = 'history'")
                .orElseThrow();
    }

    @Test
    void aHaltOnDifferencesIsRepairedFromWhatTheDaemonFoundItself() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(500);
            Path config = world.config(HELD_BACK);
            world.copyAndStop(config);
            world.target.execute(
                    "DELETE FROM history WHERE id <= 150", "INSERT INTO history VALUES (NOW(), 'nobody', 1000000)");
            SmallWorld.Ended halted = world.run(config);
            assertThat(halted.code()).as(halted.output()).isEqualTo(4);
            assertThat(halted.output())
                    .contains("DIVERGENT")
                    .contains("differ in 151 keys")
                    .contains("widekey fixup");

            SmallWorld.Ended asked = fixup(world, config, "--last", "--remove-extra");
            assertThat(asked.code()).as(asked.output()).isZero();
            assertThat(asked.output()).contains("asked for 151 of 151").contains("151 are open");
            SmallWorld.Ended status = world.command("status", "--config", config.toString());
            assertThat(status.output()).contains("repairs   151 keys are asked for and open");
            // What is asked for twice is done once.
            assertThat(fixup(world, config, "--last", "--remove-extra", "--no-wait")
                            .code())
                    .isZero();
            assertThat(world.state("SELECT COUNT(*) FROM repair")).hasValue("151");

            world.approve();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(world.state("SELECT COUNT(*) FROM repair WHERE outcome = 'REPAIRED'"))
                    .hasValue("151");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void beforeTheCopyEveryRowIsNotCopiedYetAndNoDifference() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(700);
            Path config = world.config(HELD_BACK);
            SmallWorld.Ended found = verify(world, config, folder.resolve("none"));
            assertThat(found.code()).as(found.output()).isEqualTo(5);
            assertThat(found.output()).contains("no stream runs in phase IDLE").contains("700 rows are not copied yet");
            assertThat(found.output()).doesNotContain("differences:");
            // It wrote nothing, the state included.
            assertThat(world.phase()).isEmpty();

            SmallWorld.Ended refused = fixup(world, config, "--last");
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("NOT_STARTED").contains("has not been started");
        }
    }

    @Test
    void aListThatIsNoneIsRefusedWithEveryLine() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(10);
            Path config = world.config(HELD_BACK);
            world.copyAndStop(config);
            String tables = world.source.name() + ".history and " + world.target.name() + ".history";
            Path list = Files.write(
                    folder.resolve("list"),
                    List.of("# differences of " + tables, "5\tmissing\t", "six\tmissing", "7\tgone"));
            SmallWorld.Ended refused = fixup(world, config, "--file", list.toString());
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("line 3").contains("line 4").doesNotContain("line 2");
            Files.write(list, List.of("# differences of others.a and others.b", "5\tmissing\t"));
            assertThat(fixup(world, config, "--file", list.toString()).output())
                    .contains("should be '# differences of " + tables);
            assertThat(fixup(world, config, "--file", folder + "/absent").code())
                    .isEqualTo(78);
            assertThat(fixup(world, config, "--last", "--keep", "9..5").output())
                    .contains("--keep cannot be '9..5'");
            assertThat(verify(world, config, list).output()).contains("exists already");
            assertThat(Files.readAllLines(list)).hasSize(2);
            assertThat(world.state("SELECT COUNT(*) FROM repair")).hasValue("0");
        }
    }

    private static void awaitRepairs(SmallWorld world) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> world.state("SELECT COUNT(*) FROM repair WHERE outcome IS NULL")
                        .equals(Optional.of("0")));
    }

    private static Optional<String> equalAndRepaired(SmallWorld world) throws Exception {
        return world.state("SELECT CONCAT(SUM(outcome = 'EQUAL'), ' ', SUM(outcome = 'REPAIRED')) FROM repair");
    }

    private static SmallWorld.Ended verify(SmallWorld world, Path config, Path file) throws Exception {
        return world.command("verify", "--config", config.toString(), "--file", file.toString());
    }

    private static SmallWorld.Ended fixup(SmallWorld world, Path config, String... options) throws Exception {
        String[] all = new String[options.length + 3];
        all[0] = "fixup";
        all[1] = "--config";
        all[2] = config.toString();
        System.arraycopy(options, 0, all, 3, options.length);
        return world.command(all);
    }
}
