package dev.widekey.flags.outlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonPointer;
import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import dev.widekey.flags.outlet.FlagApi.Fault;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HttpOutletTest extends OutletContract {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong();
    private FlagApi api;

    @BeforeEach
    void startServer() throws IOException {
        api = new FlagApi();
    }

    @AfterEach
    void stopServer() {
        api.close();
    }

    private static HttpOutlet templated(FlagApi api, Duration timeout, AtomicLong now) {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + FlagApi.TOKEN);
        String url = api.url() + "/flags/{name}";
        return new HttpOutlet(
                "the service",
                new HttpCall("PUT", url, headers, "{\"name\": \"{name}\", \"value\": {true|false}}", Set.of(204)),
                new HttpOutlet.Reading(
                        new HttpCall("GET", url, headers, "", Set.of(200)),
                        JsonPointer.compile("/value"),
                        answer -> Optional.empty()),
                timeout,
                now::get);
    }

    @Override
    Outlet emptyOutlet() {
        return templated(api, TIMEOUT, now);
    }

    @Override
    Outlet again(Outlet outlet) {
        return emptyOutlet();
    }

    @Test
    void nameIsEscapedInAddressAndBody() throws Exception {
        emptyOutlet().write("a/b \"c\"", true);
        assertThat(api.requests()).containsExactly("PUT /flags/a%2Fb%20%22c%22");
        assertThat(api.get("a/b \"c\"")).isEqualTo("{\"name\":\"a/b \\\"c\\\"\",\"value\":true}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | REFUSED     | the service answers 401 for flag A: give it a token that may do this, or have the change approved there; it says: no
            403 | REFUSED     | the service answers 403 for flag A: give it a token that may do this, or have the change approved there; it says: no
            404 | REFUSED     | the service answers 404 for flag A: make the flag there, or mend its name or place; it says: no
            405 | REFUSED     | the service answers 405 for flag A: another change is in the way, or somebody has to approve this one there; it says: no
            409 | REFUSED     | the service answers 409 for flag A: another change is in the way, or somebody has to approve this one there; it says: no
            302 | REFUSED     | the service answers 302 for flag A; it says: no
            500 | LOST        | the service answers 500 for flag A; it says: no
            502 | LOST        | the service answers 502 for flag A; it says: no
            429 | UNREACHABLE | the service answers 429 for flag A: it is asked again in 30 s; it says: no
            """)
    void errorSaysWhatBecameOfTheWriteAndWhatToDo(int status, Kind kind, String message) {
        api.plan(Fault.answer(status, " no\n"));
        OutletException failure =
                catchThrowableOfType(OutletException.class, () -> emptyOutlet().write("A", true));
        assertThat(failure).hasMessage(message);
        assertThat(failure.kind()).isEqualTo(kind);
    }

    @Test
    void readThatFailsIsNoValue() {
        for (int status : new int[] {401, 404, 500}) {
            api.plan(Fault.answer(status, ""));
            assertThatThrownBy(() -> emptyOutlet().read(Set.of("A"))).isInstanceOf(OutletException.class);
        }
        api.plan(Fault.answer(200, "<html>"), Fault.answer(200, "{\"value\": \"true\"}"));
        assertThatThrownBy(() -> emptyOutlet().read(Set.of("A"))).hasMessageContaining("with no JSON");
        assertThatThrownBy(() -> emptyOutlet().read(Set.of("A"))).hasMessageContaining("is not boolean at /value");
    }

    @Test
    void secretIsNeverRepeated() {
        HttpOutlet outlet = FlagService.unleash(api.url(), "p 1", "live", "wrong", TIMEOUT, now::get);
        assertThatThrownBy(() -> outlet.read(Set.of("A"))).hasMessageContaining("bad token ***");
        HttpCall broken = new HttpCall("GET", api.url(), Map.of("X-Token", "wrong\n"), "", Set.of(200));
        HttpOutlet unusable = new HttpOutlet(
                "x",
                broken,
                new HttpOutlet.Reading(broken, JsonPointer.empty(), a -> Optional.empty()),
                TIMEOUT,
                now::get);
        assertThatThrownBy(() -> unusable.read(Set.of("A")))
                .hasMessageContaining("[X-Token]\" cannot be used")
                .hasNoCause();
        assertThat(outlet.toString() + new HttpCall("GET", "u", Map.of("Authorization", "wrong"), "", Set.of()))
                .doesNotContain("wrong");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429 | 7                             | 7
            503 | 7                             | 7
            429 | Wed, 21 Oct 2015 07:28:09 GMT | 9
            429 | Wed, 21 Oct 2015 07:27:00 GMT | 30
            429 | soon                          | 30
            429 | 99999                         | 3600
            429 |                               | 30
            503 |                               |
            500 | 7                             |
            """)
    void pauseIsWhatTheServiceAsksForWithinReason(int status, String after, Long seconds) {
        HttpHeaders headers = HttpHeaders.of(
                after == null
                        ? Map.of()
                        : Map.of("Retry-After", List.of(after), "Date", List.of("Wed, 21 Oct 2015 07:28:00 GMT")),
                (name, value) -> true);
        assertThat(HttpOutlet.pause(status, headers))
                .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
    }

    @Test
    void serviceIsLeftAloneForAsLongAsItAsks() throws Exception {
        Outlet outlet = emptyOutlet();
        api.plan(Fault.answer(429, "", "Retry-After", "7"));
        OutletException first = catchThrowableOfType(OutletException.class, () -> outlet.write("A", true));
        assertThat(first).hasMessageContaining("it is asked again in 7 s");
        assertThat(first.kind()).isEqualTo(Kind.UNREACHABLE);
        now.addAndGet(Duration.ofSeconds(7).toNanos() - 1);
        assertThatThrownBy(() -> outlet.read(Set.of("A"))).hasMessage("the service wants to be left alone for 1 s yet");
        assertThat(api.requests()).hasSize(1);
        now.incrementAndGet();
        outlet.write("A", true);
        assertThat(outlet.read(Set.of("A"))).isEqualTo(Map.of("A", true));
    }

    @Test
    void lostAnswerIsLost() throws Exception {
        api.plan(Fault.loseAnswer());
        OutletException failure =
                catchThrowableOfType(OutletException.class, () -> emptyOutlet().write("A", true));
        assertThat(failure.kind()).isEqualTo(Kind.LOST);
        assertThat(emptyOutlet().read(Set.of("A"))).isEqualTo(Map.of("A", true));
    }

    @Test
    void answerThatTakesTooLongIsLost() {
        Outlet hasty = templated(api, Duration.ofMillis(200), now);
        api.plan(Fault.holdAnswer());
        OutletException failure = catchThrowableOfType(OutletException.class, () -> hasty.write("A", true));
        assertThat(failure).hasMessage("the service did not answer within 200 ms");
        assertThat(failure.kind()).isEqualTo(Kind.LOST);
    }

    @Test
    void serviceThatIsDownIsUnreachable() {
        Outlet outlet = emptyOutlet();
        api.close();
        OutletException failure = catchThrowableOfType(OutletException.class, () -> outlet.write("A", true));
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    }

    /** A flip between the requests for the two flags must not look like a pair that never was. */
    @Test
    void severalFlagsAreReadUntilTwoReadingsAgree() throws Exception {
        Outlet outlet = emptyOutlet();
        outlet.write("A", false);
        outlet.write("B", false);
        api.plan(Fault.NONE, (server, exchange) -> {
            server.put("A", "{\"value\": true}");
            server.put("B", "{\"value\": true}");
            Fault.answer(200, server.get("B")).play(server, exchange);
        });
        assertThat(outlet.read(Set.of("A", "B"))).isEqualTo(Map.of("A", true, "B", true));
    }

    /** The three services, each with a flag as it makes it. */
    private enum Service {
        UNLEASH(
                "{\"name\": \"live\", \"enabled\": false, \"strategies\": [{\"name\": \"flexibleRollout\", \"parameters\": {\"rollout\": \"100\"},"
                        + " \"constraints\": [], \"segments\": []}]}",
                "\"rollout\": \"100\"",
                "\"rollout\": \"50\""),
        LAUNCH_DARKLY(
                "{\"key\": \"A\", \"variations\": [{\"value\": true}, {\"value\": false}], \"environments\": {\"live\": {\"on\": false,"
                        + " \"rules\": [], \"targets\": [], \"fallthrough\": {\"variation\": 0}, \"offVariation\": 1}}}",
                "\"variation\": 0",
                "\"rollout\": {}"),
        CONFIG_CAT(
                "{\"setting\": {\"key\": \"A\"}, \"value\": false, \"rolloutRules\": [], \"rolloutPercentageItems\": []}",
                "\"rolloutPercentageItems\": []",
                "\"rolloutPercentageItems\": [{\"percentage\": 30}]");

        private final String flag;
        private final String simple;
        private final String split;

        Service(String flag, String simple, String split) {
            this.flag = flag;
            this.simple = simple;
            this.split = split;
        }

        HttpOutlet outlet(FlagApi api, AtomicLong now) {
            return switch (this) {
                case UNLEASH -> FlagService.unleash(api.url(), "p 1", "live", FlagApi.TOKEN, TIMEOUT, now::get);
                case LAUNCH_DARKLY ->
                    FlagService.launchDarkly(api.url(), "p 1", "live", FlagApi.TOKEN, TIMEOUT, now::get);
                case CONFIG_CAT ->
                    FlagService.configCat(api.url(), "sdk-key", "Basic " + FlagApi.TOKEN, TIMEOUT, now::get);
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void knownServiceIsSpokenToInItsOwnWords(Service service) throws Exception {
        HttpOutlet outlet = service.outlet(api, now);
        for (String name : new String[] {"A", "B"}) {
            api.put(name, service.flag);
        }
        assertThat(outlet.read(Set.of("A", "B"))).isEqualTo(Map.of("A", false, "B", false));
        outlet.write("A", true);
        assertThat(outlet.read(Set.of("A", "B"))).isEqualTo(Map.of("A", true, "B", false));
        outlet.write("A", false);
        assertThat(outlet.read(Set.of("A", "B"))).isEqualTo(Map.of("A", false, "B", false));
        assertThat(api.get("A")).isEqualTo(api.get("B"));
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void flagThatDependsOnWhoAsksIsRefused(Service service) throws Exception {
        api.put("A", service.flag.replace(service.simple, service.split));
        assertThat(api.get("A")).isNotEqualTo(service.flag);
        OutletException failure = catchThrowableOfType(
                OutletException.class, () -> service.outlet(api, now).read(Set.of("A")));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("flag A in ");
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void flagThatTheServiceDoesNotHaveIsRefused(Service service) {
        assertThatThrownBy(() -> service.outlet(api, now).read(Set.of("A")))
                .hasMessageContaining("answers 404 for flag A: make the flag there");
    }
}
