package dev.widekey.daemon.config;

import dev.widekey.daemon.config.DaemonConfig.Hooks;
import dev.widekey.daemon.config.DaemonConfig.Kafka;
import dev.widekey.daemon.config.DaemonConfig.Webhook;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code hooks}. Confined to the thread that loads. */
final class HookReader {

    private static final Pattern SERVER = Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[0-9A-Za-z._-]+):([1-9][0-9]{0,4})");
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[0-9A-Za-z._-]{1,249}");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]*");
    private static final String A_URL =
            "http:// or https://, a host and a path, without a user's name; a token has a key of its own";
    private static final String SERVERS = "brokers, each as host:port";
    private static final URI NOWHERE = URI.create("http://localhost");

    private final SecretReader secrets;
    private final Path base;

    HookReader(SecretReader secrets, Path base) {
        this.secrets = secrets;
        this.base = base;
    }

    Hooks read(Section section) {
        return new Hooks(
                section.has("webhook") ? Optional.of(webhook(section)) : Optional.empty(),
                section.has("kafka") ? Optional.of(kafka(section)) : Optional.empty(),
                section.duration("patience", Duration.ofMinutes(15), Duration.ofSeconds(1), Duration.ofHours(24)));
    }

    private Webhook webhook(Section hooks) {
        try (Section section = hooks.section("webhook")) {
            if (!section.has("url")) {
                section.missing("url", A_URL);
            }
            URI url = section.optional("url", A_URL, (key, text) -> url(section, key, text))
                    .orElse(NOWHERE);
            Optional<Secret> token = secrets.readIfAny(section, "token");
            if (token.filter(secret -> !TOKEN.matcher(secret.reveal()).matches())
                    .isPresent()) {
                section.report(
                        "token",
                        "cannot be sent in a header",
                        "blanks or special characters",
                        "letters, digits, signs");
            }
            return new Webhook(url, token);
        }
    }

    /** The address may hold a secret, so no message repeats it. */
    private static URI url(Section section, String key, String text) {
        try {
            URI url = new URI(text);
            boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (isHttp
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null
                    && url.getPort() <= 65535) {
                return url;
            }
        } catch (URISyntaxException notOne) {
            // Reported with whatever else is no address.
        }
        section.report(key, "cannot be used", "a text of " + text.length() + " characters", A_URL);
        return NOWHERE;
    }

    private Kafka kafka(Section hooks) {
        try (Section section = hooks.section("kafka")) {
            List<String> servers = section.values("servers", SERVERS, HookReader::server);
            if (!section.has("servers")) {
                section.missing("servers", "a list of " + SERVERS);
            } else if (servers.isEmpty()) {
                section.report("servers", "names no broker", "none that can be used", "a list of " + SERVERS);
            }
            return new Kafka(
                    servers,
                    section.text("topic", TOPIC, "1 to 249 letters, digits, ., _ or -"),
                    section.optional(
                                    "properties",
                                    "a readable file of producer properties",
                                    (key, name) -> properties(section, key, base.resolve(name)))
                            .orElse(Map.of()));
        }
    }

    private static Optional<String> server(String text) {
        Matcher matcher = SERVER.matcher(text);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) <= 65535 ? Optional.of(text) : Optional.empty();
    }

    private static Map<String, Secret> properties(Section section, String key, Path file) {
        Properties properties = new Properties();
        String allowed = "a readable file of producer properties";
        try (Reader text = Files.newBufferedReader(file)) {
            properties.load(text);
        } catch (IOException e) {
            section.report(key, "cannot be read (" + e.getClass().getSimpleName() + ")", file.toString(), allowed);
        } catch (IllegalArgumentException e) {
            // Its message may repeat a value.
            section.report(key, "names a file that holds no properties", file.toString(), allowed);
        }
        Map<String, Secret> secrets = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> secrets.put(name, new Secret(properties.getProperty(name))));
        return secrets;
    }
}
