package dev.widekey.flags.outlet;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Flags in a service that is spoken to by HTTP: one request sets a flag, another one shows it. The service is asked for one flag
 * at a time, so several are read until two readings agree.
 *
 * <p>A service that asks to be left alone (429 or 503, {@code Retry-After}) is not asked again before that. Redirects are not
 * followed, since they would carry the secret elsewhere. Thread-safe.
 */
public final class HttpOutlet implements Outlet {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int READINGS = 5;
    private static final int SAID = 200;
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final String label;
    private final HttpCall write;
    private final Reading reading;
    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final HttpClient client;
    private volatile Optional<Long> restsUntil = Optional.empty();

    /**
     * How a flag is read.
     *
     * @param call asks for one flag
     * @param pointer where in the answer the value is; a place that is missing or null means that the flag is not set
     * @param objection why the answer does not give one value for everybody; empty when it does
     */
    public record Reading(HttpCall call, JsonPointer pointer, Objection objection) {}

    /** Looks for what makes a flag's value depend on who asks. */
    @FunctionalInterface
    public interface Objection {
        /** What is wrong with it, as the rest of a sentence that begins with the flag; empty when nothing is. */
        Optional<String> to(JsonNode answer);
    }

    /**
     * A service.
     *
     * @param label what it is, for people
     * @param timeout for connecting, and for each whole answer
     */
    public HttpOutlet(String label, HttpCall write, Reading reading, Duration timeout, LongSupplier nanoTime) {
        this.label = label;
        this.write = write;
        this.reading = reading;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    @Override
    public Map<String, Boolean> read(Set<String> names) throws OutletException {
        Map<String, Boolean> seen = readEach(names);
        if (names.size() < 2) {
            return seen;
        }
        for (int i = 1; i < READINGS; i++) {
            Map<String, Boolean> again = readEach(names);
            if (again.equals(seen)) {
                return seen;
            }
            seen = again;
        }
        throw new OutletException(Kind.UNREACHABLE, "the flags in " + label + " change faster than they can be read");
    }

    @Override
    public void write(String name, boolean value) throws OutletException {
        HttpResponse<String> answer = send(write, name, value, Kind.LOST);
        if (!write.success().contains(answer.statusCode())) {
            throw failure(write, name, answer, Kind.LOST);
        }
    }

    private Map<String, Boolean> readEach(Set<String> names) throws OutletException {
        Map<String, Boolean> values = new TreeMap<>();
        for (String name : names) {
            HttpResponse<String> answer = send(reading.call(), name, false, Kind.UNREACHABLE);
            if (!reading.call().success().contains(answer.statusCode())) {
                throw failure(reading.call(), name, answer, Kind.UNREACHABLE);
            }
            value(name, answer.body()).ifPresent(value -> values.put(name, value));
        }
        return values;
    }

    private Optional<Boolean> value(String name, String body) throws OutletException {
        JsonNode answer;
        try {
            answer = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new OutletException(Kind.UNREACHABLE, label + " answers for " + name + " with no JSON", e);
        }
        JsonNode value = answer.at(reading.pointer());
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw new OutletException(
                    Kind.REFUSED, "flag " + name + " in " + label + " is not boolean at " + reading.pointer());
        }
        Optional<String> objection = reading.objection().to(answer);
        if (objection.isPresent()) {
            throw new OutletException(Kind.REFUSED, "flag " + name + " in " + label + " " + objection.get());
        }
        return Optional.of(value.booleanValue());
    }

    private HttpResponse<String> send(HttpCall call, String name, boolean value, Kind lost) throws OutletException {
        Optional<Long> until = restsUntil;
        long left = until.map(end -> end - nanoTime.getAsLong()).orElse(0L);
        if (left > 0) {
            throw new OutletException(
                    Kind.UNREACHABLE, label + " wants to be left alone for " + (left / 1_000_000_000L + 1) + " s yet");
        }
        HttpRequest request;
        try {
            request = call.request(name, value, timeout);
        } catch (IllegalArgumentException e) {
            // Its message may repeat a header's value.
            throw new OutletException(Kind.REFUSED, "the address or a header of \"" + call + "\" cannot be used");
        }
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new OutletException(Kind.UNREACHABLE, label + " cannot be reached: " + e.getMessage(), e);
        } catch (HttpTimeoutException e) {
            throw new OutletException(lost, label + " did not answer within " + timeout.toMillis() + " ms", e);
        } catch (IOException e) {
            throw new OutletException(lost, "the answer of " + label + " is lost: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutletException(lost, "interrupted while " + label + " was asked", e);
        }
    }

    private OutletException failure(HttpCall call, String name, HttpResponse<String> answer, Kind lost) {
        int status = answer.statusCode();
        String what = label + " answers " + status + " for flag " + name;
        String said = said(call, answer.body());
        Optional<Duration> pause = pause(status, answer.headers());
        if (pause.isPresent()) {
            restsUntil = Optional.of(nanoTime.getAsLong() + pause.get().toNanos());
            return new OutletException(
                    Kind.UNREACHABLE,
                    what + ": it is asked again in " + pause.get().toSeconds() + " s" + said);
        }
        return switch (status) {
            case 401, 403 ->
                new OutletException(
                        Kind.REFUSED,
                        what + ": give it a token that may do this, or have the change approved there" + said);
            case 404 ->
                new OutletException(Kind.REFUSED, what + ": make the flag there, or mend its name or place" + said);
            case 400, 405, 409, 423 ->
                new OutletException(
                        Kind.REFUSED,
                        what + ": another change is in the way, or somebody has to approve this one there" + said);
            default -> new OutletException(status >= 500 || status == 408 ? lost : Kind.REFUSED, what + said);
        };
    }

    private static String said(HttpCall call, String body) {
        String text = call.redacted(body).replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return text.isEmpty() ? "" : "; it says: " + text.substring(0, Math.min(SAID, text.length()));
    }

    /** How long the service wants to be left alone; empty when it does not say so. */
    static Optional<Duration> pause(int status, HttpHeaders headers) {
        Optional<String> after = headers.firstValue("Retry-After");
        if (status != 429 && (status != 503 || after.isEmpty())) {
            return Optional.empty();
        }
        Duration wanted = after.flatMap(text -> length(text, headers)).orElse(PAUSE);
        return Optional.of(wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE);
    }

    /** RFC 9110, 10.2.3: seconds or a date, which is held against the service's own clock. */
    private static Optional<Duration> length(String text, HttpHeaders headers) {
        if (text.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            ZonedDateTime until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            return headers.firstValue("Date")
                    .map(now -> Duration.between(ZonedDateTime.parse(now, DateTimeFormatter.RFC_1123_DATE_TIME), until))
                    .filter(length -> !length.isNegative());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return label;
    }
}
