package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.widekey.sandbox.demo.DaemonProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows are compared in the background while the migration waits at the gate. */
class BackgroundIT {
    private static final String HELD_BACK = "cutover: {quiet: 1s, auto: false}";
    private static final String SMALL_RANGES = "backfill: {chunk-rows: 1000}";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ROWS = 5_000;

    static Stream<Arguments> damages() {
        return Stream.of(
                Arguments.of("UPDATE history SET v = CONCAT(v, ' ') WHERE id = 1", "1 different in v"),
                Arguments.of("DELETE FROM history WHERE id = 2500", "2500 missing"),
                Arguments.of("INSERT INTO history VALUES (NOW(), 'nobody', 7000000)", "7000000 extra"));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aRowDamagedWhileTheMigrationWaitsIsFoundAndNamedAndNothingMoves(String damage, String named) throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            Path config = world.config(HELD_BACK, SMALL_RANGES);
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.target.execute(damage);
                String damaged = SmallWorld.rows(world.target);
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output())
                        .contains("halted: DIVERGENT")
                        .contains("differ in 1 keys (found in the background, so there may be more): " + named)
                        .doesNotContain("FLIP_WRITES");
                assertThat(SmallWorld.rows(world.target)).isEqualTo(damaged);
            }
            assertThat(world.flags()).isEqualTo("0,1");
            assertThat(world.phase()).hasValue("READY");
            assertThat(world.state("SELECT COUNT(*) FROM difference")).hasValue("1");
            // It is repaired like any other.
            assertThat(world.command("fixup", "--config", config.toString(), "--last", "--remove-extra")
                            .output())
                    .contains("asked for 1 of 1");
            world.approve();
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void roundsGoOnBesideABusyApplicationWithoutAFalseAlarmAndRestWhilePaused() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            Path config = world.config(HELD_BACK, SMALL_RANGES);
            try (DaemonProcess daemon = world.start(config);
                    // Few keys, so that the same rows change again and again.
                    LiveWriter writer = LiveWriter.on(world.source, 20)) {
                world.awaitPhase("READY");
                await().atMost(PATIENCE)
                        .until(() -> status(world).path("backgroundRounds").asLong() >= 2);
                JsonNode seen = status(world);
                assertThat(seen.path("phase").asText()).isEqualTo("READY");
                assertThat(seen.path("backgroundRows").asLong()).isGreaterThanOrEqualTo(2 * (ROWS - 20));
                assertThat(seen.path("backgroundDifferences").asLong()).isZero();
                assertThat(seen.path("backgroundRoundAgeSeconds").asDouble()).isGreaterThanOrEqualTo(0);
                assertThat(writer.writes()).isPositive();

                world.pause(config);
                await().atMost(PATIENCE)
                        .until(() -> status(world).path("throttle").asText().equals("paused"));
                world.target.execute("UPDATE history SET v = 'damaged' WHERE id = 4000");
                // Longer than a round takes.
                await().during(Duration.ofSeconds(8))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> status(world).path("backgroundDifferences").asLong() == 0);
                world.flag(config, "widekey.pause", "off");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("4000 different in v");
            }
        }
    }

    @Test
    void aKeyThatChangedLatelyIsComparedBeforeTheRest() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(ROWS);
            // Every range has its own rest, so a round takes half a minute or more.
            Path config = world.config(HELD_BACK, "backfill: {chunk-rows: 100}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.pause(config);
                world.source.execute("UPDATE history SET v = 'newer' WHERE id = 3");
                await().atMost(PATIENCE)
                        .until(() -> world.target
                                .value("SELECT v FROM history WHERE id = 3")
                                .equals(Optional.of("newer")));
                world.target.execute("UPDATE history SET v = 'wrong' WHERE id = 3");
                world.flag(config, "widekey.pause", "off");
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.output()).contains("3 different in v");
                // By its range it would have been the last.
                assertThat(world.state("SELECT compared < 4000 FROM parity WHERE scope = 'background'"))
                        .hasValue("1");
            }
        }
    }

    private static JsonNode status(SmallWorld world) throws Exception {
        Matcher address = Pattern.compile("listening on (http://\\S+)").matcher(world.log());
        assertThat(address.find()).isTrue();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address.group(1) + "/api/v1/status"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new ObjectMapper().readTree(answer.body());
    }
}
