package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.PlainServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Indexes of the target that are dropped before the copy and built after it, by the real daemon on real servers. */
@Timeout(180)
class LateIndexesIT {
    private static final String LATE = "backfill: {workers: 2, chunk-rows: 200, indexes: late}";
    private static final String KEEP = "backfill: {workers: 2, chunk-rows: 200}";
    private static final String TO_THE_END = "cutover: {quiet: 1s}";

    /** An index on this column costs the server the tenth of a second for each slow row, and nothing for any other. */
    private static final String SLOW = "ALTER TABLE history ADD COLUMN slow CHAR(128)"
            + " AS (SHA2(IF(v LIKE 'slow%', REPEAT(v, 3000000), ''), 512)) VIRTUAL, ADD KEY late_slow (slow), ADD KEY late_v (v(250))";

    private static final String SLOW_ROWS =
            "INSERT INTO history (v, made) SELECT CONCAT('slow ', id), NOW() FROM history WHERE id <= 100";

    @Test
    void everyKindOfIndexIsAsItWasAfterwardsWhileRowsAreWritten() throws Exception {
        Server servers = TestServers.target();
        servers.execute("CREATE USER IF NOT EXISTS 'late'@'%' IDENTIFIED BY 'late'");
        try (SmallWorld world = new SmallWorld(
                TestServers.source(),
                servers,
                TestServers.source(),
                new PlainServer(servers.host(), servers.port(), "late", "late"))) {
            String schema = world.target.name();
            world.target.execute(
                    "ALTER TABLE history ADD COLUMN a INT NULL, ADD COLUMN vg INT AS (a + 1) VIRTUAL, ADD COLUMN `odd``,(` INT NULL,"
                            + " ADD COLUMN j JSON NULL",
                    "ALTER TABLE history ADD KEY late_1 (made), ADD KEY late_2 (made DESC, v(10)), ADD KEY `late``3 ,(` (`odd``,(`, a),"
                            + " ADD KEY late_4 (a) COMMENT 'it''s `a`, (é) \\\\ \\n KEY `z` (`z`)', ADD KEY late_5 (a, id) INVISIBLE,"
                            + " ADD KEY late_6 (vg), ADD KEY late_7 (v(300)) USING BTREE COMMENT 'MERGE_THRESHOLD=40',"
                            + " ADD FULLTEXT KEY kept_ft (v) WITH PARSER ngram, ADD KEY kept_ex ((a * 2)),"
                            + " ADD KEY kept_many ((CAST(j->'$.z' AS UNSIGNED ARRAY))), ADD KEY kept_parent (id, a)",
                    "CREATE TABLE child (h BIGINT UNSIGNED, FOREIGN KEY (h) REFERENCES history (id))",
                    // What deploy/grants gives.
                    "GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, TRIGGER ON " + schema + ".history TO 'late'@'%'",
                    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON " + schema + "_state.* TO 'late'@'%'",
                    "GRANT REFERENCES ON " + schema + ".child TO 'late'@'%'");
            List<String> before = indexes(world);
            assertThat(before).hasSize(12);
            world.fill(3_000);
            Path config = world.config(LATE, "cutover: {quiet: 1s, auto: false}", "start: flag");

            SmallWorld.Ended check = world.command("check", "--config", config.toString());
            assertThat(check.code()).as(check.output()).isZero();
            assertThat(check.output())
                    .contains("7 secondary indexes will be dropped now and built after the copy: ")
                    .contains("kept_ex (expression)", "kept_ft (full text)", "kept_parent (foreign key)");

            try (DaemonProcess daemon = world.start(config);
                    LiveWriter writer = LiveWriter.on(world.source, 3_000)) {
                world.startPaused(config);
                assertThat(world.log()).contains("7 secondary indexes will be dropped now");
                assertThat(String.join("\n", indexes(world))).contains("kept_").doesNotContain("late");
                world.flag(config, "widekey.pause", "off");
                world.awaitPhase("READY");
                assertThat(writer.writes()).isPositive();
                assertThat(indexes(world)).containsExactlyInAnyOrderElementsOf(before);
                writer.close();
                world.flag(config, "widekey.cutover", "on");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
            assertThat(indexes(world)).containsExactlyInAnyOrderElementsOf(before);
            assertThat(world.state("SELECT GROUP_CONCAT(phase ORDER BY seq) FROM phase_history"))
                    .hasValue("IDLE,PREPARE,BACKFILL,INDEX,CATCH_UP,VERIFY,READY,FLIP_WRITES,DRAIN,FLIP_READS,DONE");
        }
    }

    @Test
    void aBuildThatIsStoppedOrKilledIsEndedOnTheServerAndBegunAgain() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.target.execute(SLOW);
            List<String> before = indexes(world);
            world.fill(1_500);
            world.source.execute(SLOW_ROWS);
            Path config = world.config(LATE, TO_THE_END);
            long stopped;
            try (DaemonProcess daemon = world.start(config)) {
                stopped = awaitBuild(world);
                daemon.terminate();
                assertThat(world.end(daemon).code()).isZero();
            }
            assertThat(world.phase()).hasValue("INDEX");
            await("the end of the statement")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> builds(world).isEmpty());
            long killed;
            try (DaemonProcess daemon = world.start(config)) {
                killed = awaitBuild(world);
                assertThat(killed).isNotEqualTo(stopped);
                daemon.kill();
            }
            assertThat(builds(world)).as("the server does not notice").hasValue(killed);
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(done.output()).contains("ended connection " + killed + " of an earlier process");
            assertThat(indexes(world)).isEqualTo(before);
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void whenTheServersLogOfWritesOverflowsTheNextAttemptHoldsTheStream() throws Exception {
        ServerOptions forgetful = ServerOptions.defaults()
                .with("innodb-online-alter-log-max-size", "65536")
                .with("innodb-sort-buffer-size", "65536");
        try (MySqlServer target = MySqlServer.start(forgetful);
                SmallWorld world = new SmallWorld(TestServers.source(), target)) {
            world.target.execute(SLOW);
            List<String> before = indexes(world);
            world.fill(1_500);
            world.source.execute(SLOW_ROWS);
            AtomicInteger round = new AtomicInteger();
            try (DaemonProcess daemon = world.start(world.config(LATE, TO_THE_END))) {
                awaitBuild(world);
                await("a second attempt").atMost(Duration.ofSeconds(60)).until(() -> {
                    world.source.execute(
                            "UPDATE history SET v = CONCAT('" + round.incrementAndGet() + " ', v) WHERE id <= 400");
                    return world.log().contains("building late_v, late_slow, attempt 2");
                });
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
                assertThat(done.output())
                        .contains("building indexes failed, trying again: ", "innodb_online_alter_log_max_size")
                        .doesNotContain("attempt 3\n");
            }
            assertThat(indexes(world)).isEqualTo(before);
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void anIndexOfThatNameThatIsAnotherOneHaltsAndOneThatIsTheSameIsTakenForIt() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.target.execute(
                    "ALTER TABLE history ADD KEY late_1 (made), ADD KEY late_2 (v(20)), ADD KEY late_3 (made DESC)");
            List<String> before = indexes(world);
            world.fill(1_000);
            Path config = world.config(LATE, TO_THE_END, "start: flag");
            try (DaemonProcess daemon = world.start(config)) {
                world.startPaused(config);
                world.target.execute(
                        "ALTER TABLE history ADD KEY late_1 (made DESC)",
                        "ALTER TABLE history ADD KEY late_3 (made DESC)");
                world.flag(config, "widekey.pause", "off");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output())
                        .contains(
                                "halted: SCHEMA_CHANGED",
                                "late_1",
                                "was KEY `late_1` (`made`) and is KEY `late_1` (`made` DESC)");
            }
            world.target.execute("ALTER TABLE history DROP KEY late_1");
            // What was dropped is owed, whatever the configuration says by now; somebody's open transaction only delays
            // it.
            try (Connection reader = world.target.connect();
                    Statement statement = reader.createStatement()) {
                reader.setAutoCommit(false);
                statement.executeQuery("SELECT COUNT(*) FROM history").close();
                try (DaemonProcess daemon = world.start(world.config(KEEP, TO_THE_END))) {
                    world.awaitLog("building indexes failed, trying again: Lock wait timeout exceeded");
                    reader.rollback();
                    SmallWorld.Ended done = world.end(daemon);
                    assertThat(done.code()).as(done.output()).isZero();
                    assertThat(done.output()).contains("built 2 late indexes: late_1, late_2");
                }
            }
            assertThat(indexes(world)).containsExactlyInAnyOrderElementsOf(before);
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void aUniqueKeyIsRefusedWhateverIsToBeBuiltLate() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.target.execute("ALTER TABLE history ADD KEY late_1 (made), ADD UNIQUE KEY one (id DESC)");
            SmallWorld.Ended refused =
                    world.command("check", "--config", world.config(LATE).toString());
            assertThat(refused.code()).isEqualTo(78);
            assertThat(refused.output()).contains("TARGET_UNIQUE_KEY").doesNotContain("will be dropped");
        }
    }

    private static List<String> indexes(SmallWorld world) throws Exception {
        try (Connection connection = world.target.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW CREATE TABLE history")) {
            row.next();
            return row.getString(2)
                    .lines()
                    .map(line -> line.strip().replaceFirst(",$", ""))
                    .filter(line -> line.contains("KEY `") || line.startsWith("PRIMARY"))
                    .toList();
        }
    }

    /** Waits until the server builds the indexes, and says on which connection. */
    private static long awaitBuild(SmallWorld world) {
        // Before the copy they were tried on the empty table.
        world.awaitPhaseOrLater("INDEX");
        return await("the building of indexes")
                .atMost(Duration.ofSeconds(90))
                .until(() -> builds(world), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<Long> builds(SmallWorld world) throws Exception {
        return world.target
                .value("SELECT id FROM performance_schema.processlist WHERE info LIKE 'ALTER TABLE%"
                        + world.target.name() + "%ADD KEY%' AND state LIKE 'alter%'")
                .map(Long::valueOf);
    }
}
