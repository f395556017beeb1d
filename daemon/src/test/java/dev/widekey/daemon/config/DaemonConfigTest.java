package dev.widekey.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.ChunkOrder;
import dev.widekey.daemon.config.DaemonConfig.Audit;
import dev.widekey.daemon.config.DaemonConfig.Backfill;
import dev.widekey.daemon.config.DaemonConfig.Cutover;
import dev.widekey.daemon.config.DaemonConfig.FlagKey;
import dev.widekey.daemon.config.DaemonConfig.Flags;
import dev.widekey.daemon.config.DaemonConfig.Hooks;
import dev.widekey.daemon.config.DaemonConfig.Http;
import dev.widekey.daemon.config.DaemonConfig.Kafka;
import dev.widekey.daemon.config.DaemonConfig.Listen;
import dev.widekey.daemon.config.DaemonConfig.Source;
import dev.widekey.daemon.config.DaemonConfig.Stream;
import dev.widekey.daemon.config.DaemonConfig.Target;
import dev.widekey.daemon.config.DaemonConfig.Throttle;
import dev.widekey.daemon.config.DaemonConfig.Webhook;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonConfigTest {

    @TempDir
    private Path folder;

    private DaemonConfig load(String text) throws IOException {
        return new ConfigLoader(Map.of("CREDENTIALS_DIRECTORY", folder.toString()))
                .load(Files.writeString(folder.resolve("widekey.yaml"), text));
    }

    @Test
    void defaultsAreAsDocumented() throws IOException {
        DaemonConfig config = load("""
                migration: m
                source: {host: a, user: u, password: p, schema: s, table: t, server-id: 9}
                target: {host: b, user: u, password: p, schema: s, table: t}
                flags: {write: {name: w, target-when: true}, read: {name: r, target-when: false}}
                """);
        assertThat(config)
                .isEqualTo(new DaemonConfig(
                        "m",
                        new Source("a", 3306, "u", new Secret("p"), Tls.REQUIRED, Optional.empty(), "s", "t", 9),
                        new Target(
                                "b", 3306, "u", new Secret("p"), Tls.REQUIRED, Optional.empty(), "s", "t", "widekey"),
                        Start.NOW,
                        new Flags(new FlagKey("w", true), new FlagKey("r", false), new FlagOutlet.Mysql()),
                        new Backfill(4, 50_000, ChunkOrder.ASCENDING, Indexes.KEEP, ExistingRows.REFUSE),
                        new Cutover(
                                CutoverMode.FENCED,
                                CutoverOrder.PARITY_FIRST,
                                true,
                                10_000,
                                false,
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(10),
                                true),
                        new Stream(Duration.ofSeconds(5)),
                        new Throttle(
                                Pacing.AUTO,
                                Rate.OFF,
                                Rate.OFF,
                                Optional.empty(),
                                30,
                                25,
                                Duration.ofMillis(250),
                                90,
                                1_000_000,
                                Duration.ofSeconds(10),
                                List.of(),
                                List.of()),
                        new Http(new Listen("127.0.0.1", 9290)),
                        new Audit(Map.of(), List.of(), List.of()),
                        new Hooks(Optional.empty(), Optional.empty(), Duration.ofMinutes(15))));
    }

    @Test
    void everyKeyIsMapped() throws IOException {
        Path trust = Files.writeString(folder.resolve("trust.p12"), "");
        Files.writeString(folder.resolve("kafka.properties"), "# as a client has it\nsecurity.protocol=SASL_SSL\n");
        DaemonConfig config = load("""
                migration: m-2
                source:
                  {host: a, port: 1, user: u1, password: p1, tls: verify-ca, truststore: trust.p12, schema: s1, table: t1, server-id: 10}
                target:
                  {host: b, port: 2, user: u2, password: p2, tls: verify-identity, truststore: trust.p12, schema: s2, table: t2, state-schema: st}
                start: flag
                flags: {write: {name: w, target-when: false}, read: {name: r, target-when: true}, store: manual}
                backfill: {workers: 5, chunk-rows: 6000, order: newest-first, indexes: keep, existing-rows: refuse}
                cutover: {mode: rolling, order: write-first, auto: false, id-gap: 7, id-gap-fixed: true, quiet: 2m, max-lag: 250ms, lock-wait: 1s, max-pause: 1m, rollback: false}
                stream: {keep-alive: 1s}
                throttle:
                  {mode: off, rows-per-second: 20000, bytes-per-second: 20MB, connections: 17, source-latency: 2,
                   threads-running: 3, commit-latency: 4ms, checkpoint-age: 5, purge-lag: 6, replica-lag: 7s,
                   source-replicas: [r1, '[::1]:3307'], target-replicas: ['r2:1']}
                http: {listen: "0.0.0.0:1"}
                audit:
                  classes:
                    orphan: "NOT EXISTS (SELECT 1 FROM m WHERE m.id = student_module_id)"
                    known-bad: id IN (17, 4711)
                  group-by: [version, grade]
                  by-day: [created]
                hooks:
                  patience: 1m
                  webhook: {url: "https://a.example.com:1/b?c=d", token: t}
                  kafka: {servers: ['k:1', '[::1]:2'], topic: t.o-p_ic, properties: kafka.properties}
                """);
        assertThat(config)
                .isEqualTo(new DaemonConfig(
                        "m-2",
                        new Source("a", 1, "u1", new Secret("p1"), Tls.VERIFY_CA, Optional.of(trust), "s1", "t1", 10),
                        new Target(
                                "b",
                                2,
                                "u2",
                                new Secret("p2"),
                                Tls.VERIFY_IDENTITY,
                                Optional.of(trust),
                                "s2",
                                "t2",
                                "st"),
                        Start.FLAG,
                        new Flags(new FlagKey("w", false), new FlagKey("r", true), new FlagOutlet.Manual()),
                        new Backfill(5, 6000, ChunkOrder.NEWEST_FIRST, Indexes.KEEP, ExistingRows.REFUSE),
                        new Cutover(
                                CutoverMode.ROLLING,
                                CutoverOrder.WRITE_FIRST,
                                false,
                                7,
                                true,
                                Duration.ofMinutes(2),
                                Duration.ofMillis(250),
                                Duration.ofSeconds(1),
                                Duration.ofMinutes(1),
                                false),
                        new Stream(Duration.ofSeconds(1)),
                        new Throttle(
                                Pacing.OFF,
                                new Rate(20_000),
                                new Rate(20_000_000),
                                Optional.of(17),
                                2,
                                3,
                                Duration.ofMillis(4),
                                5,
                                6,
                                Duration.ofSeconds(7),
                                List.of(new Address("r1", 3306), new Address("::1", 3307)),
                                List.of(new Address("r2", 1))),
                        new Http(new Listen("0.0.0.0", 1)),
                        new Audit(
                                Map.of(
                                        "orphan",
                                        new Condition("NOT EXISTS (SELECT 1 FROM m WHERE m.id = student_module_id)"),
                                        "known-bad",
                                        new Condition("id IN (17, 4711)")),
                                List.of("version", "grade"),
                                List.of("created")),
                        new Hooks(
                                Optional.of(new Webhook(
                                        URI.create("https://a.example.com:1/b?c=d"), Optional.of(new Secret("t")))),
                                Optional.of(new Kafka(
                                        List.of("k:1", "[::1]:2"),
                                        "t.o-p_ic",
                                        Map.of("security.protocol", new Secret("SASL_SSL")))),
                                Duration.ofMinutes(1))));
    }

    @Test
    void sampleShowsEveryKeyAndTheDefaults() throws IOException {
        Path sample = sample();
        Files.writeString(folder.resolve("source-password"), "p\n");
        Files.writeString(folder.resolve("target-password"), "p\n");
        DaemonConfig config = new ConfigLoader(Map.of("CREDENTIALS_DIRECTORY", folder.toString())).load(sample);

        String text = Files.readString(sample);
        for (String key : keys(DaemonConfig.class)) {
            assertThat(text).as("key %s", key).containsPattern(Pattern.compile("(?m)^ *(# *)?" + key + ":"));
        }
        for (String way : SecretReader.KEYS) {
            assertThat(text).contains("#   " + way + " ");
        }
        DaemonConfig minimal = load("""
                migration: csmh
                source: {host: a, user: u, password: p, schema: edxapp, table: t, server-id: 9}
                target: {host: b, user: u, password: p, schema: edxapp_csmh, table: t}
                flags: {write: {name: w, target-when: true}, read: {name: r, target-when: false}}
                """);
        assertThat(config.start()).isEqualTo(minimal.start());
        assertThat(config.backfill()).isEqualTo(minimal.backfill());
        assertThat(config.cutover()).isEqualTo(minimal.cutover());
        assertThat(config.stream()).isEqualTo(minimal.stream());
        assertThat(config.throttle()).isEqualTo(minimal.throttle());
        assertThat(config.http()).isEqualTo(minimal.http());
        assertThat(config.audit()).isEqualTo(minimal.audit());
        assertThat(config.hooks()).isEqualTo(minimal.hooks());
        assertThat(config.source().port()).isEqualTo(minimal.source().port());
        assertThat(config.target().port()).isEqualTo(minimal.target().port());
        assertThat(config.source().tls()).isEqualTo(minimal.source().tls());
        assertThat(config.target().tls()).isEqualTo(minimal.target().tls());
        assertThat(config.target().stateSchema()).isEqualTo(minimal.target().stateSchema());
    }

    @Test
    void theConnectionsBoundTheWorkers() throws IOException {
        String text = """
                migration: m
                source: {host: a, user: u, password: p, schema: s, table: t, server-id: 9}
                target: {host: b, user: u, password: p, schema: s, table: t}
                flags: {write: {name: w, target-when: true}, read: {name: r, target-when: false}}
                backfill: {workers: 8}
                """;
        assertThat(load(text).workers()).isEqualTo(8);
        assertThat(load(text + "throttle: {connections: 15}").workers()).isEqualTo(1);
        assertThat(load(text + "throttle: {connections: 21}").workers()).isEqualTo(7);
        assertThat(load(text + "throttle: {connections: 22}").workers()).isEqualTo(8);
        assertThat(load(text + "throttle: {connections: 100}").workers()).isEqualTo(8);
    }

    @Test
    void ratesAreWrittenAsTheyAreRead() {
        for (String text : List.of("off", "100", "20000", "1000000000")) {
            assertThat(Rate.rows(text).map(Rate::asRows)).as(text).contains(text);
        }
        for (String text : List.of("off", "100KB", "1500KB", "20MB", "3GB", "1000GB")) {
            assertThat(Rate.bytes(text).map(Rate::asBytes)).as(text).contains(text);
        }
        for (String text : List.of("", "0", "99", "1e3", "-100", "1000000001", "20 000", "OFF")) {
            assertThat(Rate.rows(text)).as(text).isEmpty();
        }
        for (String text : List.of("", "0", "1000000", "99KB", "1001GB", "20mb", "1.5MB", "20 MB", "999999999GB")) {
            assertThat(Rate.bytes(text)).as(text).isEmpty();
        }
    }

    @Test
    void lengthsOfTimeAreWrittenAsTheyAreRead() {
        for (String text : List.of("500ms", "3s", "2m", "1h", "0s", "90s", "1001ms")) {
            assertThat(DurationText.parse(text).map(DurationText::format)).contains(text);
        }
        for (String text : List.of("", "5", "5 s", "-1s", "1.5s", "5S", "05s", "9999999999s", "1d")) {
            assertThat(DurationText.parse(text)).as("'%s'", text).isEmpty();
        }
    }

    /** The sample in the repository, found from the module's folder or from the root. */
    private static Path sample() {
        Path inModule = Path.of("..", "deploy", "examples", "csmh.yaml");
        return Files.exists(inModule) ? inModule : Path.of("deploy", "examples", "csmh.yaml");
    }

    private static List<String> keys(Class<?> type) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Class<?> nested = component.getType();
            boolean section = nested.isRecord() && nested != Listen.class && nested != Rate.class;
            if (nested != Secret.class) {
                keys.add(component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
            }
            if (section) {
                keys.addAll(keys(nested));
            }
        }
        return keys;
    }
}
