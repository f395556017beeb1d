package dev.widekey.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagOutletReaderTest {

    private static final String REST = """
            migration: m
            source: {host: a, user: u, password: p, schema: s, table: t, server-id: 9}
            target: {host: b, user: u, password: p, schema: s, table: t}
            flags:
              write: {name: w, target-when: true}
              read: {name: r, target-when: false}
            """;

    /** No fence waits for a person. */
    private static final String ROLLING = "cutover: {mode: rolling}\n";

    private static final String WAFFLE = "host: h, user: u, password: s3cr3t, schema: edxapp";

    @TempDir
    private Path folder;

    private DaemonConfig load(String flags) throws IOException {
        Path file = Files.writeString(folder.resolve("w.yaml"), REST + flags + ROLLING);
        return new ConfigLoader(Map.of("T", "s3cr3t")).load(file);
    }

    private FlagOutlet outlet(String flags) throws IOException {
        return load(flags).flags().store();
    }

    private List<String> problems(String flags) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> load(flags));
        assertThat(refused).as("the file is refused").isNotNull();
        assertThat(refused.getMessage()).doesNotContain("s3cr3t");
        return refused.problems().stream()
                .map(problem -> problem.line() + ":" + problem.column() + " " + problem.key() + ": " + problem.what()
                        + "; got " + problem.got())
                .toList();
    }

    @Test
    void aPersonIsNotAskedWhileTheApplicationIsRefused() {
        assertThatThrownBy(() -> new ConfigLoader(Map.of())
                        .load(Files.writeString(folder.resolve("w.yaml"), REST + "  store: manual\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("keeps the application's writes refused until a person has answered");
    }

    @Test
    void eachStoreIsReadFromItsSection() throws IOException {
        assertThat(outlet("")).isEqualTo(new Mysql());
        assertThat(outlet("  store: mysql\n")).isEqualTo(new Mysql());
        assertThat(outlet("  store: manual\n")).isEqualTo(new Manual());
        assertThat(outlet("  store: flagd\n  flagd: {file: /etc/flags.json}\n"))
                .isEqualTo(new Flagd(Path.of("/etc/flags.json")));
        assertThat(outlet("  store: features\n  features: {file: lms.yml}\n"))
                .isEqualTo(new Features(folder.resolve("lms.yml"), Place.FEATURES));
        assertThat(outlet("  store: features\n  features: {file: lms.env.json, place: top-level}\n"))
                .isEqualTo(new Features(folder.resolve("lms.env.json"), Place.TOP_LEVEL));
    }

    @Test
    void waffleIsReadWithItsServer() throws IOException {
        assertThat(outlet("  store: waffle\n  waffle: {" + WAFFLE + ", command: [python, manage.py]}\n"))
                .isEqualTo(new Waffle(
                        "h",
                        3306,
                        "u",
                        new Secret("s3cr3t"),
                        Tls.REQUIRED,
                        Optional.empty(),
                        "edxapp",
                        "waffle_switch",
                        WaffleModel.SWITCH,
                        WaffleMode.COMMAND,
                        List.of("python", "manage.py"),
                        Duration.ofSeconds(60),
                        Duration.ZERO));
        Waffle sql = (Waffle) outlet("  store: waffle\n  waffle: {" + WAFFLE
                + ", port: 1, tls: disabled, model: flag, mode: sql, cache-time: 300s, timeout: 5s}\n");
        assertThat(sql.table()).isEqualTo("waffle_flag");
        assertThat(sql.cacheTime()).isEqualTo(Duration.ofSeconds(300));
        assertThat(sql.toString()).contains("***").doesNotContain("s3cr3t");
    }

    @Test
    void servicesAreReadWithTheirSecrets() throws IOException {
        Http unleash = (Http) outlet("  store: http\n  http: {service: unleash, url: https://u.example.com, project: p,"
                + " environment: e, token-env: T}\n");
        assertThat(unleash.service()).isEqualTo(Service.UNLEASH);
        assertThat(unleash.token().reveal()).isEqualTo("s3cr3t");
        assertThat(unleash.toString()).doesNotContain("s3cr3t");
        Http configCat = (Http) outlet("  store: http\n  http: {service: configcat, url: https://api.configcat.com,"
                + " token-env: T, sdk-key: s3cr3t}\n");
        assertThat(configCat.sdkKey().reveal()).isEqualTo("s3cr3t");
        Http own = (Http) outlet("""
                  store: http
                  http:
                    token-env: T
                    headers: {Authorization: "Bearer {token}"}
                    write: {url: "http://flags/{name}", body: '{"on": {true|false}}', success: [204]}
                    read: {url: "http://flags/{name}"}
                    pointer: /on
                """);
        assertThat(own.write()).contains(new Call("PUT", "http://flags/{name}", "{\"on\": {true|false}}", Set.of(204)));
        assertThat(own.read()).contains(new Call("GET", "http://flags/{name}", "", Set.of(200, 201, 202, 204)));
        assertThat(own.headers()).isEqualTo(Map.of("Authorization", "Bearer {token}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            store: flagged                                      | 7:10 flags.store: is not one of the choices; got 'flagged'
            stor: flagd                                         | 7:3 flags.stor: is not a key here, did you mean store?; got stor
            store: flagd                                        | 4:1 flags.flagd.file: is missing; got nothing
            flagd: {file: a.json}                               | 7:10 flags.flagd: has no effect; got store: mysql
            store: flagd, flagd: {file: a.yml}                  | 8:17 flags.flagd.file: cannot be used; got 'a.yml'
            store: flagd, flagd: {fiel: a.json}                 | 8:11 flags.flagd.fiel: is not a key here, did you mean file?; got fiel
            store: features, features: {file: a.toml}           | 8:20 flags.features.file: cannot be used; got 'a.toml'
            store: waffle, waffle: {W}                          | 8:3 flags.waffle.command: is missing; got nothing
            store: waffle, waffle: {W; command: []}             | 8:73 flags.waffle.command: is empty; got no word
            store: waffle, waffle: {W; mode: sql}               | 8:3 flags.waffle.cache-time: is missing; got nothing
            store: waffle, waffle: {W; mode: sql; cache-time: 1s; command: [a]} | 8:100 flags.waffle.command: has no effect; got mode: sql
            store: waffle, waffle: {W; command: [a]; cache-time: 1s} | 8:90 flags.waffle.cache-time: has no effect; got mode: command
            store: http, http: {service: unleash; url: ftp://x; project: p; environment: e; token: s3cr3t} | 8:33 flags.http.url: cannot be used; got 'ftp://x'
            store: http, http: {service: unleash; url: http://x; project: p; environment: e} | 8:3 flags.http.token: is missing; got nothing
            store: http, http: {service: configcat; url: http://x; token: s3cr3t; sdk-key: s3cr3t; project: p} | 8:86 flags.http.project: has no effect; got service: configcat
            """)
    void eachMistakeIsOneLine(String lines, String expected) {
        String flags =
                "  " + lines.strip().replace(", ", "\n  ").replace("W", WAFFLE).replace("; ", ", ") + "\n";
        assertThat(problems(flags)).containsExactly(expected);
    }

    /** The examples of the page are complete: whatever they leave out has a default. */
    @Test
    void everyExampleOfThePageIsReadAndEveryKeyIsInOne() throws IOException {
        String page = Files.readString(Path.of("../docs/flag-stores.md"));
        List<String> examples = Pattern.compile("(?ms)^```yaml\n(.*?)^```")
                .matcher(page)
                .results()
                .map(example -> example.group(1))
                .toList();
        for (String secret : List.of("waffle-password", "unleash-token", "configcat-token", "configcat-sdk-key")) {
            Files.writeString(folder.resolve(secret), "s3cr3t\n");
        }
        Map<String, String> environment =
                Map.of("CREDENTIALS_DIRECTORY", folder.toString(), "WAFFLE_PASSWORD", "s3cr3t", "FLAG_TOKEN", "s3cr3t");
        List<Class<?>> read = new ArrayList<>();
        for (String example : examples) {
            Path file = Files.writeString(
                    folder.resolve("w.yaml"), ROLLING + REST.substring(0, REST.indexOf("flags:")) + example);
            read.add(new ConfigLoader(environment).load(file).flags().store().getClass());
        }
        assertThat(read)
                .contains(Flagd.class, Features.class, Waffle.class, Http.class, Manual.class)
                .hasSize(examples.size());
        List<Class<?>> records = List.of(Flagd.class, Features.class, Waffle.class, Http.class, Call.class);
        for (Class<?> type : records) {
            for (RecordComponent component : type.getRecordComponents()) {
                String key = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
                assertThat(String.join("", examples) + "truststore: ")
                        .as(key)
                        .containsPattern("(?m)\\b" + key + "(-file|-env|-credential)?: ?");
            }
        }
    }

    @Test
    void nameThatAStoreCannotHoldIsRefused() {
        String text = "  store: waffle\n  waffle: {" + WAFFLE + ", command: [a]}\n";
        Path file = folder.resolve("w.yaml");
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> {
            Files.writeString(file, (REST + text).replace("name: w", "name: " + "w".repeat(101)));
            new ConfigLoader(Map.of()).load(file);
        });
        assertThat(refused.problems())
                .singleElement()
                .asString()
                .contains(
                        "flags.write: has a name that is too long for this store; got 101 characters; allowed at most 100");
    }
}
