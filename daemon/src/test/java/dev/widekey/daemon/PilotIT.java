package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.mysql.PlainServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check --pilot} measures, what it says about the whole table, and what it leaves alone. */
class PilotIT {
    private static final Pattern SPACE = Pattern.compile("space on the target: about ([0-9.]+) ([KMG]?B)");
    private static final String SIZE = "SELECT data_length + index_length FROM information_schema.tables"
            + " WHERE table_schema = DATABASE() AND table_name = 'history'";

    @TempDir
    private Path folder;

    @Test
    void aUniformTableTakesAboutTheSpaceThatWasForetoldAndThePilotLeavesNothingBehind() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.target.execute("ALTER TABLE history ADD KEY made_at (made)");
            world.fill(200_000);
            Path config = world.config("cutover: {quiet: 1s, auto: false}");
            String before = definition(world);

            SmallWorld.Ended pilot =
                    world.command("check", "--config", config.toString(), "--pilot", "--pilot-rows", "40000");

            assertThat(pilot.code()).as(pilot.output()).isZero();
            String bytes = world.source
                    .value("SELECT SUM(LENGTH(id) + LENGTH(v) + LENGTH(made)) FROM history WHERE "
                            + sampled(200_000, 40_000))
                    .orElseThrow();
            assertThat(pilot.output())
                    .contains("ok: migration small can move ")
                    .contains("pilot: copied 40000 rows with " + bytes + " bytes of values")
                    .contains("from 10 key ranges between 1 and 200000")
                    .contains("rows: about 200000, by the rows for each key")
                    .contains("copy: about ")
                    .contains("comparison of all rows: about ")
                    .containsPattern("binlog of the target: about [0-9.]+ MB for the copy, [1-9][0-9]+ bytes a row")
                    .contains("binlog of the source: kept for 30 d (binlog_expire_logs_seconds)")
                    .doesNotContain("warning");
            assertThat(tables(world)).isEmpty();
            assertThat(definition(world)).isEqualTo(before);
            assertThat(SmallWorld.rows(world.target)).isEqualTo("0 0 0");

            world.copyAndStop(config);
            world.target.execute("ANALYZE TABLE history");
            double taken = Double.parseDouble(world.target.value(SIZE).orElseThrow());
            assertThat(space(pilot.output()) / taken).as(pilot.output()).isBetween(0.75, 1.35);

