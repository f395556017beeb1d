package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The comparison of all rows goes on, in the next process, behind what was proven before the restart, or begins again where that proves nothing. */
class ResumedPassIT {
    private static final String HELD_BACK = "cutover: {quiet: 1s, auto: false}";
    private static final String SMALL_RANGES = "backfill: {chunk-rows: 100}";
    private static final String SLOW = "throttle: {mode: off, rows-per-second: 1000}";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ROWS = 15_000;

    @Test
    void aComparisonThatIsStoppedGoesOnBehindWhatItHasProvenAndTheBackgroundSeesTheRest() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            Path config = world.config(HELD_BACK, SMALL_RANGES);
            world.copyAndStop(config);
            try (DaemonProcess daemon = world.start(world.config(HELD_BACK, SMALL_RANGES, SLOW))) {
                long before = awaitProven(world);
                daemon.terminate();
                SmallWorld.Ended stopped = world.end(daemon);
                assertThat(stopped.code()).as(stopped.output()).isZero();
                assertThat(stopped.output()).contains("stopped migration small in phase VERIFY");
                // What was compared since it was last stored is stored with the stop.
                assertThat(provenUpTo(world)).isGreaterThanOrEqualTo(before).isLessThan(ROWS);
            }
            long upTo = provenUpTo(world);
            assertThat(world.state("SELECT compared FROM proven")).hasValue(String.valueOf(upTo));
            world.target.execute("UPDATE history SET v = 'damaged' WHERE id = 10");
            // Large ranges: in small ones the oldest row's turn in the background comes late.
            SmallWorld.Ended halted = world.run(world.config(HELD_BACK, "backfill: {chunk-rows: 5000}"));
            assertThat(halted.output())
                    .contains("the comparison goes on behind key " + upTo + ": " + upTo + " rows were equal in epoch 2")
                    .contains("VERIFY -> READY: all " + ROWS + " rows in (-inf, +inf] are equal, those up to key "
                            + upTo + " since epoch 2")
                    .contains("DIVERGENT")
                    .contains("(found in the background, so there may be more): 10 different in v");
            assertThat(halted.code()).isEqualTo(4);
            assertThat(world.state(
                            "SELECT GROUP_CONCAT(CONCAT(scope, ' ', verdict) ORDER BY seq SEPARATOR ', ') FROM parity"))
                    .hasValue("(-inf, +inf] EQUAL, (-inf, +inf] EQUAL, background DIVERGENT");
            assertThat(world.state("SELECT COUNT(*) FROM proven")).hasValue("0");
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    @Test
    void whatTheStreamChangedInItBeforeAKillIsReadFromTheLogAndComparedAgain() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            Path config = world.config(HELD_BACK, SMALL_RANGES);
            world.copyAndStop(config);
            try (DaemonProcess daemon = world.start(world.config(HELD_BACK, SMALL_RANGES, SLOW))) {
                assertThat(awaitProven(world)).isGreaterThan(5);
                world.source.execute(
                        "UPDATE history SET v = 'newer' WHERE id IN (5, 6)",
                        "DELETE FROM history WHERE id = 7",
                        // The last change of a log may be delivered twice; those before it are not.
                        "INSERT INTO history (v, made) VALUES ('last', NOW())");
                await().atMost(PATIENCE)
                        .until(() -> world.target
                                .value(
                                        "SELECT CONCAT_WS(' ', SUM(v = 'newer'), SUM(id = 7), SUM(v = 'last')) FROM history")
                                .equals(Optional.of("2 0 1")));
                assertThat(world.phase()).hasValue("VERIFY");
                daemon.kill();
            }
            // As if the stream had written two of the three wrongly.
            world.target.execute(
                    "UPDATE history SET v = 'wrong' WHERE id = 6", "INSERT INTO history VALUES (NOW(), 'back', 7)");
            SmallWorld.Ended halted = world.run(world.config(HELD_BACK, SMALL_RANGES));
            assertThat(halted.code()).as(halted.output()).isEqualTo(4);
            assertThat(halted.output())
                    .contains("the comparison goes on behind key")
                    .contains("of which 3 have changed since")
                    .contains("differ in 2 keys: ")
                    .contains("6 different in v")
                    .contains("7 extra")
                    .doesNotContain("in the background");
            assertThat(world.phase()).hasValue("VERIFY");

