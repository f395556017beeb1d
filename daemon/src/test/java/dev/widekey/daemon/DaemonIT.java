package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
    void theQuietTimeBeginsWithTheFlipHoweverSilentTheSourceWasBefore() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(10);
            SmallWorld.Ended run = world.run(world.config("cutover: {quiet: 2s}"));
            assertThat(run.code()).as(run.output()).isZero();
            long micros = Long.parseLong(
                    world.state("SELECT TIMESTAMPDIFF(MICROSECOND, MAX(CASE phase WHEN 'DRAIN' THEN at END),"
                                    + " MAX(CASE phase WHEN 'FLIP_READS' THEN at END)) FROM phase_history")
                            .orElseThrow());
            assertThat(Duration.ofNanos(micros * 1_000)).isGreaterThanOrEqualTo(Duration.ofMillis(1_900));
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
            // The worker may have been handed its next chunk; it has not begun it.
            assertThat(world.state("SELECT COUNT(*) <= 1 FROM chunk WHERE NOT copied"))
                    .hasValue("1");

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
    void sigtermWhileTheSourceIsDownExitsWithZero() throws Exception {
        try (MySqlServer source = MySqlServer.start();
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            world.fill(500);
            Path config = world.config(QUICK, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                world.startPaused(config);
                source.kill();
                world.flag(config, "widekey.pause", "off");
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
    void pausesAndGoesOnByFlagAndTellsWhy() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(200);
            Path config = world.config(QUICK, WHEN_TOLD);
            try (DaemonProcess daemon = world.start(config)) {
                world.startPaused(config);
                await().atMost(Duration.ofSeconds(30)).until(() -> world.log().contains("throttle=\"paused\""));
                assertThat(SmallWorld.rows(world.target)).startsWith("0 ");
                world.flag(config, "widekey.pause", "off");
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
