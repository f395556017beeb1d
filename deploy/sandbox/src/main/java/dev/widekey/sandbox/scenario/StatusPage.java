package dev.widekey.sandbox.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the running daemon says of itself over HTTP; nothing while none runs. Thread-safe. */
final class StatusPage {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Pattern WAITS = Pattern.compile("\"waitsFor\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern LAG = Pattern.compile("(?m)^widekey_stream_lag_seconds(?:\\{[^}]*})? (\\S+)$");
    private static final Pattern HEAP =
            Pattern.compile("(?m)^jvm_memory_used_bytes\\{[^}]*area=\"heap\"[^}]*} (\\S+)$");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Supplier<Optional<URI>> address;

    /** A page at an address that changes with every process. */
    StatusPage(Supplier<Optional<URI>> address) {
        this.address = address;
    }

    /** What the cutover waits for. */
    Optional<String> waitsFor() throws InterruptedException {
        return get("/api/v1/status").map(WAITS::matcher).filter(Matcher::find).map(found -> found.group(1));
    }

    /** How far the stream is behind, in seconds; empty when unknown. */
    OptionalDouble lag() throws InterruptedException {
        return get("/metrics")
                .map(LAG::matcher)
                .filter(Matcher::find)
                .map(found -> Double.parseDouble(found.group(1)))
                .filter(lag -> !lag.isNaN())
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    /** Bytes of the heap in use; 0 while no daemon answers. */
    long heap() throws InterruptedException {
        return get("/metrics")
                .map(text -> HEAP.matcher(text)
                        .results()
                        .mapToLong(found -> (long) Double.parseDouble(found.group(1)))
                        .sum())
                .orElse(0L);
    }

    private Optional<String> get(String path) throws InterruptedException {
        Optional<URI> at = address.get();
        if (at.isEmpty()) {
            return Optional.empty();
        }
        try {
            HttpRequest request = HttpRequest.newBuilder(at.get().resolve(path))
                    .timeout(PATIENCE)
                    .build();
            return Optional.of(
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
