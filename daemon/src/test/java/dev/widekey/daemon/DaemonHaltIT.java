package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The named states in which the daemon halts rather than lose a row, and the way out of each. */
class DaemonHaltIT {
    private static final String QUICK = "cutover: {quiet: 1s}";
    private static final String WHEN_TOLD = "start: flag";

    @Test
    void aStragglerBeyondTheGapHaltsAndDoesNotHaltAgainOnceItIsDealtWith() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            Path config = world.config("cutover: {quiet: 20s, id-gap: 500}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("DRAIN");
                long first = Long.parseLong(
                        world.state("SELECT gap_start FROM migration").orElseThrow());
                assertThat(first).isGreaterThanOrEqualTo(601);
                world.source.execute("INSERT INTO history VALUES (" + first + ", 'too late', NOW())");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("GAP_EXHAUSTED").contains("id " + first);
                world.source.execute("DELETE FROM history WHERE id = " + first);
            }
            assertThat(world.flags()).isEqualTo("1,1");
            SmallWorld.Ended done = world.run(world.config(QUICK));
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(world.flags()).isEqualTo("1,0");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void ddlDuringTheCopyHaltsAlsoWhileTheCopyIsHeldBack() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(500);
            Path config = world.config(QUICK, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                world.startPaused(config);
                await().atMost(Duration.ofSeconds(30)).until(() -> world.log().contains("lag=0"));
                world.source.execute("ALTER TABLE history ADD COLUMN more INT NULL");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("SCHEMA_CHANGED");
            }
            assertThat(world.state("SELECT halt FROM migration")).hasValue("SCHEMA_CHANGED");
        }
    }

    @Test
    void aFlipThatSomebodyElseMadeIsNotTakenForTheDaemonsOwn() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            Path config = world.config("cutover: {auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                daemon.kill();
            }
            world.meddle(
                    "UPDATE migration SET gap_start = 5000, phase = 'FLIP_WRITES'",
                    "UPDATE flag SET enabled = 1, owner = 'somebody' WHERE name = 'WRITE_NEW'");
            SmallWorld.Ended halted = world.run(config);
            assertThat(halted.code()).as(halted.output()).isEqualTo(4);
            assertThat(halted.output()).contains("FLAGS_UNEXPECTED", "turned by somebody else");
        }
    }

    @Test
    void aDifferenceHaltsBeforeTheFlipAndNamesTheKeys() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(3_000);
            Path config = world.config("cutover: {quiet: 1s, auto: false}", "backfill: {chunk-rows: 100}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                daemon.kill();
            }
            // Somebody meddles with the target between two runs; parity of the first run is no evidence.
            world.target.execute(
                    "UPDATE history SET v = UPPER(v) WHERE id = 1234",
                    "DELETE FROM history WHERE id = 7",
                    "INSERT INTO history (id, v, made) VALUES (99999, 'extra', NOW())");
            SmallWorld.Ended halted = world.run(config);
            assertThat(halted.code()).as(halted.output()).isEqualTo(4);
            assertThat(halted.output())
                    .contains("DIVERGENT", "differ in 3 keys", "7 missing", "1234 different", "99999 extra");
            assertThat(world.flags()).isEqualTo("0,1");
            assertThat(world.state("SELECT verdict FROM parity ORDER BY seq DESC LIMIT 1"))
                    .hasValue("DIVERGENT");
        }
    }

    @Test
    void aWriteFlagTurnedBySomebodyElseHaltsTheCopy() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(1_000);
            Path config = world.config("cutover: {auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                // No gap is reserved: from here on the application's ids may be the source's own.
                world.target.execute(
                        "UPDATE " + world.target.name() + "_state.flag SET enabled = 1 WHERE name = 'WRITE_NEW'");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("FLAGS_UNEXPECTED", "WRITE_NEW=true");
            }
            assertThat(world.phase()).hasValue("READY");
        }
    }

    @Test
    void twoEmptyTablesAreNoParity() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            SmallWorld.Ended halted = world.run(world.config(QUICK));
            assertThat(halted.code()).as(halted.output()).isEqualTo(4);
            assertThat(halted.output()).contains("NOTHING_TO_COMPARE");
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }
}
