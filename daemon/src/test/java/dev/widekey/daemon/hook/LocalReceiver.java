package dev.widekey.daemon.hook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that takes events, and answers as it is told to. Thread-safe. */
public final class LocalReceiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> arrived = new CopyOnWriteArrayList<>();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private volatile Optional<Answer> always = Optional.empty();

    /** What arrived, and the status it is answered with; 0 when no answer was sent. */
    public record Request(String method, String path, Optional<String> token, String body, int status) {}

    /** How a request is answered. */
    @FunctionalInterface
    public interface Answer {
        /** The status to send; 0 for none. */
        int to(String body) throws Exception;
    }

    public LocalReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hooks/widekey?team=a");
    }

    /** The next requests are answered so, one each; afterwards again with 204. */
    public void answer(Answer... next) {
        answers.addAll(List.of(next));
    }

    /** Every request is answered so; empty for 204. */
    public void answerAlways(Optional<Answer> answer) {
        always = answer;
    }

    /** No answer before the server ends. */
    public Answer none() {
        return body -> {
            closed.await();
            return 0;
        };
    }

    /** The bodies of all requests, answered or not. */
    public List<String> arrived() {
        return arrived;
    }

    /** All requests that were answered, or never will be. */
    public List<Request> requests() {
        return requests;
    }

    /** The bodies that were answered with a status of success. */
    public List<String> taken() {
        return requests.stream()
                .filter(request -> request.status() / 100 == 2)
                .map(Request::body)
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            arrived.add(body);
            Answer next = answers.poll();
            int status = next != null
                    ? next.to(body)
                    : always.isPresent() ? always.get().to(body) : 204;
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                    body,
                    status));
            if (status > 0) {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                exchange.sendResponseHeaders(status, -1);
            }
        } catch (IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException(failure);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
