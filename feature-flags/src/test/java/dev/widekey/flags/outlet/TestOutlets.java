package dev.widekey.flags.outlet;

import com.fasterxml.jackson.core.JsonPointer;
import dev.widekey.flags.FlagStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Outlets as several tests use them. */
public final class TestOutlets {

    private static final Pattern REQUEST = Pattern.compile(
            "set (.*)=(true|false) in the application, then: widekey flags set widekey\\.confirmed\\.\\1 (on|off)");

    private TestOutlets() {}

    /** A person who does at once what is asked for. */
    public static ManualOutlet obedientPerson(FlagStore store) {
        return new ManualOutlet(store, List.of(), request -> {
            Matcher words = REQUEST.matcher(request);
            if (!words.matches()
                    || words.group(3).equals("on") != words.group(2).equals("true")) {
                throw new AssertionError("nobody understands: " + request);
            }
            ManualOutlet.confirm(store, words.group(1), words.group(3).equals("on"), "person");
        });
    }

    /** The test service's own requests, with names behind a prefix. */
    public static HttpOutlet templated(FlagApi api, String prefix) {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + FlagApi.TOKEN);
        String url = api.url() + "/flags/" + prefix + "{name}";
        return new HttpOutlet(
                "the service",
                new HttpCall("PUT", url, headers, "{\"value\": {true|false}}", Set.of(204)),
                new HttpOutlet.Reading(
                        new HttpCall("GET", url, headers, "", Set.of(200)),
                        JsonPointer.compile("/value"),
                        answer -> Optional.empty()),
                Duration.ofSeconds(10),
                System::nanoTime);
    }
}
