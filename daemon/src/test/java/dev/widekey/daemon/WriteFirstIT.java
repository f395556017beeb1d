package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.moving.Application;
import dev.widekey.sandbox.moving.Facts;
import dev.widekey.sandbox.mysql.TestSchema;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The other order of a rolling cutover: the application writes to the target above the id gap before the first old row is copied in below. */
class WriteFirstIT {
    private static final String AT_ONCE = "cutover: {order: write-first, quiet: 1s}";
    private static final String APPROVED = "cutover: {order: write-first, quiet: 1s, auto: false}";
    private static final String WHEN_TOLD = "start: flag";
    private static final String SMALL_CHUNKS = "backfill: {chunk-rows: 100}";

    @Test
    void theApplicationWritesToTheTargetWhileTheOldRowsAreCopiedInBelow() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(3_000);
            Path config = world.config(AT_ONCE, WHEN_TOLD, SMALL_CHUNKS);
            try (DaemonProcess daemon = world.start(config)) {
                beginPaused(world);
                assertThat(world.flags()).isEqualTo("1,1");
                assertThat(world.state("SELECT COUNT(*) FROM chunk WHERE copied"))
                        .contains("0");
                write(world, "before the first chunk");
                // What a process of before still does, and what the contract asks for: old rows change on the source,
                // deletes go to both sides.
                world.source.execute(
                        "INSERT INTO history (v, made) VALUES ('straggler', NOW())",
                        "UPDATE history SET v = 'changed' WHERE id = 1500",
                        "DELETE FROM history WHERE id = 2000");
                world.target.execute("DELETE FROM history WHERE id = 2000");
                turn(world, "widekey.pause", false);
                world.awaitChunks(3);
                write(world, "between chunks");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
                assertThat(done.output()).contains("READY -> DRAIN").doesNotContain("FLIP_WRITES");
            }
            assertThat(world.flags()).isEqualTo("1,0");
            assertEqualBelowTheGap(world);
            assertThat(written(world)).isEqualTo("before the first chunk,between chunks");
            assertThat(world.target.value("SELECT COUNT(*) FROM history WHERE v = 'straggler'"))
                    .contains("1");
            assertThat(world.target.value("SELECT COUNT(*) FROM history WHERE id = 2000"))
                    .contains("0");
            assertThat(world.state("SELECT GROUP_CONCAT(DISTINCT scope) FROM parity WHERE scope LIKE '(%'"))
                    .contains("(-inf, " + (gap(world) - 1) + "]");
        }
    }

    @Test
    void whatIsComparedEndsAtTheGapAfterACrashTooAndTheReadsWaitForApproval() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(600);
            Path config = world.config(APPROVED, WHEN_TOLD, SMALL_CHUNKS);
            try (DaemonProcess daemon = world.start(config)) {
                beginPaused(world);
                write(world, "before the crash");
                daemon.kill();
            }
            write(world, "while nobody runs");
            turn(world, "widekey.pause", false);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                write(world, "while it waits");
                world.awaitLog("rounds=1");
                SmallWorld.Ended verified = world.command("verify", "--config", config.toString());
                assertThat(verified.code()).as(verified.output()).isZero();
                SmallWorld.Ended counted = world.command("audit", "totals", "--config", config.toString());
                assertThat(counted.code()).as(counted.output()).isZero();
                assertThat(world.phase()).contains("READY");
                assertThat(world.flags()).isEqualTo("1,1");
                world.approve();
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertEqualBelowTheGap(world);
            assertThat(written(world)).isEqualTo("before the crash,while nobody runs,while it waits");
        }
    }

    @Test
    void anApplicationThatWroteFirstGoesBackAndMovesAgainBehindTheProof() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(500);
            Path config = world.config(
                    "cutover: {mode: rolling, order: write-first, rollback: true, id-gap: 1000, quiet: 500ms}",
                    SMALL_CHUNKS);
            Facts facts = FencedIT.facts(world);
            Application.Options busy = new Application.Options(6, 20, 300, 20, 100, true);
            try (Application application = Application.start(FencedIT.place(world), facts, busy, 3)) {
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("WATCH");
                    assertThat(world.flags()).isEqualTo("1,0");
                    world.flag(config, "widekey.rollback", "on");
                    world.awaitPhase("READY");
                    assertThat(world.flags()).isEqualTo("0,1");
                    daemon.kill();
                }
                // Whether it has been back is known to the next process too.
                try (DaemonProcess daemon = world.start(config)) {
                    world.flag(config, "widekey.rollback", "off");
                    world.awaitPhase("WATCH");
                    application.close();
                    System.out.println(application.tally());
                    FencedIT.check(world, facts, application.tally());
                    assertThat(application.tally().refusedNew()).isZero();
                    world.flag(config, "widekey.finish", "on");
                    assertThat(world.end(daemon).code()).isZero();
                    assertThat(SmallWorld.rows(world.source)).isEqualTo(SmallWorld.rows(world.target));
                }
            }
        }
    }

    private static void aMigrationIsNotGoneOnWithInTheOtherOrder(SmallWorld world) throws Exception {
        SmallWorld.Ended refused = world.run(world.config("cutover: {quiet: 1s}", SMALL_CHUNKS));
        assertThat(refused.code()).as(refused.output()).isEqualTo(78);
        assertThat(refused.output())
                .contains("FLAGS_UNEXPECTED at flags of the application", "begun with cutover.order: write-first");
        // What the process before halted on is still known, so that the next one passes it.
        assertThat(world.state("SELECT halt FROM migration")).contains("GAP_EXHAUSTED");
    }

    @Test
    void aMigrationBegunParityFirstIsNotGoneOnWithWriteFirst() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            world.copyAndStop(world.config("cutover: {quiet: 1s, auto: false}"));
            SmallWorld.Ended refused = world.run(world.config(AT_ONCE));
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output())
                    .contains("FLAGS_UNEXPECTED at flags of the application", "begun in the other order");
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    @Test
    void aStragglerThatReachesTheGapHaltsAndTouchesNoRowOfTheApplication() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(1_000);
            Path config = world.config(AT_ONCE, WHEN_TOLD, SMALL_CHUNKS);
            try (DaemonProcess daemon = world.start(config)) {
                beginPaused(world);
                write(world, "the application's");
                long first = gap(world);
                world.source.execute("INSERT INTO history (id, v, made) VALUES (" + first + ", 'too far', NOW())");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("GAP_EXHAUSTED").contains("id " + first);
                world.source.execute("DELETE FROM history WHERE id = " + first);
            }
            turn(world, "widekey.pause", false);
            aMigrationIsNotGoneOnWithInTheOtherOrder(world);
            SmallWorld.Ended done = world.run(world.config(AT_ONCE, SMALL_CHUNKS));
            assertThat(done.code()).as(done.output()).isZero();
            assertEqualBelowTheGap(world);
            assertThat(written(world)).isEqualTo("the application's");
        }
    }

    @Test
    void aWriteFlagTurnedBeforeTheGapIsReservedHaltsTheStart() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            Path config = world.config(AT_ONCE, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitLog("in phase IDLE");
                turn(world, "READ_OLD", true);
                turn(world, "WRITE_NEW", true);
                turn(world, "widekey.start", true);
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("FLAGS_UNEXPECTED", "somebody else before the id gap");
            }
            assertThat(world.phase()).contains("PREPARE");
            assertThat(world.state("SELECT gap_start FROM migration")).isEmpty();
        }
    }

    @Test
    void aRowAboveTheGapBeforeTheFlipHaltsSinceNoComparisonWouldFindIt() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            Path config = world.config(AT_ONCE, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitLog("in phase IDLE");
                world.target.execute("INSERT INTO history (id, v, made) VALUES (1000000000000, 'whose', NOW())");
                turn(world, "widekey.start", true);
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("FLAGS_UNEXPECTED", "id 1000000000000");
            }
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    @Test
    void anEmptySourceIsNotLeft() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            SmallWorld.Ended halted = world.run(world.config(AT_ONCE));
            assertThat(halted.code()).as(halted.output()).isEqualTo(4);
            assertThat(halted.output()).contains("NOTHING_TO_COMPARE");
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    /** Lets a daemon that waits for its start begin, with the copy held back. */
    private static void beginPaused(SmallWorld world) throws Exception {
        world.awaitLog("in phase IDLE");
        turn(world, "widekey.pause", true);
        world.awaitLog("CachedSwitch: paused");
        turn(world, "widekey.start", true);
        world.awaitPhase("BACKFILL");
    }

    /** Turns a flag as a command or somebody else would, and quicker. */
    private static void turn(SmallWorld world, String name, boolean on) throws Exception {
        world.target.execute("INSERT INTO " + world.target.name()
                + "_state.flag (migration, name, enabled, version, owner, reason, changed_at) VALUES ('small', '" + name
                + "', " + on + ", 1, 'somebody', 'test', NOW(6)) AS now"
                + " ON DUPLICATE KEY UPDATE enabled = now.enabled, version = flag.version + 1");
    }

    /** A new row of the application's, which is born where the write flag says. */
    static void write(SmallWorld world, String text) throws Exception {
        world.target.execute("INSERT INTO history (v, made) VALUES (\"" + text + "\", NOW())");
    }

    /** The rows above the gap, in the order of their birth. */
    static String written(SmallWorld world) throws Exception {
        return world.target
                .value("SELECT GROUP_CONCAT(v ORDER BY id) FROM history WHERE id >= " + gap(world))
                .orElse("");
    }

    static long gap(SmallWorld world) throws Exception {
        return Long.parseLong(world.state("SELECT gap_start FROM migration").orElseThrow());
    }

    static void assertEqualBelowTheGap(SmallWorld world) throws Exception {
        assertThat(below(world.target, gap(world))).isEqualTo(below(world.source, Long.MAX_VALUE));
    }

    private static Optional<String> below(TestSchema schema, long first) throws Exception {
        return schema.value(
                "SELECT CONCAT(COUNT(*), ' ', SUM(id), ' ', BIT_XOR(CRC32(CONCAT_WS('|', id, v, CAST(made AS DATETIME)))))"
                        + " FROM history WHERE id < " + first);
    }
}
