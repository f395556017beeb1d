package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.database.Database;
import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What is between a fenced cutover and its end: rehearsal, approval, rows that do not fit back, differences, and emptying the source. */
class WayBackIT {
    private static final String AUTOMATIC = "cutover: {mode: fenced, id-gap: 1000}";

    @Test
    void aRehearsalMovesNothingAndSaysHowLongItWouldTake() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(300);
            Path config = world.config("cutover: {mode: fenced, auto: false, rollback: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                SmallWorld.Ended rehearsed = world.command("cutover", "--dry-run", "--config", config.toString());
                assertThat(rehearsed.code()).as(rehearsed.output()).isZero();
                assertThat(rehearsed.output()).contains("rehearsed: a cutover would hold writes up for about ");
                world.awaitPhase("READY");
                assertThat(world.flags()).isEqualTo("0,1");
                world.source.execute("INSERT INTO history (v, made) VALUES ('after the rehearsal', NOW())");
                SmallWorld.Ended approved = world.command("cutover", "--config", config.toString());
                assertThat(approved.code()).as(approved.output()).isZero();
                SmallWorld.Ended end = world.end(daemon);
                assertThat(end.code()).as(end.output()).isZero();
                assertThat(world.flags()).isEqualTo("1,0");
                assertThat(SmallWorld.rows(world.source)).isEqualTo(SmallWorld.rows(world.target));
            }
        }
    }

    @Test
    void whoRollsAfterARehearsalFindsTheTargetOpen() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            Path config = world.config("cutover: {mode: fenced, auto: false, rollback: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                assertThat(world.command("cutover", "--dry-run", "--config", config.toString())
                                .code())
                        .isZero();
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
            SmallWorld.Ended rolled = world.run(world.config("cutover: {mode: rolling, rollback: false, quiet: 1s}"));
            assertThat(rolled.code()).as(rolled.output()).isZero();
            world.target.execute("INSERT INTO history (v, made) VALUES ('written after it', NOW())");
        }
    }

    @Test
    void aTransactionThatStaysOpenHoldsTheCutoverOffAndRefusesNothing() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(300);
            Path config = world.config("cutover: {mode: fenced, rollback: false, lock-wait: 1s}");
            try (Connection held = world.source.connect();
                    Statement statement = held.createStatement()) {
                held.setAutoCommit(false);
                statement.execute("INSERT INTO history (v, made) VALUES ('late', NOW())");
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitLog(
                            "open transactions hold the source table for longer than cutover.lock-wait; held by");
                    world.source.execute("INSERT INTO history (v, made) VALUES ('meanwhile', NOW())");
                    held.commit();
                    SmallWorld.Ended end = world.end(daemon);
                    assertThat(end.code()).as(end.output()).isZero();
                    assertThat(SmallWorld.rows(world.source)).isEqualTo(SmallWorld.rows(world.target));
                }
            }
        }
    }

    @Test
    void anIdThatTheSourceCannotHoldClosesTheWayBackAndIsNeverClipped() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            Path config = world.config(AUTOMATIC);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                world.target.execute(
                        "ALTER TABLE history AUTO_INCREMENT = 2147483647",
                        "INSERT INTO history (v, made) VALUES ('the last that fits', NOW()), ('the first that does not', NOW())");
                world.flag(config, "widekey.rollback", "on");
                world.awaitLog("the application cannot go back: rows of the target do not fit the source");
                assertThat(world.phase()).hasValue("WATCH");
                assertThat(world.flags()).isEqualTo("1,0");
                assertThat(world.source.value("SELECT v FROM history WHERE id = 2147483647"))
                        .hasValue("the last that fits");
                assertThat(world.source.value("SELECT COUNT(*) FROM history")).hasValue("101");
                world.target.execute("DELETE FROM history WHERE id > 2147483647");
                world.awaitLog("the application cannot go back: the target hands out ids beyond 2147483647");
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
        }
    }

    @Test
    void aRowSomebodyChangedBehindTheFenceIsFoundAndRepairedFromTheTarget() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(100);
            Path config = world.config(AUTOMATIC);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                world.awaitLog("after the cutover: all 100 rows");
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
            world.source.execute(
                    "SET " + Database.TICKET + " = 'small'", "UPDATE history SET v = 'changed' WHERE id = 7");
            SmallWorld.Ended halted = world.run(config);
            assertThat(halted.code()).isEqualTo(4);
            assertThat(halted.output()).contains("DIVERGENT").contains("7 different in v");
            SmallWorld.Ended verified = world.command("verify", "--config", config.toString());
            assertThat(verified.code()).as(verified.output()).isEqualTo(5);
            SmallWorld.Ended asked = world.command("fixup", "--last", "--config", config.toString());
            assertThat(asked.code()).as(asked.output()).isZero();
            try (DaemonProcess daemon = world.start(config)) {
                world.flag(config, "widekey.finish", "on");
                SmallWorld.Ended end = world.end(daemon);
                assertThat(end.code()).as(end.output()).isZero();
            }
            assertThat(SmallWorld.rows(world.source)).isEqualTo(SmallWorld.rows(world.target));
            drainsTheSource(world, config);
        }
    }

    private static void drainsTheSource(SmallWorld world, Path config) throws Exception {
        String table = world.source.name() + ".history";
        SmallWorld.Ended wrong =
                world.command("drain-source", "--config", config.toString(), "--confirm", "another.table");
        assertThat(wrong.code()).as(wrong.output()).isEqualTo(2);
        assertThat(world.source.value("SELECT COUNT(*) FROM history")).hasValue("100");
        SmallWorld.Ended drained =
                world.command("drain-source", "--config", config.toString(), "--confirm", table, "--step", "30");
        assertThat(drained.code()).as(drained.output()).isZero();
        assertThat(drained.output()).contains("the source table is empty; 100 rows deleted");
        assertThat(world.source.value("SELECT COUNT(*) FROM history")).hasValue("0");
        assertThat(world.target.value("SELECT COUNT(*) FROM history")).hasValue("100");

        world.source.execute(
                "SET " + Database.TICKET + " = 'small'", "INSERT INTO history VALUES (1, 'left over', NOW(6))");
        SmallWorld.Ended truncated =
                world.command("drain-source", "--config", config.toString(), "--confirm", table, "--truncate");
        assertThat(truncated.code()).as(truncated.output()).isZero();
        assertThat(truncated.output()).contains("the source table is empty; it was truncated");
        assertThat(world.source.value("SELECT COUNT(*) FROM history")).hasValue("0");
        assertThat(world.target.value("SELECT COUNT(*) FROM history")).hasValue("100");
    }

    @Test
    void theSourceIsNotEmptiedBeforeTheWayBackIsGivenUp() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(50);
            Path config = world.config(AUTOMATIC);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
            SmallWorld.Ended refused = world.command(
                    "drain-source", "--config", config.toString(), "--confirm", world.source.name() + ".history");
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("the migration stands in WATCH");
            assertThat(world.source.value("SELECT COUNT(*) FROM history")).hasValue("50");
        }
    }
}
