package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.moving.Application;
import dev.widekey.sandbox.moving.Facts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rolling cutover with a way back, with an application that follows the flags one instance after the other. */
class RollingIT {
    private static final String AUTOMATIC = "cutover: {mode: rolling, rollback: true, id-gap: 1000, quiet: 500ms}";
    private static final Application.Options BUSY = new Application.Options(8, 10, 500, 20, 200, true);

    @Test
    void anApplicationRollsThereAndBackAndAgainAndLosesNothing() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(500);
            Path config = world.config(AUTOMATIC);
            Facts facts = FencedIT.facts(world);
            try (Application application = Application.start(FencedIT.place(world), facts, BUSY, 1)) {
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("WATCH");
                    assertThat(world.flags()).isEqualTo("1,0");
                    awaitWrites(application, 200);
                    daemon.kill();
                }
                // What the first process has seen of the application on the target is lost with it.
                try (DaemonProcess daemon = world.start(config)) {
                    world.flag(config, "widekey.rollback", "on");
                    world.awaitPhase("READY");
                    assertThat(world.flags()).isEqualTo("0,1");
                    awaitWrites(application, 200);
                    world.flag(config, "widekey.rollback", "off");
                    world.awaitPhase("WATCH");
                    awaitWrites(application, 200);
                    application.close();
                    System.out.println(application.tally());
                    FencedIT.check(world, facts, application.tally());
                    assertThat(application.tally().refusedNew()).isZero();
                    world.flag(config, "widekey.finish", "on");
                    SmallWorld.Ended end = world.end(daemon);
                    assertThat(end.code()).as(end.output()).isZero();
                    assertThat(SmallWorld.rows(world.source)).isEqualTo(SmallWorld.rows(world.target));
                }
            }
        }
    }

    @Test
    void whoeverComesAfterTheSealIsRefusedAndNotLost() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            try (DaemonProcess daemon = world.start(world.config(AUTOMATIC))) {
                world.awaitPhase("WATCH");
                assertThatThrownBy(() -> world.source.execute("INSERT INTO history (v, made) VALUES ('late', NOW())"))
                        .hasMessageContaining("widekey: ");
            }
        }
    }

    @Test
    void aChangeOfAnOldRowOnTheWrongSideStopsTheMoveUntilAPersonHasDealtWithIt() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            try (DaemonProcess daemon =
                    world.start(world.config("cutover: {mode: rolling, rollback: true, quiet: 10m}"))) {
                world.awaitPhase("DRAIN");
                world.target.execute(
                        "INSERT INTO history (v, made) VALUES ('new', NOW())",
                        "DELETE FROM history WHERE id = 5",
                        "UPDATE history SET v = 'changed there' WHERE id = 7");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("halted: WRONG_SIDE", ": 7;");
            }
            world.source.execute(
                    "UPDATE history SET v = 'changed there' WHERE id = 7", "DELETE FROM history WHERE id = 5");
            try (DaemonProcess daemon = world.start(world.config(AUTOMATIC))) {
                world.awaitPhase("WATCH");
                // Nobody watches any more: old rows are the target's now.
                world.target.execute("UPDATE history SET v = 'changed again' WHERE id = 7");
                await("the source")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> world.source
                                .value("SELECT v FROM history WHERE id = 7")
                                .equals(Optional.of("changed again")));
                assertThat(world.state("SELECT COUNT(*) FROM stray")).hasValue("0");
            }
        }
    }

    @Test
    void anInstanceThatDoesNotFollowHoldsTheWayBackUntilNobodyWantsItAnyMore() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            Path config = world.config(AUTOMATIC);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                world.target.execute("INSERT INTO " + world.target.name()
                        + "_state.instance VALUES ('small', 'stays', 2, 2, 600000, 1, UTC_TIMESTAMP(6))");
                world.flag(config, "widekey.rollback", "on");
                world.awaitPhase("RETURN_READS");
                await("reads that cover both sides")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> world.flags().equals("1,1"));
                assertThat(world.state("SELECT enabled FROM flag WHERE name = 'widekey.returning'"))
                        .hasValue("1");
                world.flag(config, "widekey.rollback", "off");
                world.awaitPhase("WATCH");
                assertThat(world.flags()).isEqualTo("1,0");
                assertThat(world.state("SELECT enabled FROM flag WHERE name = 'widekey.returning'"))
                        .hasValue("0");
                assertThatThrownBy(() -> world.source.execute("DELETE FROM history WHERE id = 1"))
                        .hasMessageContaining("widekey: ");
            }
        }
    }

    @Test
    void aChangeOfAnOldRowOnTheSourceStopsTheWayBack() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            Path config = world.config(AUTOMATIC);
            String instances = world.target.name() + "_state.instance";
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                // Follows the reads and not the writes, so that the target is not sealed.
                world.target.execute("INSERT INTO " + instances
                        + " VALUES ('small', 'straggler', 2, 3, 600000, 1, UTC_TIMESTAMP(6))");
                world.flag(config, "widekey.rollback", "on");
                world.awaitPhase("DRAIN_BACK");
                assertThat(world.flags()).isEqualTo("0,1");
                world.target.execute("INSERT INTO history (v, made) VALUES ('of a straggler', NOW())");
                world.source.execute("UPDATE history SET v = 'changed there' WHERE id = 7");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output())
                        .contains("halted: WRONG_SIDE", "on the source, which belong to the target", ": 7;");
            }
            world.target.execute("UPDATE history SET v = 'changed there' WHERE id = 7", "DELETE FROM " + instances);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                assertThat(world.source.value("SELECT COUNT(*) FROM history WHERE v = 'of a straggler'"))
                        .hasValue("1");
                assertThat(SmallWorld.rows(world.source)).isEqualTo(SmallWorld.rows(world.target));
            }
        }
    }

    @Test
    void whatComesBackIsNotCheckedAgainstForeignKeysOfTheSource() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            world.source.execute(
                    "CREATE TABLE parent (made DATETIME(6) PRIMARY KEY)",
                    "INSERT INTO parent SELECT DISTINCT made FROM history",
                    "ALTER TABLE history ADD FOREIGN KEY (made) REFERENCES parent (made)");
            try (DaemonProcess daemon = world.start(world.config(AUTOMATIC))) {
                world.awaitPhase("WATCH");
                world.target.execute("INSERT INTO history (v, made) VALUES ('orphan', '2001-01-01 00:00:00')");
                await("the source")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> world.source
                                .value("SELECT COUNT(*) FROM history WHERE v = 'orphan'")
                                .equals(Optional.of("1")));
            }
        }
    }

    @Test
    void aWayBackForWhichTheIdsDoNotSufficeMovesNothing() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            Path config = world.config(AUTOMATIC);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                world.target.execute("ALTER TABLE history AUTO_INCREMENT = 2147483000");
                world.flag(config, "widekey.rollback", "on");
                world.awaitLog("the application cannot go back: the source's key ends at 2147483647: 648 ids are left");
                world.flag(config, "widekey.rollback", "off");
                world.awaitLog("not asked to go back");
                assertThat(world.flags()).isEqualTo("1,0");
                assertThat(world.state("SELECT COUNT(*) FROM phase_history WHERE phase = 'RETURN_READS'"))
                        .hasValue("0");
                assertThat(world.state("SELECT COUNT(*) FROM flag_history WHERE name = 'READ_OLD' AND version > 2"))
                        .hasValue("0");
            }
        }
    }

    private static void awaitWrites(Application application, long more) {
        long before = application.tally().written();
        await("writes")
                .atMost(Duration.ofSeconds(60))
                .until(() -> application.tally().written() >= before + more);
    }
}
