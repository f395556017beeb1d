package dev.widekey.daemon.hook;

import dev.widekey.daemon.config.DaemonConfig;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Events by POST. Any status from 200 to 299 means that the receiver has the event. Redirects are not followed, since they would carry the token
 * elsewhere.
 */
final class Webhook implements Hook {
    private final DaemonConfig.Webhook receiver;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * A receiver; nothing is sent yet.
     *
     * @param timeout for connecting, and for each whole answer
     */
    Webhook(DaemonConfig.Webhook receiver, Duration timeout) {
        this.receiver = receiver;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public void send(Event event) throws HookException {
        // The request's own time-out ends with the headers; a body may take for ever.
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request(event), BodyHandlers.discarding());
        int status = status(answer);
        if (status < 200 || status > 299) {
            throw new HookException(this + " answers " + status);
        }
    }

    private HttpRequest request(Event event) {
        HttpRequest.Builder request = HttpRequest.newBuilder(receiver.url())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(event.json()));
        receiver.token().ifPresent(token -> request.header("Authorization", "Bearer " + token.reveal()));
        return request.build();
    }

    private int status(CompletableFuture<HttpResponse<Void>> answer) throws HookException {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
        } catch (TimeoutException e) {
            throw new HookException(this + " did not answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new HookException(this + " cannot be reached or broke off: " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HookException("interrupted while " + this + " was told", e);
        } finally {
            answer.cancel(true);
        }
    }

    private static String reason(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (!(cause instanceof IOException)) {
            return String.valueOf(cause);
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        // The client ends with the last reference to it; no request outlives its send.
    }

    @Override
    public String toString() {
        return receiver.toString();
    }
}