            // A difference voids what was proven: the next comparison begins with the first row.
            assertThat(world.state("SELECT COUNT(*) FROM proven")).hasValue("0");
            world.target.execute("UPDATE history SET v = 'newer' WHERE id = 6", "DELETE FROM history WHERE id = 7");
            try (DaemonProcess daemon = world.start(world.config(HELD_BACK, SMALL_RANGES))) {
                await().atMost(PATIENCE)
                        .until(() -> world.log()
                                .substring(world.log().indexOf("halted: DIVERGENT"))
                                .contains("VERIFY -> READY: all " + ROWS + " rows in (-inf, +inf] are equal\n"));
                assertThat(daemon.isAlive()).isTrue();
            }
        }
    }

    @Test
    void afterAHaltARepairAnotherServerOrAnotherComparisonItBeginsWithTheFirstRow() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            Path config = world.config(HELD_BACK, SMALL_RANGES);
            world.copyAndStop(config);
            try (DaemonProcess daemon = world.start(world.config(HELD_BACK, SMALL_RANGES, SLOW))) {
                awaitProven(world);
                daemon.kill();
            }
            String state = world.target.name() + "_state.";
            world.target.execute("CREATE TABLE kept AS SELECT * FROM " + state + "proven");
            String again = "REPLACE INTO " + state + "proven SELECT * FROM kept";
            world.config(HELD_BACK, SMALL_RANGES);

            world.target.execute("UPDATE " + state + "migration SET halt = 'ROW_REJECTED'");
            beginsWithTheFirstRow(world, config, "the migration halted: ROW_REJECTED");

            world.target.execute(
                    again,
                    "INSERT INTO " + state
                            + "repair (migration, row_key, asked_by, asked_at) VALUES ('small', 9, 'test', NOW(6))");
            beginsWithTheFirstRow(world, config, "rows are repaired");

            world.target.execute(
                    again,
                    "UPDATE " + state + "proven SET position = REPLACE(position, 'server\":\"', 'server\":\"not-')");
            beginsWithTheFirstRow(world, config, "it was compared with another server");

            world.target.execute(again, "UPDATE " + state + "proven SET comparison = 'another'");
            beginsWithTheFirstRow(world, config, "another version of the daemon, or of the tables, was compared");

            world.target.execute(again);
            world.source.execute("UPDATE history SET v = CONCAT(v, '.')", "UPDATE history SET v = CONCAT(v, '.')");
            try (DaemonProcess daemon = world.start(world.config(HELD_BACK, SMALL_RANGES))) {
                world.awaitLog("of which 0 have changed since");
                world.awaitLog("since epoch 2 and the");
                daemon.kill();
            }
            world.target.execute(again, "UPDATE " + state + "migration SET phase = 'VERIFY'");
            beginsWithTheFirstRow(world, config, "more has changed since than was compared");
        }
    }

    private static void beginsWithTheFirstRow(SmallWorld world, Path config, String why) throws Exception {
        try (DaemonProcess daemon = world.start(config)) {
            world.awaitLog("the next comparison begins with the first row: " + why);
            await().atMost(PATIENCE)
                    .until(() -> world.log()
                            .substring(world.log().lastIndexOf("begins with the first row: "))
                            .contains("VERIFY -> READY: all " + ROWS + " rows in (-inf, +inf] are equal\n"));
            assertThat(world.state("SELECT COUNT(*) FROM proven")).hasValue("0");
            daemon.kill();
        }
    }

    /** Waits until something is proven, and tells up to where. */
    private static long awaitProven(SmallWorld world) throws Exception {
        await().atMost(PATIENCE)
                .until(() -> world.state("SELECT COUNT(*) FROM proven").equals(Optional.of("1")));
        return provenUpTo(world);
    }

    private static long provenUpTo(SmallWorld world) throws Exception {
        return Long.parseLong(world.state("SELECT up_to FROM proven").orElseThrow());
    }
}