            SmallWorld.Ended late = world.command("check", "--config", config.toString(), "--pilot");
            assertThat(late.code()).as(late.output()).isEqualTo(78);
            assertThat(late.output()).contains("MIGRATION_BEGUN").contains("in READY");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void largeNewRowsCountAsMuchAsSmallOldOnes() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.source.execute(
                    "SET SESSION cte_max_recursion_depth = 100000",
                    "INSERT INTO history (v, made) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                            + " SELECT REPEAT('x', IF(i > 15000, 4000, 10)), '2015-05-05 05:05:05' FROM n");
            Path config = world.config("cutover: {quiet: 1s, auto: false}");

            SmallWorld.Ended pilot =
                    world.command("check", "--config", config.toString(), "--pilot", "--pilot-rows", "4000");

            assertThat(pilot.code()).as(pilot.output()).isZero();
            assertThat(pilot.output()).containsPattern("ranges: 3[0-9] to 402[0-9] bytes a row");
            world.copyAndStop(config);
            world.target.execute("ANALYZE TABLE history");
            double taken = Double.parseDouble(world.target.value(SIZE).orElseThrow());
            // The beginning alone would foretell a fiftieth.
            assertThat(space(pilot.output()) / taken).as(pilot.output()).isBetween(0.6, 1.5);
        }
    }

    @Test
    void anEmptyTableSaysThatNothingCanBeExtrapolated() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            SmallWorld.Ended pilot =
                    world.command("check", "--config", world.config().toString(), "--pilot");

            assertThat(pilot.code()).as(pilot.output()).isZero();
            assertThat(pilot.output())
                    .contains("pilot: the source table has no row, so nothing can be extrapolated")
                    .doesNotContain("copy: about");
            assertThat(tables(world)).isEmpty();
        }
    }

    @Test
    void whatAKilledPilotLeavesIsDroppedByTheNextAndNothingElseIs() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(20_000);
            world.target.execute(
                    "CREATE DATABASE " + world.target.name() + "_state",
                    "CREATE TABLE " + world.target.name() + "_state.pilot_other (id INT PRIMARY KEY)");
            String slow =
                    world.config("throttle: {mode: off, rows-per-second: 500}").toString();
            String scratch = world.target.name() + "_state.pilot_small";
            Process pilot = new ProcessBuilder(SmallWorld.LAUNCHER.toString(), "check", "--config", slow, "--pilot")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("pilot").toFile())
                    .start();
            try {
                await("a pilot that copies")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> tables(world).contains("pilot_small")
                                && !world.target
                                        .value("SELECT COUNT(*) FROM " + scratch)
                                        .orElse("0")
                                        .equals("0"));
                SmallWorld.Ended second = world.command("check", "--config", slow, "--pilot");
                assertThat(second.code()).as(second.output()).isEqualTo(78);
                assertThat(second.output()).contains("PILOT_RUNNING");
                assertThat(tables(world)).contains("pilot_small");
            } finally {
                pilot.destroyForcibly().waitFor();
            }
            assertThat(tables(world)).containsExactlyInAnyOrder("pilot_small", "pilot_other");

            SmallWorld.Ended next =
                    world.command("check", "--config", world.config().toString(), "--pilot", "--pilot-rows", "1000");

            assertThat(next.code()).as(next.output()).isZero();
            assertThat(next.output()).contains("pilot: copied 1000 rows");
            assertThat(tables(world)).containsExactly("pilot_other");
        }
    }

    @Test
    void aRowThatTheTargetRefusesIsCountedAndTheScratchTableIsDropped() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.target.execute("ALTER TABLE history ADD CONSTRAINT not_this_one CHECK (v NOT LIKE 'row 4711 %')");
            world.fill(5_000);

            SmallWorld.Ended pilot =
                    world.command("check", "--config", world.config().toString(), "--pilot");

            assertThat(pilot.code()).as(pilot.output()).isZero();
            assertThat(pilot.output()).contains("the target refuses 1 rows of the sample");
            assertThat(tables(world)).isEmpty();
        }
    }

    @Test
    void thePilotNeedsItsGrantAndDropsAndBuildsLateIndexesOfItsOwnTable() throws Exception {
        Server target = TestServers.target();
        try (SmallWorld world = new SmallWorld(
                TestServers.source(),
                target,
                TestServers.source(),
                new PlainServer(target.host(), target.port(), "pilot", "pilot-change-me"))) {
            String schema = world.target.name();
            world.target.execute(
                    "ALTER TABLE history ADD KEY made_at (made)",
                    "CREATE USER 'pilot'@'%' IDENTIFIED BY 'pilot-change-me'",
                    // What deploy/grants gives, but for the pilot's own.
                    "GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, TRIGGER ON " + schema + ".history TO 'pilot'@'%'",
                    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON " + schema + "_state.* TO 'pilot'@'%'");
            try {
                world.fill(3_000);
                Path config = world.config("backfill: {indexes: late}");

                SmallWorld.Ended refused = world.command("check", "--config", config.toString(), "--pilot");

                assertThat(refused.code()).as(refused.output()).isEqualTo(78);
                assertThat(refused.output()).contains("lacks DROP on").contains("2 problems");
                Matcher grant = Pattern.compile("fix: (GRANT [^;]+);").matcher(refused.output());
                assertThat(grant.find()).isTrue();
                world.target.execute(grant.group(1));
                String before = definition(world);

                SmallWorld.Ended pilot = world.command("check", "--config", config.toString(), "--pilot");

                assertThat(pilot.code()).as(pilot.output()).isZero();
                assertThat(pilot.output())
                        .contains("pilot: copied 3000 rows")
                        .contains("rows: about 3000, every row is in the sample")
                        .containsPattern("late indexes: about .* to build 1 after the rows")
                        .contains("binlog of the target: unknown, ")
                        .contains("GRANT REPLICATION CLIENT");
                assertThat(definition(world)).isEqualTo(before);
                assertThat(tables(world)).isEmpty();
            } finally {
                target.execute("DROP USER 'pilot'@'%'");
            }
        }
    }

    @Test
    void wrongUsageIsRefusedBeforeAnythingIsAsked() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            String config = world.config().toString();

            SmallWorld.Ended alone = world.command("check", "--config", config, "--pilot-rows", "5000");
            assertThat(alone.code()).as(alone.output()).isEqualTo(2);
            assertThat(alone.output()).contains("--pilot-rows needs --pilot");

            SmallWorld.Ended few = world.command("check", "--config", config, "--pilot", "--pilot-rows", "10");
            assertThat(few.code()).as(few.output()).isEqualTo(2);
            assertThat(few.output()).contains("--pilot-rows 10 has to be from 1000");
        }
    }

    /** The sampled rows of a table with the keys 1 to {@code rows}, as SQL. */
    private static String sampled(long rows, long sample) {
        long step = (rows - 1) / 10;
        return LongStream.range(0, 10)
                .mapToObj(i -> "id BETWEEN " + (1 + i * step) + " AND " + (i * step + sample / 10))
                .collect(Collectors.joining(" OR "));
    }

    private static String definition(SmallWorld world) throws Exception {
        return world.target
                .value("SELECT CONCAT_WS(' ', create_time, (SELECT GROUP_CONCAT(index_name, column_name"
                        + " ORDER BY index_name) FROM information_schema.statistics WHERE table_schema = DATABASE())) FROM"
                        + " information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'history'")
                .orElseThrow();
    }

    private static List<String> tables(SmallWorld world) throws Exception {
        return world.target
                .value("SELECT GROUP_CONCAT(table_name) FROM information_schema.tables WHERE table_schema = '"
                        + world.target.name() + "_state'")
                .map(names -> List.of(names.split(",", -1)))
                .orElse(List.of());
    }

    private static double space(String report) {
        Matcher found = SPACE.matcher(report);
        assertThat(found.find()).as(report).isTrue();
        double unit = switch (found.group(2)) {
            case "KB" -> 1e3;
            case "MB" -> 1e6;
            case "GB" -> 1e9;
            default -> 1;
        };
        return Double.parseDouble(found.group(1)) * unit;
    }
}
