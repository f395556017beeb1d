package dev.widekey.daemon.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.forecast.Forecast;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Phase;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusServerIT {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"[^\"\\n]*\",?)*\\})? (-?[0-9.eE+-]+|NaN|[+-]Inf)");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private volatile Snapshot snapshot = SnapshotTest.snapshot(Phase.BACKFILL, true);
    private final HttpClient client = HttpClient.newHttpClient();
    private IdleMigration migration;
    private StatusServer server;

    @BeforeEach
    void start() throws Exception {
        migration = new IdleMigration(registry);
        server = new StatusServer(
                new InetSocketAddress("127.0.0.1", 0),
                registry,
                () -> snapshot,
                () -> !migration.alarm().isRaised());
    }

    @AfterEach
    void stop() {
        server.close();
        migration.close();
    }

    @Test
    void everyLineOfTheMetricsIsPrometheusText() throws Exception {
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        Map<String, String> help = new HashMap<>();
        Map<String, String> types = new HashMap<>();
        for (String line : answer.body().lines().toList()) {
            if (line.startsWith("# HELP ")) {
                String[] words = line.split(" ", 4);
                help.put(words[2], words.length > 3 ? words[3] : "");
            } else if (line.startsWith("# TYPE ")) {
                types.put(line.split(" ")[2], line.split(" ")[3]);
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(types).as(line).containsKey(sample.group(1));
                if (sample.group(1).startsWith("widekey_")) {
                    assertThat(help.get(sample.group(1))).as(line).isNotBlank();
                    assertThat(line).contains("migration=\"csmh\"");
                }
            }
        }
        assertThat(types)
                .containsEntry("widekey_phase", "gauge")
                .containsEntry("widekey_ready", "gauge")
                .containsEntry("widekey_copied_ratio", "gauge")
                .containsEntry("widekey_throttled", "gauge")
                .containsEntry("widekey_stream_lag_seconds", "gauge")
                .containsEntry("widekey_stream_silence_seconds", "gauge")
                .containsEntry("widekey_stream_connected", "gauge")
                .containsEntry("widekey_copied_rows_total", "counter")
                .containsEntry("widekey_copied_bytes_total", "counter")
                .containsEntry("widekey_copied_chunks_total", "counter")
                .containsEntry("widekey_stream_applied_changes_total", "counter")
                .containsEntry("widekey_stream_restarts_total", "counter")
                .containsEntry("widekey_compared_rows", "gauge")
                .containsEntry("widekey_source_ids_left", "gauge")
                .containsEntry("widekey_source_exhaustion_seconds", "gauge")
                .containsEntry("widekey_binlog_survival_seconds", "gauge")
                .containsEntry("widekey_drain_seconds", "gauge");
        assertThat(types.keySet()).anyMatch(name -> name.startsWith("jvm_memory_"));
    }

    @Test
    void aForecastThatIsNotKnownIsNotZero() throws Exception {
        assertThat(get("/metrics").body())
                .contains(
                        "widekey_source_ids_left{migration=\"csmh\"} NaN",
                        "widekey_source_exhaustion_seconds{migration=\"csmh\"} NaN",
                        "widekey_binlog_survival_seconds{migration=\"csmh\",server=\"source\"} NaN",
                        "widekey_drain_seconds{migration=\"csmh\"} NaN");
    }

    @Test
    void anUnknownLagIsNotZero() throws Exception {
        assertThat(get("/metrics").body()).contains("widekey_stream_lag_seconds{migration=\"csmh\"} NaN");
    }

    @Test
    void exactlyOnePhaseIsTheCurrentOne() throws Exception {
        assertThat(get("/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("widekey_phase{"))
                        .toList())
                .hasSize(Phase.values().length)
                .filteredOn(line -> line.endsWith(" 1.0") || line.endsWith(" 1"))
                .singleElement()
                .asString()
                .contains("phase=\"IDLE\"");
    }

    @Test
    void aRetryIsCountedAndExplained() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        new Retries(registry, () -> false).briefly("mark").executeCallable(() -> {
            if (attempts.getAndIncrement() == 0) {
                throw new SQLTransientException("passing");
            }
            return true;
        });
        assertThat(get("/metrics").body())
                .containsPattern("widekey_retries_total\\{migration=\"csmh\",op=\"mark\"\\} 1")
                .containsPattern("# HELP widekey_retries_total \\S+");
    }

    @Test
    void healthFollowsTheSnapshotAndTheAlarm() throws Exception {
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        snapshot = SnapshotTest.snapshot(Phase.BACKFILL, false);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        migration.alarm().raise(new HaltException(HaltException.Reason.TRUNCATED, "why"));
        assertThat(get("/health/live").statusCode()).isEqualTo(503);
    }

    @Test
    void theStatusIsTheSnapshotAndUnknownIsNull() throws Exception {
        JsonNode status = new ObjectMapper().readTree(get("/api/v1/status").body());
        assertThat(status.path("migration").asText()).isEqualTo("csmh");
        assertThat(status.path("phase").asText()).isEqualTo("BACKFILL");
        assertThat(status.path("rows").asLong()).isEqualTo(1_000_000);
        assertThat(status.path("lagSeconds").asDouble()).isEqualTo(1.25);
        assertThat(status.path("throttle").asText()).isEqualTo("stream lag 3 s over 2 s");
        assertThat(status.path("ready").asBoolean()).isTrue();
        assertThat(status.path("backgroundRows").asLong()).isEqualTo(40);
        assertThat(status.path("backgroundRoundAgeSeconds").asDouble()).isEqualTo(3);
        snapshot = new Snapshot(
                "m",
                Phase.IDLE,
                1,
                0,
                0,
                0,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Forecast.UNKNOWN,
                Optional.empty(),
                0,
                Rounds.Progress.NONE,
                false,
                false);
        status = new ObjectMapper().readTree(get("/api/v1/status").body());
        for (String field : List.of(
                "lagSeconds",
                "throttle",
                "etaSeconds",
                "building",
                "waitsFor",
                "quarantined",
                "sourceIdsLeft",
                "sourceExhaustionSeconds",
                "binlogSurvivalSeconds",
                "drainSeconds",
                "binlogExpires",
                "backgroundRoundAgeSeconds")) {
            assertThat(status.has(field)).isTrue();
            assertThat(status.path(field).isNull()).isTrue();
        }
    }

    @Test
    void whatIsNotServedIsNotFound() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
