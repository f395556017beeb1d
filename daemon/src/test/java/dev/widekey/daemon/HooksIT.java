package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.widekey.daemon.hook.LocalReceiver;
import dev.widekey.sandbox.demo.DaemonProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon and who is told by it. */
class HooksIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void aMoveThereAndBackIsToldThroughAKillAndBesideAReceiverThatIsNotThere() throws Exception {
        try (SmallWorld world = new SmallWorld().refined();
                LocalReceiver receiver = new LocalReceiver()) {
            world.fill(500);
            Path config = world.config("cutover: {mode: fenced, id-gap: 1000}", hooks(receiver));
            // The process dies while the receiver, which has read the third event, has not answered yet.
            receiver.answer(body -> 204, body -> 204, receiver.none());
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                await("the third event")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> receiver.arrived().size() == 3);
                daemon.kill();
            }
            try (DaemonProcess daemon = world.start(config)) {
                await("the rest of the way there")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> happened(receiver).contains("reads-moved"));
                world.flag(config, "widekey.rollback", "on");
                world.awaitPhase("READY");
                await("the way back")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> happened(receiver).size() == 6);
                await("the other receiver is tried, and nobody has waited for it")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> world.log().contains("kafka failed, attempt"));
            }
            assertThat(happened(receiver))
                    .containsExactly(
                            "verified", "writes-moved", "reads-moved", "reads-returned", "writes-returned", "verified");
            assertThat(receiver.arrived())
                    .as("what was not stored as told is told again, as it was")
                    .filteredOn(body -> body.equals(receiver.arrived().get(2)))
                    .hasSizeGreaterThanOrEqualTo(2);
            assertThat(receiver.requests())
                    .allSatisfy(request -> assertThat(request.token()).contains("Bearer s3cr3t"));
            assertThat(world.log()).doesNotContain("s3cr3t");
            assertThat(world.state("SELECT number FROM hook WHERE name = 'webhook'"))
                    .contains("6");
            assertThat(world.state("SELECT number FROM hook WHERE name = 'kafka'"))
                    .isEmpty();
        }
    }

    @Test
    void aRollingMoveIsToldToItsEndBeforeTheProcessEnds() throws Exception {
        try (SmallWorld world = new SmallWorld();
                LocalReceiver receiver = new LocalReceiver()) {
            world.fill(200);
            Path config = world.config(
                    "cutover: {quiet: 1s, id-gap: 1000}", "hooks: {webhook: {url: \"" + receiver.url() + "\"}}");
            try (DaemonProcess daemon = world.start(config)) {
                SmallWorld.Ended end = world.end(daemon);
                assertThat(end.code()).as(end.output()).isZero();
            }
            assertThat(happened(receiver)).containsExactly("verified", "writes-moved", "reads-moved");
        }
    }

    @Test
    void aReceiverThatCannotBeConfiguredIsRefusedAtTheStart() throws Exception {
        Path properties = Files.writeString(folder.resolve("kafka.properties"), "acks=1\n");
        try (SmallWorld world = new SmallWorld()) {
            SmallWorld.Ended refused = world.command(
                    "check",
                    "--config",
                    world.config("hooks: {kafka: {servers: ['k:9092'], topic: t, properties: " + properties + "}}")
                            .toString());
            assertThat(refused.output()).contains("HOOK at hooks.kafka.properties: acks is set by the daemon itself");
            assertThat(refused.code()).isEqualTo(78);
        }
        try (SmallWorld world = new SmallWorld()) {
            SmallWorld.Ended refused = world.command(
                    "run",
                    "--config",
                    world.config("hooks: {webhook: {url: ftp://a, token-file: gone}}")
                            .toString());
            assertThat(refused.output())
                    .contains("hooks.webhook.url: cannot be used")
                    .contains("hooks.webhook.token-file: cannot be read");
            assertThat(refused.code()).isEqualTo(78);
        }
    }

    private String hooks(LocalReceiver receiver) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "s3cr3t\n");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return """
                    hooks:
                      webhook: {url: "%s", token-file: %s}
                      kafka: {servers: ["127.0.0.1:%d"], topic: t}
                    """.formatted(receiver.url(), token, free.getLocalPort());
        }
    }

    /** What a receiver makes of what arrived: each event once, by its id, in the order of arrival; their numbers have no gap. */
    private static List<String> happened(LocalReceiver receiver) throws IOException {
        Map<String, JsonNode> events = new LinkedHashMap<>();
        for (String body : receiver.taken()) {
            JsonNode event = MAPPER.readTree(body);
            JsonNode before = events.putIfAbsent(event.get("id").asText(), event);
            assertThat(Optional.ofNullable(before).orElse(event)).isEqualTo(event);
        }
        List<String> words = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        events.values().forEach(event -> {
            words.add(event.get("event").asText());
            numbers.add(event.get("number").asInt());
        });
        assertThat(numbers)
                .isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList());
        return words;
    }
}
