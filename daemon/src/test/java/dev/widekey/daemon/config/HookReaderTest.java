package dev.widekey.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.widekey.daemon.config.DaemonConfig.Hooks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HookReaderTest {

    private static final String REST = """
            migration: m
            source: {host: a, user: u, password: p, schema: s, table: t, server-id: 9}
            target: {host: b, user: u, password: p, schema: s, table: t}
            flags: {write: {name: w, target-when: true}, read: {name: r, target-when: false}}
            """;

    @TempDir
    private Path folder;

    private Hooks hooks(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("w.yaml"), REST + text);
        return new ConfigLoader(Map.of("T", "s3cr3t")).load(file).hooks();
    }

    private List<String> problems(String text) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> hooks(text));
        assertThat(refused).as("the file is refused").isNotNull();
        assertThat(refused.getMessage()).doesNotContain("s3cr3t");
        return refused.problems().stream()
                .map(problem -> problem.line() + ":" + problem.column() + " " + problem.key() + ": " + problem.what()
                        + "; got " + problem.got())
                .toList();
    }

    @Test
    void nobodyIsToldUnlessSomebodyIsNamed() throws Exception {
        assertThat(hooks("")).isEqualTo(new Hooks(Optional.empty(), Optional.empty(), Duration.ofMinutes(15)));
        assertThat(hooks("hooks: {patience: 2h}").patience()).isEqualTo(Duration.ofHours(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080",
                "https://caches.example.com/widekey",
                "https://[::1]:8443/a/b?c=d&e=%20",
                "https://hooks.example.com/services/T0/B0/xyz"
            })
    void anyAddressOfHttpIsTaken(String url) throws Exception {
        assertThat(hooks("hooks: {webhook: {url: '" + url + "'}}").webhook())
                .contains(new DaemonConfig.Webhook(URI.create(url), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "ftp://a/s3cr3t",
                "https://",
                "https:///s3cr3t",
                "https://u:s3cr3t@a/",
                "https://a/b c",
                "https://a/#s3cr3t",
                "http://a:99999/",
                "http://a_b/",
                "/s3cr3t"
            })
    void anyOtherIsRefusedWithoutRepeatingIt(String url) {
        assertThat(problems("hooks: {webhook: {url: '" + url + "'}}"))
                .containsExactly(
                        "5:24 hooks.webhook.url: cannot be used; got a text of " + url.length() + " characters");
    }

    @Test
    void theTokenIsGivenInOneOfFourWays() throws Exception {
        Files.writeString(folder.resolve("token"), "s3cr3t\n");
        for (String way : List.of("token: s3cr3t", "token-file: token", "token-env: T")) {
            assertThat(hooks("hooks: {webhook: {url: 'http://a', " + way + "}}")
                            .webhook()
                            .orElseThrow()
                            .token())
                    .as(way)
                    .contains(new Secret("s3cr3t"));
        }
        assertThat(problems("hooks: {webhook: {url: 'http://a', token-file: gone}}"))
                .containsExactly("5:48 hooks.webhook.token-file: cannot be read (NoSuchFileException); got "
                        + folder.resolve("gone"));
        assertThat(problems("hooks: {webhook: {url: 'http://a', token: 's3cr3t s3cr3t'}}"))
                .containsExactly(
                        "5:43 hooks.webhook.token: cannot be sent in a header; got blanks or special characters");
        assertThat(problems("hooks: {webhook: {url: 'http://a', token: a, token-env: T}}"))
                .hasSize(2);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() throws Exception {
        Files.writeString(folder.resolve("broken.properties"), "a=\\u00zz s3cr3t");
        assertThat(problems("""
                hooks:
                  patience: 3d
                  webhook: {token: s3cr3t}
                  kafka:
                    servers: ['k:0', 'k', 'k:9092']
                    topic: a b
                    properties: broken.properties
                    acks: all
                """))
                .containsExactly(
                        "6:13 hooks.patience: is not a length of time; got '3d'",
                        "7:3 hooks.webhook.url: is missing; got nothing",
                        "9:15 hooks.kafka.servers: cannot be used; got 'k:0'",
                        "9:22 hooks.kafka.servers: cannot be used; got 'k'",
                        "10:12 hooks.kafka.topic: cannot be used; got 'a b'",
                        "11:17 hooks.kafka.properties: names a file that holds no properties; got "
                                + folder.resolve("broken.properties"),
                        "12:5 hooks.kafka.acks: is not a key here; got acks");
    }

    @Test
    void aTopicNeedsItsBrokers() {
        assertThat(problems("hooks: {kafka: {topic: t}}"))
                .containsExactly("5:9 hooks.kafka.servers: is missing; got nothing");
        assertThat(problems("hooks: {kafka: {topic: t, servers: []}}"))
                .containsExactly("5:36 hooks.kafka.servers: names no broker; got none that can be used");
        assertThat(problems("hooks: {kafka: {topic: .., servers: ['k:1'], properties: gone}}"))
                .containsExactly(
                        "5:24 hooks.kafka.topic: cannot be used; got '..'",
                        "5:58 hooks.kafka.properties: cannot be read (NoSuchFileException); got "
                                + folder.resolve("gone"));
    }

    @Test
    void printingShowsNoSecret() throws Exception {
        Files.writeString(folder.resolve("kafka.properties"), "sasl.jaas.config=s3cr3t");
        assertThat(hooks("""
                hooks:
                  webhook: {url: 'https://a.example.com/s3cr3t', token: s3cr3t}
                  kafka: {servers: ['k:1'], topic: t, properties: kafka.properties}
                """).toString()).doesNotContain("s3cr3t").contains("a.example.com");
    }
}
