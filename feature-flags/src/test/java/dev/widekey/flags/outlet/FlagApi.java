package dev.widekey.flags.outlet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A flag service on a local port. It speaks the requests of Unleash, LaunchDarkly and ConfigCat as their API references describe
 * them, and {@code GET} and {@code PUT /flags/NAME} of its own. Flags of the three services exist only once they were made.
 */
public final class FlagApi implements AutoCloseable {

    public static final String TOKEN = "s3cr3t-token";

    static {
        // Without it an answer in two packets waits for the client's acknowledgement of the first one.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern OWN = Pattern.compile("/flags/(.*)");
    private static final Pattern UNLEASH =
            Pattern.compile("/api/admin/projects/p 1/features/([^/]+)/environments/live(/on|/off)?");
    private static final Pattern LAUNCH_DARKLY = Pattern.compile("/api/v2/flags/p 1/([^/]+)");
    private static final Pattern CONFIG_CAT = Pattern.compile("/v1/settings/([^/]+)/value");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, JsonNode> flags = new TreeMap<>();
    private final List<String> requests = new ArrayList<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What becomes of one request. */
    public interface Fault {
        Fault NONE = (api, exchange) -> api.handle(exchange);

        void play(FlagApi api, HttpExchange exchange) throws IOException;

        /** An answer of the service's own, with nothing done. */
        static Fault answer(int status, String body, String... headers) {
            return (api, exchange) -> {
                for (int i = 0; i < headers.length; i += 2) {
                    exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
                }
                reply(exchange, status, body);
            };
        }

        /** The request is carried out and its answer never sent. */
        static Fault loseAnswer() {
            return (api, exchange) -> {
                api.carryOut(exchange);
                exchange.close();
            };
        }

        /** The request is carried out and its answer held back until the server ends. */
        static Fault holdAnswer() {
            return (api, exchange) -> {
                api.carryOut(exchange);
                try {
                    api.closed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                exchange.close();
            };
        }
    }

    private record Reply(int status, String body) {}

    public FlagApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            synchronized (requests) {
                requests.add(exchange.getRequestMethod() + " "
                        + exchange.getRequestURI().getRawPath());
            }
            Fault fault = faults.poll();
            (fault == null ? Fault.NONE : fault).play(this, exchange);
        });
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Faults of the next requests, one each. */
    public void plan(Fault... next) {
        faults.addAll(List.of(next));
    }

    public List<String> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    public synchronized void put(String name, String json) throws IOException {
        flags.put(name, MAPPER.readTree(json));
    }

    public synchronized String get(String name) {
        return String.valueOf(flags.get(name));
    }

    private void handle(HttpExchange exchange) throws IOException {
        Reply reply = carryOut(exchange);
        reply(exchange, reply.status(), reply.body());
    }

    private synchronized Reply carryOut(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (!String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                .endsWith(TOKEN)) {
            return new Reply(
                    401,
                    "{\"message\": \"bad token " + exchange.getRequestHeaders().getFirst("Authorization") + "\"}");
        }
        Matcher match = OWN.matcher(path);
        if (match.matches()) {
            if (method.equals("PUT")) {
                flags.put(match.group(1), MAPPER.readTree(body));
                return new Reply(204, "");
            }
            return new Reply(
                    200,
                    flags.getOrDefault(match.group(1), MAPPER.createObjectNode())
                            .toString());
        }
        match = UNLEASH.matcher(path);
        if (match.matches()) {
            return unleash(match.group(1), method, match.group(2));
        }
        match = LAUNCH_DARKLY.matcher(path);
        if (match.matches()) {
            String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
            return launchDarkly(
                    match.group(1),
                    method,
                    body,
                    type,
                    String.valueOf(exchange.getRequestURI().getQuery()));
        }
        match = CONFIG_CAT.matcher(path);
        if (match.matches() && "sdk-key".equals(exchange.getRequestHeaders().getFirst("X-CONFIGCAT-SDKKEY"))) {
            return configCat(match.group(1), method, body);
        }
        return new Reply(404, "");
    }

    private Reply unleash(String name, String method, String verb) {
        if (!flags.containsKey(name)) {
            return new Reply(404, "{\"name\": \"NotFoundError\"}");
        }
        ObjectNode flag = (ObjectNode) flags.get(name);
        if (method.equals("POST") && verb != null) {
            flag.put("enabled", verb.equals("/on"));
            return new Reply(200, "");
        }
        return method.equals("GET") && verb == null ? new Reply(200, flag.toString()) : new Reply(405, "");
    }

    private Reply launchDarkly(String name, String method, String body, String type, String query) throws IOException {
        if (!flags.containsKey(name)) {
            return new Reply(404, "{\"code\": \"not_found\"}");
        }
        JsonNode flag = flags.get(name);
        if (method.equals("PATCH")) {
            JsonNode patch = MAPPER.readTree(body);
            if (!type.equals("application/json; domain-model=launchdarkly.semanticpatch")
                    || !patch.path("environmentKey").asText().equals("live")) {
                return new Reply(400, "{\"code\": \"invalid_request\"}");
            }
            ObjectNode environment = (ObjectNode) flag.at("/environments/live");
            for (JsonNode instruction : patch.path("instructions")) {
                environment.put("on", instruction.path("kind").asText().equals("turnFlagOn"));
            }
        } else if (!query.equals("env=live")) {
            return new Reply(400, "");
        }
        return new Reply(200, flag.toString());
    }

    private Reply configCat(String name, String method, String body) throws IOException {
        if (!flags.containsKey(name)) {
            return new Reply(404, "");
        }
        ObjectNode flag = (ObjectNode) flags.get(name);
        if (method.equals("PATCH")) {
            for (JsonNode operation : MAPPER.readTree(body)) {
                if (operation.path("op").asText().equals("replace")
                        && operation.path("path").asText().equals("/value")) {
                    flag.set("value", operation.path("value"));
                }
            }
        }
        return new Reply(200, flag.toString());
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
