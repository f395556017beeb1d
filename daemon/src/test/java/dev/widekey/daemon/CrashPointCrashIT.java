package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.sandbox.demo.DaemonFiles;
import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.torture.Arena;
import dev.widekey.sandbox.torture.Blow;
import dev.widekey.sandbox.torture.FastStart;
import dev.widekey.sandbox.torture.Points;
import dev.widekey.sandbox.torture.Round;
import dev.widekey.sandbox.torture.Score;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real process dies at every crash point, but for those that are {@link FencedCrashIT}'s, while writers write; the next one goes on. One migration visits many points: each process is armed with
 * the next one on the way. After the last process every row is held against what the writers were told.
 */
class CrashPointCrashIT {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Set<CrashPoint> DIED_AT = EnumSet.noneOf(CrashPoint.class);

    /** In the order of a migration's life, since what it has left behind does not come up again. */
    private static final List<Blow> ALL_THE_WAY = Stream.of(
                    at(Points.START, "BEFORE_STATE_TABLES", 1),
                    at(Points.START, "AFTER_STATE_TABLES", 1),
                    at(Points.START, "AFTER_FLAG_TABLES", 1),
                    at(Points.START, "BEFORE_OWNER", 1),
                    at(Points.START, "INSIDE_OWNER", 1),
                    at(Points.START, "AFTER_OWNER", 1),
                    at(Points.START, "BEFORE_MIGRATION", 1),
                    at(Points.START, "AFTER_MIGRATION", 1),
                    at(Points.START, "BEFORE_PREPARE", 1),
                    at(Points.START, "AFTER_PREPARE", 1),
                    at(Points.START, "BEFORE_FLAGS", 1),
                    at(Points.START, "INSIDE_FLAG", 1),
                    // The second time one of the two flags is stored and the other is not.
                    at(Points.START, "INSIDE_FLAG", 2),
                    at(Points.START, "AFTER_FLAGS", 1),
                    at(Points.START, "INSIDE_START_POSITION", 1),
                    at(Points.START, "AFTER_START_POSITION", 1),
                    at(Points.START, "BEFORE_BACKFILL", 1),
                    at(Points.START, "AFTER_BACKFILL", 1),
                    at(Points.COPY, "INSIDE_CHUNK_PLAN", 1),
                    at(Points.COPY, "AFTER_CHUNK_PLAN", 2),
                    at(Points.COPY, "AFTER_WINDOW", 1),
                    at(Points.COPY, "CHUNK_BEGUN", 1),
                    at(Points.COPY, "CHUNK_ROWS", 2),
                    at(Points.COPY, "CHUNK_TOMBSTONES", 1),
                    at(Points.COPY, "BEFORE_CHUNK_COMMIT", 1),
                    at(Points.COPY, "AFTER_CHUNK_COMMIT", 3),
                    at(Points.PROOF, "BEFORE_CATCH_UP", 1),
                    at(Points.PROOF, "AFTER_CATCH_UP", 1),
                    at(Points.PROOF, "STREAM_BEGUN", 1),
                    at(Points.PROOF, "STREAM_ROWS", 1),
                    at(Points.PROOF, "BEFORE_STREAM_COMMIT", 2),
                    at(Points.PROOF, "AFTER_STREAM_COMMIT", 1),
                    at(Points.PROOF, "BEFORE_VERIFY", 1),
                    at(Points.PROOF, "AFTER_VERIFY", 1),
                    at(Points.PROOF, "BEFORE_VERDICT", 1),
                    at(Points.PROOF, "AFTER_VERDICT", 1),
                    at(Points.PROOF, "BEFORE_READY", 1),
                    at(Points.PROOF, "AFTER_READY", 1),
                    at(Points.PROOF, "BEFORE_FLIP_WRITES", 1),
                    at(Points.PROOF, "AFTER_FLIP_WRITES", 1),
                    // The second verdict is the one on what changed since the first.
                    at(Points.PROOF, "AFTER_VERDICT", 2),
                    at(Points.PROOF, "BEFORE_GAP", 1),
                    at(Points.PROOF, "AFTER_GAP", 1),
                    at(Points.PROOF, "AFTER_GAP_RESERVED", 1),
                    at(Points.PROOF, "BEFORE_WRITES_FLIPPED", 1),
                    at(Points.PROOF, "INSIDE_FLAG", 1),
                    at(Points.PROOF, "AFTER_WRITES_FLIPPED", 1),
                    at(Points.PROOF, "BEFORE_DRAIN", 1),
                    at(Points.CUTOVER, "AFTER_DRAIN", 1),
                    at(Points.CUTOVER, "BEFORE_LEASE", 1),
                    at(Points.CUTOVER, "AFTER_LEASE", 1),
                    at(Points.CUTOVER, "BEFORE_VERDICT", 1),
                    at(Points.CUTOVER, "BEFORE_FLIP_READS", 1),
                    at(Points.CUTOVER, "AFTER_FLIP_READS", 1),
                    at(Points.CUTOVER, "BEFORE_READS_FLIPPED", 1),
                    at(Points.CUTOVER, "INSIDE_FLAG", 1),
                    at(Points.CUTOVER, "AFTER_READS_FLIPPED", 1),
                    at(Points.CUTOVER, "BEFORE_DONE", 1),
                    at(Points.CUTOVER, "AFTER_DONE", 1))
            .toList();

