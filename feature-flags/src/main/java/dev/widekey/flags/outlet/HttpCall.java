package dev.widekey.flags.outlet;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One kind of request. In URL and body <code>{name}</code> stands for the flag's name, and <code>{one|other}</code> for one word
 * when the flag is to be true and for the other when it is to be false. Immutable; printing it shows no header's value, as one
 * of them holds a secret.
 *
 * @param method the HTTP method
 * @param url with placeholders
 * @param headers by name, sent as they are
 * @param body with placeholders; empty for none
 * @param success the statuses that mean that it was done
 */
public record HttpCall(String method, String url, Map<String, String> headers, String body, Set<Integer> success) {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(?:name|([\\w.-]+)\\|([\\w.-]+))}");

    /** Keeps its own copies. */
    public HttpCall {
        headers = Map.copyOf(headers);
        success = Set.copyOf(success);
    }

    HttpRequest request(String name, boolean value, Duration timeout) {
        String address = filled(
                url,
                name,
                value,
                text -> URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20"));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .timeout(timeout)
                .method(
                        method,
                        body.isEmpty()
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(filled(body, name, value, Json::escape)));
        headers.forEach(request::setHeader);
        return request.build();
    }

    private static String filled(String template, String name, boolean value, UnaryOperator<String> escaped) {
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(word(match, name, value, escaped)));
    }

    private static String word(MatchResult match, String name, boolean value, UnaryOperator<String> escaped) {
        if (match.group(1) == null) {
            return escaped.apply(name);
        }
        return value ? match.group(1) : match.group(2);
    }

    /** A text of the service without what it repeats of the request's headers. */
    String redacted(String text) {
        String shown = text;
        for (String value : headers.values()) {
            shown = shown.replace(value, "***");
        }
        return shown;
    }

    @Override
    public String toString() {
        return method + " " + url + " " + headers.keySet();
    }
}
