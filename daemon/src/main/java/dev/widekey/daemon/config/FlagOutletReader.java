package dev.widekey.daemon.config;

import dev.widekey.daemon.config.FlagOutlet.Call;
import dev.widekey.daemon.config.FlagOutlet.Features;
import dev.widekey.daemon.config.FlagOutlet.Flagd;
import dev.widekey.daemon.config.FlagOutlet.Http;
import dev.widekey.daemon.config.FlagOutlet.Manual;
import dev.widekey.daemon.config.FlagOutlet.Mysql;
import dev.widekey.daemon.config.FlagOutlet.Place;
import dev.widekey.daemon.config.FlagOutlet.Service;
import dev.widekey.daemon.config.FlagOutlet.Waffle;
import dev.widekey.daemon.config.FlagOutlet.WaffleMode;
import dev.widekey.daemon.config.FlagOutlet.WaffleModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code flags.store} and the section of the kind it names. Confined to the thread that loads. */
final class FlagOutletReader {

    private static final Pattern URL = Pattern.compile("https?://[^\\s?#/]+(/[^\\s?#]*[^\\s?#/])?");
    private static final Pattern TEMPLATE = Pattern.compile("https?://\\S+");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{3,10}");
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    private static final Pattern TEXT = Pattern.compile("(?s).{1,10000}");
    private static final Pattern POINTER = Pattern.compile("(/([^/~]|~[01])*)+");
    private static final Pattern STATUS = Pattern.compile("2[0-9][0-9]");
    private static final String A_URL = "http:// or https:// and a host, without a slash at the end";

    private final SecretReader secrets;
    private final Path base;

    private enum Store {
        MYSQL,
        FLAGD,
        WAFFLE,
        FEATURES,
        HTTP,
        MANUAL
    }

    FlagOutletReader(SecretReader secrets, Path base) {
        this.secrets = secrets;
        this.base = base;
    }

    FlagOutlet read(Section flags) {
        Store store = flags.choice("store", Store.MYSQL);
        for (Store other : List.of(Store.FLAGD, Store.WAFFLE, Store.FEATURES, Store.HTTP)) {
            if (other != store && flags.has(nameOf(other))) {
                flags.report(
                        nameOf(other),
                        "has no effect",
                        "store: " + nameOf(store),
                        "store: " + nameOf(other) + " beside it");
            }
        }
        if (store == Store.MYSQL || store == Store.MANUAL) {
            return store == Store.MYSQL ? new Mysql() : new Manual();
        }
        try (Section section = flags.section(nameOf(store))) {
            return switch (store) {
                case FLAGD -> new Flagd(file(section, ".json"));
                case FEATURES ->
                    new Features(file(section, ".json", ".yml", ".yaml"), section.choice("place", Place.FEATURES));
                case WAFFLE -> waffle(section);
                case HTTP -> http(section);
                case MYSQL, MANUAL -> throw new IllegalStateException("has no section: " + store);
            };
        }
    }

    private static String nameOf(Store store) {
        return store.name().toLowerCase(Locale.ROOT);
    }

    private Path file(Section section, String... ends) {
        String allowed = "a file whose name ends with " + String.join(", ", ends);
        String name = section.text("file", Pattern.compile(".+"), allowed);
        if (!name.isEmpty() && List.of(ends).stream().noneMatch(name::endsWith)) {
            section.report("file", "cannot be used", "'" + name + "'", allowed);
        }
        return base.resolve(name);
    }