    /** What only a source without GTIDs has. */
    private static final List<Blow> WITHOUT_GTIDS = Stream.of(
                    at(Points.START, "BEFORE_MARKER_TABLE", 1),
                    at(Points.START, "AFTER_MARKER_TABLE", 1),
                    at(Points.COPY, "AFTER_MARKER", 1),
                    at(Points.COPY, "AFTER_MARKER", 3),
                    at(Points.COPY, "AFTER_CHUNK_COMMIT", 2),
                    at(Points.PROOF, "BEFORE_STREAM_COMMIT", 1))
            .toList();

    /** What only a migration has that builds the target's indexes late. */
    private static final List<CrashPoint> WITH_LATE_INDEXES = List.of(
            CrashPoint.BEFORE_LATE_INDEXES,
            CrashPoint.AFTER_LATE_INDEXES,
            CrashPoint.LATE_INDEXES_TRIED,
            CrashPoint.LATE_INDEXES_DROPPED,
            CrashPoint.BEFORE_INDEX,
            CrashPoint.AFTER_INDEX,
            CrashPoint.BEFORE_INDEXES_BUILT,
            CrashPoint.INDEXES_BUILDING,
            CrashPoint.AFTER_INDEXES_BUILT);

    private static Score allTheWay;
    private static Score withoutGtids;

    private static Blow at(Points part, String point, int times) {
        return new Blow.AtPoint(part, CrashPoint.valueOf(point).name(), times);
    }

    @BeforeAll
    static void die(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("widekey.seed", System.nanoTime() % 1_000_000);
        System.out.println("seed " + seed + "; repeat with -Dwidekey.seed=" + seed);
        String options;
        DaemonFiles files = new DaemonFiles(REPOSITORY, 100);
        try (MySqlServer target = MySqlServer.start()) {
            try (MySqlServer source = MySqlServer.start()) {
                Arena arena = new Arena(source, target, files, folder);
                options = FastStart.rehearse(arena, seed, System.out::println);
                allTheWay = Round.run(
                        arena,
                        new Round.Setup("all-the-way", seed, 6_000, 100, 3, 60, false, false, options),
                        ALL_THE_WAY,
                        System.out::println);
            }
            try (MySqlServer source = MySqlServer.start(ServerOptions.defaults().withoutGtid())) {
                withoutGtids = Round.run(
                        new Arena(source, target, files, folder),
                        new Round.Setup("without-gtids", seed, 3_000, 100, 3, 60, false, false, options),
                        WITHOUT_GTIDS,
                        System.out::println);
            }
        }
        Stream.of(allTheWay, withoutGtids)
                .flatMap(score -> score.points().keySet().stream())
                .map(CrashPoint::valueOf)
                .forEach(DIED_AT::add);
        splits();
        appliesInParts();
        halts();
        lateIndexes();
        repairs();
        refusals();
        provesOn();
    }

