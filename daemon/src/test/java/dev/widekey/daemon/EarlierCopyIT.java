package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.TestSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A target that an earlier copy has filled to 70 %, with 300 rows that differ, 40 that the source does not have and 25 that the application wrote
 * there; the source goes on changing meanwhile.
 */
class EarlierCopyIT {
    private static final int ROWS = 120_000;
    private static final int COPIED = 84_000;

    @TempDir
    private Path folder;

    @Test
    void everyDifferenceIsListedRepairedOrLeftAloneAndARunThatIsDoneWritesNothing() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.source.execute("ALTER TABLE history MODIFY made DATETIME(6) NOT NULL, ADD grade DOUBLE NULL");
            world.target.execute("ALTER TABLE history ADD grade DOUBLE NULL");
            fill(world.source, ROWS);
            fill(world.target, COPIED);
            world.target.execute(
                    "UPDATE history SET grade = grade + 1e-9 WHERE id BETWEEN 10001 AND 10100",
                    "UPDATE history SET made = made + INTERVAL 1 MICROSECOND WHERE id BETWEEN 20001 AND 20100",
                    "UPDATE history SET v = CONCAT('{\"b\": 2, \"a\": ', id, '}') WHERE id BETWEEN 30001 AND 30100",
                    "UPDATE history SET v = 'the application''s', grade = NULL WHERE id BETWEEN 83001 AND 83025",
                    "INSERT INTO history (id, v, made) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
                            + " SELECT 5000000 + i, 'nobody''s', NOW(6) FROM n");
            Path config =
                    world.config("start: flag", "backfill: {existing-rows: keep}", "cutover: {quiet: 1s, auto: false}");
            Path list = folder.resolve("differences");
            try (DaemonProcess daemon = world.start(config)) {
                world.startPaused(config);
                CompletableFuture<Void> application = CompletableFuture.runAsync(() -> change(world.source));
                SmallWorld.Ended found =
                        world.command("verify", "--config", config.toString(), "--file", list.toString());
                assertThat(found.code()).as(found.output()).isEqualTo(5);
                assertThat(found.output())
                        .contains("the daemon runs, in phase BACKFILL")
                        .contains("365 differences: 40 extra, 325 different")
                        .contains(" rows are not copied yet");
                application.get(2, TimeUnit.MINUTES);
                assertThat(Files.readAllLines(list))
                        .contains("10001\tdifferent\tgrade", "20001\tdifferent\tmade", "30001\tdifferent\tv");

                SmallWorld.Ended asked = world.command(
                        "fixup",
                        "--config",
                        config.toString(),
                        "--file",
                        list.toString(),
                        "--keep",
                        "83001..83025",
                        "--no-wait");
                assertThat(asked.output())
                        .contains("asked for 300 of 365 differences")
                        .contains("25 left alone: the application owns them")
                        .contains("40 left alone: the source does not have them");
                world.flag(config, "widekey.pause", "off");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("DIVERGENT").contains("differ in 65 keys");
            }
            assertThat(world.state("SELECT COUNT(*) FROM repair WHERE outcome = 'REPAIRED'"))
                    .hasValue("300");
            SmallWorld.Ended left = world.command("verify", "--config", config.toString());
            assertThat(left.output())
                    .contains("65 differences: 40 extra, 25 different")
                    .doesNotContain("not copied");

            // Somebody has decided: the source is right about these too.
            assertThat(world.command("fixup", "--config", config.toString(), "--last", "--remove-extra")
                            .code())
                    .isZero();
            // Copy and cutover deployed at once, while the application writes: the flip waits for parity by itself.
            config = world.config("backfill: {existing-rows: keep}", "cutover: {quiet: 1s}");
            try (DaemonProcess daemon = world.start(config)) {
                try (LiveWriter writer = LiveWriter.on(world.source, 1_000)) {
                    world.awaitPhaseOrLater("DRAIN");
                    assertThat(writer.writes()).isPositive();
                    assertThat(world.flags()).isEqualTo("1,1");
                }
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(world.flags()).isEqualTo("1,0");
            assertThat(world.state("SELECT GROUP_CONCAT(verdict ORDER BY seq DESC) FROM parity"))
                    .hasValueSatisfying(verdicts -> assertThat(verdicts).startsWith("EQUAL,EQUAL"));
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
            for (int again = 0; again < 2; again++) {
                String before = target(world);
                SmallWorld.Ended nothing = world.run(config);
                assertThat(nothing.code()).as(nothing.output()).isZero();
                assertThat(nothing.output()).contains("nothing to do");
                assertThat(target(world)).isEqualTo(before);
            }
        }
    }

    private static String target(SmallWorld world) throws Exception {
        return world.target
                .value(
                        "SELECT CONCAT_WS(' ', COUNT(*), BIT_XOR(CRC32(CONCAT_WS('|', id, v, made, grade)))) FROM history")
                .orElseThrow();
    }

    /** Deletes 60 rows and updates 200, some of them in what the target holds already. */
    private static void change(TestSchema source) {
        try {
            for (int i = 0; i < 200; i++) {
                source.execute("UPDATE history SET v = '{\"changed\": " + i + "}' WHERE id = " + (40_000 + i * 350));
                if (i < 60) {
                    source.execute("DELETE FROM history WHERE id = " + (40_500 + i * 1_000));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        } catch (Exception failure) {
            throw new IllegalStateException("the application cannot write", failure);
        }
    }

    private static void fill(TestSchema schema, int rows) throws Exception {
        schema.execute(
                "SET SESSION cte_max_recursion_depth = 10000000",
                "INSERT INTO history (id, v, made, grade) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + rows
                        + ") SELECT i, CONCAT('{\"a\": ', i, ', \"b\": 2}'), '2015-05-05 05:05:05.123456', i / 7e0 FROM n");
    }
}
