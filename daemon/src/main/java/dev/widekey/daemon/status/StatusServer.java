package dev.widekey.daemon.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.widekey.daemon.forecast.Forecast;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP endpoint, for reading only: {@code /metrics} in Prometheus' format, {@code /health/live}, {@code /health/ready} (200 or 503) and
 * {@code /api/v1/status} as JSON. Thread-safe.
 */
public final class StatusServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> daemon(new Thread(task, "http")));

    /** Binds the address and serves at once; port 0 takes a free one. */
    public StatusServer(
            InetSocketAddress address, PrometheusMeterRegistry metrics, Supplier<Snapshot> status, BooleanSupplier live)
            throws IOException {
        this.server = HttpServer.create(address, 0);
        server.setExecutor(threads);
        server.createContext(
                "/metrics",
                exchange -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
        server.createContext("/health/live", exchange -> health(exchange, live.getAsBoolean()));
        server.createContext(
                "/health/ready", exchange -> health(exchange, status.get().ready()));
        server.createContext(
                "/api/v1/status", exchange -> answer(exchange, 200, "application/json", json(status.get())));
        server.start();
        log.info("listening on http://{}:{}", address.getHostString(), port());
    }

    /** The port bound. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static String json(Snapshot status) throws IOException {
        ObjectNode node = JSON.createObjectNode()
                .put("migration", status.migration())
                .put("phase", status.phase().name())
                .put("epoch", status.epoch())
                .put("copiedFraction", status.fraction())
                .put("rows", status.rows())
                .put("rowsPerSecond", status.rowsPerSecond())
                .put("applied", status.applied())
                .put("appliedPerSecond", status.appliedPerSecond())
                .put("compared", status.compared())
                .put("backgroundRows", status.background().rows())
                .put("backgroundRounds", status.background().rounds())
                .put("backgroundDifferences", status.background().differences())
                .put("ready", status.ready());
        status.background()
                .sinceRound()
                .ifPresentOrElse(
                        age -> node.put("backgroundRoundAgeSeconds", age.toMillis() / 1000.0),
                        () -> node.putNull("backgroundRoundAgeSeconds"));
        status.lag()
                .ifPresentOrElse(
                        lag -> node.put("lagSeconds", lag.toMillis() / 1000.0), () -> node.putNull("lagSeconds"));
        status.throttle().ifPresentOrElse(reason -> node.put("throttle", reason), () -> node.putNull("throttle"));
        status.building().ifPresentOrElse(progress -> node.put("building", progress), () -> node.putNull("building"));
        status.waitsFor().ifPresentOrElse(reason -> node.put("waitsFor", reason), () -> node.putNull("waitsFor"));
        status.quarantine()
                .ifPresentOrElse(
                        rows -> node.put("quarantined", rows.open()).put("accepted", rows.accepted()),
                        () -> node.putNull("quarantined").putNull("accepted"));
        forecast(node, status.forecast());
        status.eta().ifPresentOrElse(eta -> node.put("etaSeconds", eta.toSeconds()), () -> node.putNull("etaSeconds"));
        return JSON.writeValueAsString(node);
    }

    /** Adds a forecast. JSON has no infinity: what never ends is null too, and {@code binlogExpires} tells the two apart. */
    public static void forecast(ObjectNode node, Forecast forecast) {
        number(node, "sourceIdsLeft", forecast.ids().left());
        number(node, "sourceExhaustionSeconds", forecast.ids().seconds());
        number(node, "binlogSurvivalSeconds", forecast.log().seconds());
        number(node, "drainSeconds", forecast.log().drain());
        forecast.log()
                .retention()
                .ifPresentOrElse(
                        retention -> node.put("binlogExpires", retention.seconds() > 0),
                        () -> node.putNull("binlogExpires"));
    }

    private static void number(ObjectNode node, String name, OptionalDouble value) {
        if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
            node.put(name, value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }

    private static void health(HttpExchange exchange, boolean good) throws IOException {
        answer(exchange, good ? 200 : 503, "text/plain; charset=utf-8", good ? "ok\n" : "not ok\n");
    }

    private static void answer(HttpExchange exchange, int code, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static Thread daemon(Thread thread) {
        thread.setDaemon(true);
        return thread;
    }
}