    /** A row and a change that the target refuses; killed before either entry is committed, both are refused again. */
    private static void refusals() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(300);
            world.target.execute("ALTER TABLE history ADD CONSTRAINT sane CHECK (v <> 'poison')");
            world.source.execute("UPDATE history SET v = 'poison' WHERE id = 17");
            Path config = world.config("cutover: {quiet: 1s, auto: false}", "backfill: {chunk-rows: 100}");
            assertThat(died(world, config, CrashPoint.CHUNK_REFUSED)).isEqualTo(137);
            assertThat(world.state("SELECT COUNT(*) FROM quarantine")).contains("0");
            world.copyAndStop(config);
            assertThat(world.state("SELECT GROUP_CONCAT(row_key) FROM quarantine"))
                    .contains("17");
            world.source.execute("UPDATE history SET v = 'poison' WHERE id = 18");
            assertThat(died(world, config, CrashPoint.STREAM_REFUSED)).isEqualTo(137);
            assertThat(world.target.value("SELECT COUNT(*) FROM history WHERE id = 18"))
                    .contains("1");
            world.copyAndStop(config);
            assertThat(world.state("SELECT GROUP_CONCAT(row_key ORDER BY row_key) FROM quarantine"))
                    .contains("17,18");
            assertThat(world.target.value("SELECT COUNT(*) FROM history WHERE id = 18"))
                    .contains("0");
            world.source.execute("UPDATE history SET v = 'mended' WHERE v = 'poison'");
            world.approve();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    /** A long comparison is killed when it has stored how far it is; the next process goes on there. */
    private static void provesOn() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(10_000);
            String held = "cutover: {quiet: 1s, auto: false}";
            String ranges = "backfill: {chunk-rows: 100}";
            world.copyAndStop(world.config(held, ranges));
            Path slow = world.config(held, ranges, "throttle: {mode: off, rows-per-second: 1000}");
            assertThat(died(world, slow, CrashPoint.AFTER_PROVEN)).isEqualTo(137);
            assertThat(world.state("SELECT COUNT(*) FROM proven")).contains("1");
            world.approve();
            SmallWorld.Ended done = world.run(world.config(held, ranges));
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(done.output()).contains("the comparison goes on behind key");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    /** Rows of the target that somebody deleted are repaired; killed before that is stored, they are repaired again. */
    private static void repairs() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(500);
            Path config = world.config("cutover: {quiet: 1s, auto: false}");
            world.copyAndStop(config);
            world.target.execute("DELETE FROM history WHERE id <= 20");
            assertThat(world.run(config).code()).isEqualTo(4);
            assertThat(world.command("fixup", "--config", config.toString(), "--last")
                            .code())
                    .isZero();
            assertThat(died(world, config, CrashPoint.AFTER_REPAIR)).isEqualTo(137);
            assertThat(world.state("SELECT COUNT(*) FROM repair WHERE outcome IS NULL"))
                    .contains("20");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
            world.approve();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(world.state("SELECT COUNT(*) FROM repair WHERE outcome = 'EQUAL'"))
                    .contains("20");
        }
    }

    /** A chunk whose rows are too large for one transaction is split; killed on the way it is split again, or both halves are copied. */
    private static void splits() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            world.source.execute("UPDATE history SET v = REPEAT('x', 500000)");
            Path config = world.config("cutover: {quiet: 1s}", "backfill: {workers: 1}");
            assertThat(died(world, config, CrashPoint.INSIDE_CHUNK_SPLIT)).isEqualTo(137);
            assertThat(world.state("SELECT COUNT(*) FROM chunk")).contains("1");
            assertThat(died(world, config, CrashPoint.AFTER_CHUNK_SPLIT)).isEqualTo(137);
            assertThat(world.state(
                            "SELECT GROUP_CONCAT(CONCAT_WS('/', number, above, up_to) ORDER BY number) FROM chunk"))
                    .hasValueSatisfying(plan -> assertThat(plan).matches("0/(\\d+),1/\\1"));
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    /** Thousands of changes at once are written on several connections; killed among them, all of them are written again. */
    private static void appliesInParts() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(3_000);
            Path config = world.config("cutover: {quiet: 1s, auto: false}");
            world.copyAndStop(config);
            for (int i = 0; i < 15; i++) {
                world.source.execute("UPDATE history SET v = CONCAT('changed ', id, ' ', " + i + ")");
            }
            world.source.execute("DELETE FROM history WHERE id % 3 = 0");
            assertThat(diedWithABacklog(world, config, CrashPoint.AFTER_STREAM_DELIVERED))
                    .isEqualTo(137);
            assertThat(diedWithABacklog(world, config, CrashPoint.AFTER_STREAM_PART))
                    .isEqualTo(137);
            world.approve();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    /** A migration of two empty tables halts; killed on the way there it halts again, and goes on once there is something to move. */
    private static void halts() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            Path config = world.config("cutover: {quiet: 1s}");
            assertThat(died(world, config, CrashPoint.BEFORE_HALT)).isEqualTo(137);
            assertThat(world.state("SELECT COALESCE(halt, 'none') FROM migration"))
                    .contains("none");
            assertThat(died(world, config, CrashPoint.AFTER_HALT)).isEqualTo(137);
            assertThat(world.state("SELECT halt FROM migration")).contains("NOTHING_TO_COMPARE");
            world.fill(100);
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    /** A small migration is killed wherever it drops or builds indexes, and ends with every row and every index. */
    private static void lateIndexes() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.target.execute(
                    "ALTER TABLE history ADD KEY one (made), ADD KEY two (v(10) DESC), ADD KEY three (made, id)");
            String before = indexes(world);
            world.fill(500);
            Path config = world.config("backfill: {chunk-rows: 100, indexes: late}", "cutover: {quiet: 1s}");
            try (LiveWriter writer = LiveWriter.on(world.source, 500)) {
                for (CrashPoint point : WITH_LATE_INDEXES) {
                    assertThat(died(world, config, point)).as("%s", point).isEqualTo(137);
                }
                assertThat(writer.writes()).isPositive();
            }
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(indexes(world)).isEqualTo(before);
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    private static String indexes(SmallWorld world) throws Exception {
        return world.target
                .value("SELECT GROUP_CONCAT(CONCAT_WS(' ', index_name, seq_in_index, column_name, sub_part, collation)"
                        + " ORDER BY index_name, seq_in_index) FROM information_schema.statistics"
                        + " WHERE table_schema = DATABASE() AND table_name = 'history'")
                .orElseThrow();
    }

    /** Holds a row that the stream wants until the whole log is read, so that everything behind it waits to be written. */
    private static int diedWithABacklog(SmallWorld world, Path config, CrashPoint point) throws Exception {
        try (Connection holder = world.target.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT * FROM history WHERE id = 1 FOR UPDATE");
            try (DaemonProcess daemon = world.start(config, "-D" + CrashPoint.PROPERTY + "=" + point)) {
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> world.target
                                .value("SELECT COUNT(*) > 0 FROM performance_schema.data_lock_waits")
                                .equals(Optional.of("1")));
                // All of them: that of the process before it may still be there.
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> world.source
                                .value("SELECT COUNT(*) > 0 AND SUM(state LIKE '%has sent all binlog%') = COUNT(*)"
                                        + " FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")
                                .equals(Optional.of("1")));
                holder.rollback();
                int code = world.end(daemon).code();
                if (code == 137) {
                    DIED_AT.add(point);
                }
                return code;
            }
        }
    }

    private static int died(SmallWorld world, Path config, CrashPoint point) throws Exception {
        try (DaemonProcess daemon = world.start(config, "-D" + CrashPoint.PROPERTY + "=" + point)) {
            int code = world.end(daemon).code();
            if (code == 137) {
                DIED_AT.add(point);
            }
            return code;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProcessDiesThereAndTheNextOneGoesOn(CrashPoint point) {
        // FencedCrashIT and RollingCrashIT have the others.
        if (Stream.of(Points.FENCED, Points.ROLLED)
                .noneMatch(part -> part.names().contains(point.name()))) {
            assertThat(DIED_AT).contains(point);
        }
    }

    @Test
    void everyDeathWasTheOneThatWasAskedForAndNoRowIsWrong() {
        for (Score score : List.of(allTheWay, withoutGtids)) {
            List<Blow> asked = score == allTheWay ? ALL_THE_WAY : WITHOUT_GTIDS;
            List<String> died = new ArrayList<>();
            score.points().forEach((point, count) -> {
                for (int i = 0; i < count; i++) {
                    died.add(point);
                }
            });
            assertThat(died)
                    .containsExactlyInAnyOrderElementsOf(asked.stream()
                            .map(blow -> ((Blow.AtPoint) blow).point())
                            .toList());
            assertThat(score.kills()).isEqualTo(asked.size());
            assertThat(score.rounds()).as("rounds checked").isOne();
            assertThat(score.writes()).isPositive();
            assertThat(List.of(score.lost(), score.ghosts(), score.stale())).containsOnly(0L);
        }
    }

    @Test
    void aPointThatDoesNotExistIsNeverArmedInVain() throws Exception {
        try (SmallWorld world = new SmallWorld();
                DaemonProcess daemon = world.start(world.config(), "-D" + CrashPoint.PROPERTY + "=BEFORE_LUNCH")) {
            SmallWorld.Ended ended = world.end(daemon);
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.output()).contains("BEFORE_LUNCH");
            assertThat(world.phase()).isEmpty();
        }
    }
}