    private Waffle waffle(Section section) {
        Tls tls = section.choice("tls", Tls.REQUIRED);
        WaffleModel model = section.choice("model", WaffleModel.SWITCH);
        WaffleMode mode = section.choice("mode", WaffleMode.COMMAND);
        List<String> command =
                section.values("command", "words", word -> Optional.of(word).filter(text -> !text.isEmpty()));
        if (mode == WaffleMode.COMMAND && !section.has("command")) {
            section.missing(
                    "command", "how manage.py is started, a list of words like [/edx/bin/python, manage.py, lms]");
        } else if (mode == WaffleMode.COMMAND && command.isEmpty()) {
            section.report("command", "is empty", "no word", "a list of words");
        } else if (mode == WaffleMode.SQL && section.has("command")) {
            section.report("command", "has no effect", "mode: sql", "mode: command beside it");
        }
        if (mode == WaffleMode.SQL && !section.has("cache-time")) {
            section.missing("cache-time", "how long the application's caches may hold an old value, like 300s");
        } else if (mode == WaffleMode.COMMAND && section.has("cache-time")) {
            section.report("cache-time", "has no effect", "mode: command", "mode: sql beside it");
        }
        return new Waffle(
                ConfigLoader.host(section),
                ConfigLoader.port(section),
                ConfigLoader.user(section),
                secrets.read(section),
                tls,
                ConfigLoader.truststore(section, tls, base),
                ConfigLoader.name(section, "schema"),
                section.text(
                        "table",
                        model == WaffleModel.SWITCH ? "waffle_switch" : "waffle_flag",
                        ConfigLoader.NAME,
                        ConfigLoader.A_NAME),
                model,
                mode,
                command,
                section.duration("timeout", Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMinutes(10)),
                section.duration("cache-time", Duration.ZERO, Duration.ofSeconds(1), Duration.ofHours(24)));
    }

    private Http http(Section section) {
        Service service = section.choice("service", Service.TEMPLATE);
        boolean isTemplate = service == Service.TEMPLATE;
        boolean hasProject = service == Service.UNLEASH || service == Service.LAUNCHDARKLY;
        return new Http(
                service,
                isTemplate ? unused(section, "url", service) : section.text("url", URL, A_URL),
                hasProject ? section.text("project", TEXT, "the project's key") : unused(section, "project", service),
                hasProject
                        ? section.text("environment", TEXT, "the environment's key")
                        : unused(section, "environment", service),
                secrets.read(section, "token"),
                service == Service.CONFIGCAT
                        ? secrets.read(section, "sdk-key")
                        : new Secret(unused(section, "sdk-key", service)),
                section.duration("timeout", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(5)),
                isTemplate ? headers(section) : Map.of(),
                isTemplate ? Optional.of(call(section, "write", "PUT")) : Optional.empty(),
                isTemplate ? Optional.of(call(section, "read", "GET")) : Optional.empty(),
                isTemplate ? section.text("pointer", POINTER, "a JSON pointer, like /value") : "");
    }

    private static String unused(Section section, String key, Service service) {
        if (section.has(key)) {
            section.report(
                    key,
                    "has no effect",
                    "service: " + service.name().toLowerCase(Locale.ROOT),
                    "a service that needs it");
        }
        return "";
    }

    private static Map<String, String> headers(Section section) {
        try (Section headers = section.section("headers")) {
            return headers.texts(
                    HEADER,
                    "a header's name",
                    "a header's value, in which {token} stands for the token",
                    text -> Optional.of("has more than one line")
                            .filter(flaw -> text.contains("\n") || text.contains("\r")));
        }
    }

    private static Call call(Section section, String key, String method) {
        try (Section call = section.section(key)) {
            List<Integer> success = call.values(
                    "success",
                    "statuses from 200 to 299",
                    text -> Optional.of(text)
                            .filter(t -> STATUS.matcher(t).matches())
                            .map(Integer::valueOf));
            return new Call(
                    call.text("method", method, METHOD, "a method in capitals, like " + method),
                    call.text(
                            "url",
                            TEMPLATE,
                            "http:// or https://, a host and a path, in which {name} stands for the flag"),
                    call.text("body", "", TEXT, "a text, in which {name} and {true|false} are filled in"),
                    success.isEmpty() ? Set.of(200, 201, 202, 204) : new LinkedHashSet<>(success));
        }
    }
}
