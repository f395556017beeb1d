package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon as its users run it: a process with a configuration file. */
class DaemonIT {
    private static final String QUICK = "cutover: {quiet: 1s}";
    private static final String WHEN_TOLD = "start: flag";

    @ParameterizedTest
    @ValueSource(strings = {"ascending", "newest-first"})
    void movesATableAndDoesNothingTheSecondTime(String order) throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(2_000);
            Path config = world.config(QUICK, "backfill: {workers: 3, chunk-rows: 100, order: " + order + "}");

            SmallWorld.Ended first = world.run(config);
            assertThat(first.code()).as(first.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
            assertThat(world.flags()).isEqualTo("1,0");
            assertThat(world.state("SELECT COUNT(*) FROM chunk WHERE NOT copied"))
                    .hasValue("0");

            SmallWorld.Ended second = world.run(config);
            assertThat(second.code()).as(second.output()).isZero();
            assertThat(second.output()).contains("migration small is done; nothing to do");
            assertThat(world.state("SELECT COUNT(*) FROM phase_history WHERE phase = 'DONE'"))
                    .hasValue("1");
        }
    }

    @Test
    void sourceAndTargetMayBeSchemasOfOneServer() throws Exception {
        try (SmallWorld world = new SmallWorld(TestServers.source(), TestServers.source())) {
            world.fill(500);
            SmallWorld.Ended run = world.run(world.config(QUICK));
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void aSourceWithoutGtidsIsMovedToo() throws Exception {
        try (MySqlServer source = MySqlServer.start(ServerOptions.defaults().withoutGtid());
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            world.fill(500);
            SmallWorld.Ended run = world.run(world.config(QUICK));
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void sigtermDrainsAndExitsWithZeroAndTheNextStartGoesOn() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(20_000);
            Path config = world.config(QUICK, "backfill: {workers: 1, chunk-rows: 100}");
            try (DaemonProcess daemon = world.start(config)) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> world.state("SELECT COUNT(*) FROM chunk WHERE copied")
                                .filter(copied -> Long.parseLong(copied) > 3)
                                .isPresent());
                daemon.terminate();
                SmallWorld.Ended stopped = world.end(daemon);
                assertThat(stopped.code()).as(stopped.output()).isZero();
                assertThat(stopped.output()).contains("stopped migration small in phase BACKFILL");
            }
            long copied = Long.parseLong(
                    world.state("SELECT COUNT(*) FROM chunk WHERE copied").orElseThrow());
            assertThat(copied).isLessThan(200);
            assertThat(world.state("SELECT COUNT(*) FROM chunk WHERE NOT copied"))
                    .hasValue("0");

            SmallWorld.Ended resumed = world.run(config);
            assertThat(resumed.code()).as(resumed.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void aSecondProcessIsRefusedWhileTheFirstIsAlive() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(10);
            Path config = world.config(WHEN_TOLD);
            try (DaemonProcess first = world.start(config)) {
                world.awaitPhase("IDLE");
                await().atMost(Duration.ofSeconds(30)).until(() -> world.log().contains("in phase IDLE"));
                SmallWorld.Ended second = world.command("run", "--config", config.toString());
                assertThat(second.code()).as(second.output()).isEqualTo(75);
                assertThat(second.output()).contains("migration small is owned by process");
                assertThat(first.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aRowThatCannotBeWrittenHaltsBeforeTheFlipAndIsNamed() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            Path config = world.config(QUICK, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> world.log().contains("in phase IDLE"));
                // Checks saw no negative key; this one comes after them.
                world.source.execute("INSERT INTO history VALUES (-5, 'below zero', NOW())");
                assertThat(world.command("flags", "set", "--config", config.toString(), "widekey.start", "on")
                                .code())
                        .isZero();
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("ROW_REJECTED").contains("the row with key -5");
            }
            assertThat(world.flags()).isEqualTo("0,1");
            SmallWorld.Ended status = world.command("status", "--config", config.toString());
            assertThat(status.code()).isEqualTo(4);
            assertThat(status.output()).contains("halted    ROW_REJECTED").contains("-5");

            // Mended, it goes on by itself.
            world.source.execute("DELETE FROM history WHERE id = -5");
            SmallWorld.Ended resumed = world.run(config);
            assertThat(resumed.code()).as(resumed.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void aRowTheStreamCannotWriteHaltsAndDoesNotHaltAgainOnceItIsMended() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            Path config = world.config("cutover: {quiet: 1s, auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.source.execute("INSERT INTO history VALUES (-7, 'below zero', NOW())");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("ROW_REJECTED").contains("the row with key -7");
            }
            // The log still holds the row; only its removal makes the tables equal.
            SmallWorld.Ended divergent = world.run(config);
            assertThat(divergent.code()).as(divergent.output()).isEqualTo(4);
            assertThat(divergent.output()).contains("DIVERGENT").contains("-7 missing");
            world.source.execute("DELETE FROM history WHERE id = -7");
            SmallWorld.Ended done = world.run(world.config(QUICK));
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

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
                startPaused(world, config);
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
    void sigtermWhileTheSourceIsDownExitsWithZero() throws Exception {
        try (MySqlServer source = MySqlServer.start();
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            world.fill(500);
            Path config = world.config(QUICK, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                startPaused(world, config);
                source.kill();
                flag(world, config, "widekey.pause", "off");
                await().atMost(Duration.ofSeconds(30)).until(() -> world.log().contains("stream lag unknown"));
                daemon.terminate();
                SmallWorld.Ended stopped = world.end(daemon);
                assertThat(stopped.code()).as(stopped.output()).isZero();
            }
            source.resume();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void whatStragglersWriteWhileNobodyRunsIsCarriedOverBeforeReadsMove() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            try (DaemonProcess daemon = world.start(world.config("cutover: {quiet: 60s}"))) {
                world.awaitPhase("DRAIN");
                daemon.kill();
            }
            // As if it had been killed just before the flip of the reads.
            world.meddle("UPDATE migration SET phase = 'FLIP_READS'");
            world.source.execute("INSERT INTO history (v, made) VALUES ('straggler', NOW())");
            SmallWorld.Ended done = world.run(world.config(QUICK));
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(done.output()).contains("FLIP_READS -> DRAIN: resumed");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void aGapThatWasReservedAndNeverUsedDoesNotStandInTheWay() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            try (DaemonProcess daemon = world.start(world.config("cutover: {auto: false}"))) {
                world.awaitPhase("READY");
                daemon.kill();
            }
            // A flip failed after its gap was reserved, and the application has passed it since.
            world.meddle("UPDATE migration SET gap_start = 50");
            world.source.execute("INSERT INTO history (v, made) VALUES ('beyond', NOW())");
            SmallWorld.Ended done = world.run(world.config(QUICK));
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
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

    @Test
    void pausesAndGoesOnByFlagAndTellsWhy() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(200);
            Path config = world.config(QUICK, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                startPaused(world, config);
                await().atMost(Duration.ofSeconds(30)).until(() -> world.log().contains("throttle=\"paused\""));
                assertThat(SmallWorld.rows(world.target)).startsWith("0 ");
                flag(world, config, "widekey.pause", "off");
                assertThat(world.end(daemon).code()).isZero();
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void isSeenOverHttp() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(1_000);
            Path config = world.config("cutover: {auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                String address = address(world.log());
                assertThat(get(address + "/health/live").statusCode()).isEqualTo(200);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> get(address + "/health/ready").statusCode() == 200);
                String metrics = get(address + "/metrics").body();
                assertThat(metrics)
                        .contains("widekey_copied_rows_total{migration=\"small\"} 1000.0")
                        .contains("widekey_phase{migration=\"small\",phase=\"READY\"} 1.0")
                        .contains("hikaricp_connections")
                        .contains("jvm_memory_used_bytes");
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> get(address + "/api/v1/status").body().contains("\"phase\":\"READY\""));
                assertThat(daemon.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aPositionNoLongerInTheBinlogIsRefusedAtTheStart() throws Exception {
        try (MySqlServer source = MySqlServer.start();
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            world.fill(100);
            Path config = world.config("cutover: {auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                daemon.kill();
            }
            world.source.execute("DELETE FROM history WHERE id = 50");
            source.execute("FLUSH BINARY LOGS", "PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY");
            SmallWorld.Ended refused = world.run(config);
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("POSITION_LOST", "begin again", "nothing was changed");
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    @Test
    void badConfigurationIsRefusedAtItsLine() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            Path config = world.config("bakfill: {workers: 2}", "start: maybe");
            SmallWorld.Ended refused = world.command("run", "--config", config.toString());
            assertThat(refused.code()).isEqualTo(78);
            assertThat(refused.output())
                    .contains("small.yaml:7:", "bakfill", "backfill")
                    .contains("small.yaml:8:", "start", "maybe")
                    .doesNotContain("Exception");
            assertThat(world.phase()).isEmpty();
        }
    }

    @Test
    void anAddressThatIsTakenIsRefused() throws Exception {
        try (SmallWorld world = new SmallWorld();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            world.fill(10);
            Path config = world.config();
            Files.writeString(
                    config, Files.readString(config).replace("127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort()));
            SmallWorld.Ended refused = world.run(config);
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("HTTP_ADDRESS at http.listen 127.0.0.1:" + taken.getLocalPort());
            assertThat(world.phase()).hasValue("IDLE");
        }
    }

    @Test
    void unreachableServersAreNamedTogetherAndNothingIsChanged() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            Path config = world.config();
            String text = Files.readString(config).replaceAll("port: \\d+", "port: 1");
            Files.writeString(config, text);
            for (String command : new String[] {"check", "run"}) {
                SmallWorld.Ended refused = world.command(command, "--config", config.toString());
                assertThat(refused.code()).as(refused.output()).isEqualTo(78);
                assertThat(refused.output())
                        .contains("UNREACHABLE at source", "UNREACHABLE at target", "2 problems")
                        .doesNotContain("at dev.widekey");
            }
        }
    }

    /** Lets a daemon that waits for its start begin, with the copy held back. */
    private static void startPaused(SmallWorld world, Path config) throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> world.log().contains("in phase IDLE"));
        flag(world, config, "widekey.pause", "on");
        await().atMost(Duration.ofSeconds(30)).until(() -> world.log().contains("CachedSwitch: paused"));
        flag(world, config, "widekey.start", "on");
        world.awaitPhase("BACKFILL");
    }

    private static void flag(SmallWorld world, Path config, String name, String position) throws Exception {
        SmallWorld.Ended set = world.command("flags", "set", "--config", config.toString(), name, position);
        assertThat(set.code()).as(set.output()).isZero();
    }

    private static String address(String log) {
        Matcher matcher = Pattern.compile("listening on (http://\\S+)").matcher(log);
        assertThat(matcher.find()).as(log).isTrue();
        return matcher.group(1);
    }

    private static HttpResponse<String> get(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
