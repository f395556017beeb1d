package dev.widekey.flags.outlet;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The requests that known services understand. A flag with rules, percentages or audiences is refused, since its value depends on
 * who asks. Stateless.
 */
public final class FlagService {

    private static final String JSON = "application/json";

    private FlagService() {}

    /**
     * Unleash, Admin API: a feature is switched on or off in one environment. While it is on, every strategy has to hold for
     * everybody.
     *
     * @param url the server's address, like {@code https://unleash.example.com}
     * @param token an admin or service account token
     */
    public static HttpOutlet unleash(
            String url, String project, String environment, String token, Duration timeout, LongSupplier nanoTime) {
        String feature = url + "/api/admin/projects/" + encoded(project) + "/features/{name}/environments/"
                + encoded(environment);
        Map<String, String> headers = Map.of("Authorization", token, "Accept", JSON);
        return new HttpOutlet(
                "Unleash at " + url,
                new HttpCall("POST", feature + "/{on|off}", headers, "", Set.of(200)),
                new HttpOutlet.Reading(
                        new HttpCall("GET", feature, headers, "", Set.of(200)),
                        JsonPointer.compile("/enabled"),
                        FlagService::unleashObjection),
                timeout,
                nanoTime);
    }

    private static Optional<String> unleashObjection(JsonNode environment) {
        for (JsonNode strategy : environment.path("strategies")) {
            String name = strategy.path("name").asText();
            boolean all = name.equals("default")
                    || (name.equals("flexibleRollout")
                            && strategy.at("/parameters/rollout").asText().equals("100"));
            boolean bound = !strategy.path("constraints").isEmpty()
                    || !strategy.path("segments").isEmpty()
                    || strategy.path("disabled").asBoolean();
            if (!all || bound) {
                return Optional.of(
                        "has the strategy " + name + " that does not hold for everybody; leave one that does");
            }
        }
        return Optional.empty();
    }

    /**
     * LaunchDarkly, REST API: targeting is turned on or off by a semantic patch. On has to serve true to everybody, off has to
     * serve false.
     *
     * @param url {@code https://app.launchdarkly.com} unless the account lives elsewhere
     * @param token an access token that may update the flag
     */
    public static HttpOutlet launchDarkly(
            String url, String project, String environment, String token, Duration timeout, LongSupplier nanoTime) {
        String flag = url + "/api/v2/flags/" + encoded(project) + "/{name}";
        String body = "{\"environmentKey\": " + Json.quote(environment)
                + ", \"comment\": \"set by widekey\", \"instructions\": [{\"kind\": \"{turnFlagOn|turnFlagOff}\"}]}";
        Map<String, String> reading = Map.of("Authorization", token, "Accept", JSON);
        Map<String, String> writing =
                Map.of("Authorization", token, "Content-Type", JSON + "; domain-model=launchdarkly.semanticpatch");
        JsonPointer there =
                JsonPointer.compile("/environments").append(JsonPointer.empty().appendProperty(environment));
        return new HttpOutlet(
                "LaunchDarkly at " + url,
                new HttpCall("PATCH", flag, writing, body, Set.of(200)),
                new HttpOutlet.Reading(
                        new HttpCall("GET", flag + "?env=" + encoded(environment), reading, "", Set.of(200)),
                        there.appendProperty("on"),
                        answer -> launchDarklyObjection(answer, answer.at(there))),
                timeout,
                nanoTime);
    }

    private static Optional<String> launchDarklyObjection(JsonNode flag, JsonNode environment) {
        for (String list : new String[] {"rules", "targets", "contextTargets", "prerequisites"}) {
            if (!environment.path(list).isEmpty()) {
                return Optional.of("has " + list + ", so that its value depends on who asks; take them out");
            }
        }
        JsonNode on = variation(flag, environment.at("/fallthrough/variation"));
        JsonNode off = variation(flag, environment.path("offVariation"));
        return on.isBoolean() && on.booleanValue() && off.isBoolean() && !off.booleanValue()
                ? Optional.empty()
                : Optional.of(
                        "does not serve true while it is on and false while it is off; set its default variations so");
    }

    private static JsonNode variation(JsonNode flag, JsonNode index) {
        return index.isInt() ? flag.path("variations").path(index.intValue()).path("value") : index;
    }

    /**
     * ConfigCat, Public Management API: the value of one flag in the environment of an SDK key is replaced by a JSON patch, which
     * leaves the flag's other attributes alone.
     *
     * @param url {@code https://api.configcat.com}
     * @param sdkKey of the config and environment
     * @param authorization the header's value: {@code Basic} and the API credentials
     */
    public static HttpOutlet configCat(
            String url, String sdkKey, String authorization, Duration timeout, LongSupplier nanoTime) {
        String value = url + "/v1/settings/{name}/value";
        Map<String, String> headers =
                Map.of("Authorization", authorization, "X-CONFIGCAT-SDKKEY", sdkKey, "Content-Type", JSON);
        return new HttpOutlet(
                "ConfigCat at " + url,
                new HttpCall(
                        "PATCH",
                        value,
                        headers,
                        "[{\"op\": \"replace\", \"path\": \"/value\", \"value\": {true|false}}]",
                        Set.of(200, 204)),
                new HttpOutlet.Reading(
                        new HttpCall("GET", value, headers, "", Set.of(200)),
                        JsonPointer.compile("/value"),
                        answer -> answer.path("rolloutRules").isEmpty()
                                        && answer.path("rolloutPercentageItems").isEmpty()
                                ? Optional.empty()
                                : Optional.of("has targeting or percentage rules; take them out")),
                timeout,
                nanoTime);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
