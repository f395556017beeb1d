package dev.widekey.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

    private static final String GOOD = """
            migration: csmh
            source:
              host: a.example.com
              user: widekey
              password: s3cr3t
              schema: edxapp
              table: history
              server-id: 7
            target:
              host: b.example.com
              user: widekey
              password-env: TARGET_PASSWORD
              schema: edxapp_csmh
              table: extended
            flags:
              write: {name: EXTENDED, target-when: true}
              read: {name: MULTIPLE, target-when: false}
            """;

    private static final Map<String, String> ENVIRONMENT = Map.of("TARGET_PASSWORD", "t0p");

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("widekey.yaml"), text);
    }

    private DaemonConfig load(String text) throws IOException {
        return new ConfigLoader(ENVIRONMENT).load(file(text));
    }

    private List<String> problems(String text) throws IOException {
        Path file = file(text);
        return problems(file, ENVIRONMENT);
    }

    private List<String> problems(Path file, Map<String, String> environment) {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> new ConfigLoader(environment).load(file));
        assertThat(refused).as("the file is refused").isNotNull();
        assertThat(refused.getMessage()).doesNotContain("s3cr3t").doesNotContain("t0p");
        return refused.problems().stream()
                .map(problem -> problem.toString().replace(folder + "/", ""))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            migration: csmh | migration: CSMH | 1:12 migration: cannot be used; got 'CSMH'; allowed 1 to 32 lower-case letters, digits or -
            migration: csmh | migration: [a] | 1:12 migration: is not a single value; got a list; allowed 1 to 32 lower-case letters, digits or -
            migration: csmh | migration: | 1:11 migration: has no value; got nothing; allowed 1 to 32 lower-case letters, digits or -
            a.example.com | a b | 3:9 source.host: cannot be used; got 'a b'; allowed a host name or address
            host: a.example.com | hsot: a.example.com | 3:3 source.hsot: is not a key here, did you mean host?; got hsot; allowed host, port, user, password, password-file, password-env, password-credential, tls, truststore, schema, table, server-id
            server-id: 7 | server_id: 7 | 8:3 source.server_id: is not a key here, did you mean server-id?; got server_id; allowed host, port, user, password, password-file, password-env, password-credential, tls, truststore, schema, table, server-id
            server-id: 7 | server-id: 0 | 8:14 source.server-id: is out of range; got 0; allowed a whole number from 1 to 4294967295
            server-id: 7 | server-id: 1e3 | 8:14 source.server-id: is not a whole number; got 1e3; allowed a whole number from 1 to 4294967295
            server-id: 7 | server-id: '7' | 8:14 source.server-id: is not a whole number; got '7'; allowed a whole number from 1 to 4294967295
            server-id: 7 | server-id: 010 | 8:14 source.server-id: is not a whole number; got 010; allowed a whole number from 1 to 4294967295
            server-id: 7 | server-id: 99999999999999999999 | 8:14 source.server-id: is not a whole number; got 99999999999999999999; allowed a whole number from 1 to 4294967295
            schema: edxapp_csmh | schema: 'x`y' | 13:11 target.schema: cannot be used; got 'x`y'; allowed 1 to 64 letters, digits, _, $ or -
            schema: edxapp_csmh | schema: widekey | 9:1 target.state-schema: is the target table's schema; got widekey; allowed a schema of its own
            schema: edxapp_csmh | schema: mysql | 13:11 target.schema: belongs to MySQL itself; got mysql; allowed a schema for data
            password: s3cr3t | | 2:1 source.password: is missing; got nothing; allowed exactly one of password, password-file, password-env, password-credential
            password: s3cr3t | password: '' | 5:13 source.password: is empty; got nothing; allowed a password
            TARGET_PASSWORD | NO_SUCH_VARIABLE | 12:17 target.password-env: names a variable that is not set; got NO_SUCH_VARIABLE; allowed an environment variable with the password
            password: s3cr3t | password-credential: source | 5:24 source.password-credential: needs systemd, which sets CREDENTIALS_DIRECTORY; got no CREDENTIALS_DIRECTORY; allowed LoadCredential=source in the unit, or password, password-file, password-env
            target-when: true | target-when: yes | 16:40 flags.write.target-when: is neither true nor false; got yes; allowed true or false
            target-when: true | target-when: 'true' | 16:40 flags.write.target-when: is neither true nor false; got 'true'; allowed true or false
            name: MULTIPLE | name: EXTENDED | 17:9 flags.read: has the name of the write flag; got EXTENDED; allowed two flags with two names
            name: EXTENDED | name: widekey.start | 16:10 flags.write: has a name reserved for the daemon's own switches; got widekey.start; allowed a name that does not begin with widekey.
            """)
    void eachMistakeIsOneLine(String good, String bad, String expected) throws IOException {
        assertThat(problems(GOOD.replaceFirst(Pattern.quote(good), bad == null ? "" : bad)))
                .containsExactly("widekey.yaml:" + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            start: soon | 18:8 start: is not one of the choices; got 'soon'; allowed now, flag
            backfill: {workers: 17} | 18:21 backfill.workers: is out of range; got 17; allowed a whole number from 1 to 16
            backfill: {chunk-rows: 99} | 18:24 backfill.chunk-rows: is out of range; got 99; allowed a whole number from 100 to 1000000
            backfill: {order: NEWEST_FIRST} | 18:19 backfill.order: is not one of the choices; got 'NEWEST_FIRST'; allowed ascending, newest-first
            backfill: 4 | 18:11 backfill: is not a section; got 4; allowed keys below backfill
            backfill: {workers: 2, workers: 3} | 18:24 backfill.workers: is given twice; got workers again; allowed one workers
            backfil: {} | 18:1 backfil: is not a key here, did you mean backfill?; got backfil; allowed source, target, flags, backfill, cutover, stream, throttle, http, audit, hooks, migration, start
            zzz: 1 | 18:1 zzz: is not a key here; got zzz; allowed source, target, flags, backfill, cutover, stream, throttle, http, audit, hooks, migration, start
            cutover: {quiet: 60} | 18:18 cutover.quiet: is not a length of time; got 60; allowed a whole number with ms, s, m or h, from 500ms to 24h
            cutover: {quiet: 0s} | 18:18 cutover.quiet: is out of range; got 0s; allowed a whole number with ms, s, m or h, from 500ms to 24h
            cutover: {id-gap: -1} | 18:19 cutover.id-gap: is out of range; got -1; allowed a whole number from 1 to 1000000000000
            http: {listen: 9290} | 18:16 http.listen: is not an address to listen on; got '9290'; allowed host:port with a port from 0 to 65535, like 127.0.0.1:9290
            throttle: {mode: slow} | 18:18 throttle.mode: is not one of the choices; got 'slow'; allowed auto, off
            throttle: {rows-per-second: 99} | 18:29 throttle.rows-per-second: cannot be used; got '99'; allowed off, or a whole number from 100 to 1000000000
            throttle: {bytes-per-second: 20mb} | 18:30 throttle.bytes-per-second: cannot be used; got '20mb'; allowed off, or a whole number with KB, MB or GB, from 100KB to 1000GB
            throttle: {connections: 14} | 18:25 throttle.connections: is out of range; got 14; allowed a whole number from 15 to 1000
            throttle: {checkpoint-age: 101} | 18:28 throttle.checkpoint-age: is out of range; got 101; allowed a whole number from 1 to 100
            throttle: {source-replicas: a} | 18:29 throttle.source-replicas: is not a list; got 'a'; allowed a list of host or host:port, like replica.example.com:3306
            audit: {class: {}} | 18:9 audit.class: is not a key here, did you mean classes?; got class; allowed classes, group-by, by-day
            audit: {classes: [a]} | 18:18 audit.classes: is not a section; got a list; allowed keys below classes
            audit: {classes: {Bad: TRUE}} | 18:19 audit.classes.Bad: is not a name; got 'Bad'; allowed 1 to 40 lower-case letters, digits or -
            audit: {classes: {a: }} | 18:21 audit.classes.a: has no value; got nothing; allowed one SQL condition on the source's columns
            audit: {classes: {a: 'id = 1; DROP TABLE t'}} | 18:22 audit.classes.a: has a semicolon; got 'id = 1; DROP TABLE t'; allowed one SQL condition on the source's columns
            audit: {group-by: version} | 18:19 audit.group-by: is not a list; got 'version'; allowed a list of names of columns
            audit: {by-day: ['']} | 18:18 audit.by-day: cannot be used; got ''; allowed a list of names of columns
            throttle: {source-replicas: [a, 'b:0']} | 18:33 throttle.source-replicas: cannot be used; got 'b:0'; allowed a list of host or host:port, like replica.example.com:3306
            """)
    void eachMistakeInAnOptionalKeyIsOneLine(String added, String expected) throws IOException {
        assertThat(problems(GOOD + added + "\n")).containsExactly("widekey.yaml:" + expected);
    }

    @Test
    void allProblemsComeAtOnceInTheOrderOfTheFile() throws IOException {
        String text = GOOD.replace("migration: csmh\n", "migration: csmh\nstrat: now\n")
                .replace("server-id: 7", "server-id: x")
                .replace("  table: extended\n", "")
                .replace("target-when: false", "target-when: maybe");
        assertThat(problems(text))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("widekey.yaml:2:1 strat:").contains("did you mean start?"),
                        p -> assertThat(p).startsWith("widekey.yaml:9:14 source.server-id:"),
                        p -> assertThat(p).startsWith("widekey.yaml:10:1 target.table: is missing"),
                        p -> assertThat(p).startsWith("widekey.yaml:17:39 flags.read.target-when:"));
    }

    @Test
    void sourceAndTargetMayShareAServerButNotATable() throws IOException {
        String shared = GOOD.replace("b.example.com", "A.example.com").replace("edxapp_csmh", "edxapp");
        assertThat(load(shared).target().host()).isEqualTo("A.example.com");
        assertThat(problems(shared.replace("table: extended", "table: history")))
                .containsExactly("widekey.yaml:14:10 target.table: is the source table; got edxapp.history; "
                        + "allowed another table, schema or server than the source's");
        assertThat(problems(shared.replace("edxapp\n  table: extended", "other\n  table: t\n  state-schema: edxapp")))
                .containsExactly("widekey.yaml:15:17 target.state-schema: is the source table's schema; got edxapp; "
                        + "allowed a schema of its own");
    }

    @Test
    void passwordComesFromAFile() throws IOException {
        Files.writeString(folder.resolve("pw"), "from a file \n");
        String text = GOOD.replace("password: s3cr3t", "password-file: pw");
        assertThat(load(text).source().password().reveal()).isEqualTo("from a file ");
    }

    @Test
    void passwordFileThatCannotBeUsedIsNamed() throws IOException {
        String text = GOOD.replace("password: s3cr3t", "password-file: pw");
        assertThat(problems(text)).singleElement().asString().contains("5:18 source.password-file: cannot be read");
        Files.writeString(folder.resolve("pw"), "\n");
        assertThat(problems(text)).singleElement().asString().contains("names an empty file");
        Files.writeString(folder.resolve("pw"), "s3cr3t\ns3cr3t\n");
        assertThat(problems(text)).singleElement().asString().contains("more than one line");
        Files.write(folder.resolve("pw"), new byte[] {(byte) 0xff, 10});
        assertThat(problems(text)).singleElement().asString().contains("cannot be read (MalformedInputException)");
    }

    @Test
    void passwordComesFromACredential() throws IOException {
        Files.writeString(folder.resolve("source"), "c\n");
        Path file = file(GOOD.replace("password: s3cr3t", "password-credential: source"));
        Map<String, String> systemd = Map.of("TARGET_PASSWORD", "t0p", "CREDENTIALS_DIRECTORY", folder.toString());
        assertThat(new ConfigLoader(systemd).load(file).source().password().reveal())
                .isEqualTo("c");
        Path outside = file(GOOD.replace("password: s3cr3t", "password-credential: ../etc/passwd"));
        assertThat(problems(outside, systemd)).singleElement().asString().contains("is not a credential's name");
    }

    @Test
    void twoPasswordsAreRefusedAtBothPlaces() throws IOException {
        assertThat(problems(GOOD.replace("password: s3cr3t", "password: s3cr3t\n  password-env: TARGET_PASSWORD")))
                .hasSize(2)
                .allSatisfy(p -> assertThat(p).contains("is one of 2 passwords; got password and password-env"));
    }

    @Test
    void verifyingNeedsATruststoreAndOnlyVerifyingTakesOne() throws IOException {
        String verifying = GOOD.replaceFirst("schema:", "tls: verify-identity\n  schema:");
        assertThat(problems(verifying))
                .containsExactly("widekey.yaml:2:1 source.truststore: is missing; "
                        + "got nothing; allowed a readable PKCS#12 file while tls verifies the server");
        String store = verifying.replaceFirst("schema:", "truststore: trust.p12\n  schema:");
        assertThat(problems(store)).singleElement().asString().contains("7:15 source.truststore: cannot be read");
        Files.writeString(folder.resolve("trust.p12"), "");
        assertThat(load(store).source().truststore()).contains(folder.resolve("trust.p12"));
        assertThat(problems(store.replace("verify-identity", "required")))
                .singleElement()
                .asString()
                .contains("source.truststore: has no effect");
    }

    @Test
    void writeFirstNeedsARollingCutoverAndATargetFitForTheApplication() throws IOException {
        String rolling = GOOD + "cutover: {mode: rolling, order: write-first, rollback: false}\n";
        assertThat(load(rolling).cutover().writesFirst()).isTrue();
        assertThat(load(GOOD + "cutover: {mode: rolling}\n").cutover().writesFirst())
                .isFalse();
        assertThat(
                        problems(
                                GOOD
                                        + "cutover: {order: write-first}\nbackfill: {indexes: late, existing-rows: keep, workers: 99}\n"))
                .satisfiesExactlyInAnyOrder(
                        p -> assertThat(p)
                                .contains("cutover.order: lets both tables take writes, which a fence forbids"),
                        p -> assertThat(p).contains("backfill.workers:"),
                        p -> assertThat(p).contains("backfill.indexes: needs an empty target"),
                        p -> assertThat(p)
                                .contains("backfill.indexes: leaves the application that writes to the target"),
                        p -> assertThat(p).contains("backfill.existing-rows: shows readers of both tables rows"));
        assertThat(problems(GOOD + "cutover: {mode: rolling, order: writes-first}\n"))
                .singleElement()
                .asString()
                .contains("allowed parity-first, write-first");
    }

    @Test
    void existingRowsAreKeptWhenAskedTo() throws IOException {
        assertThat(load(GOOD + "backfill: {existing-rows: keep}\n").backfill().existingRows())
                .isEqualTo(ExistingRows.KEEP);
    }

    @Test
    void passwordsAreNeverPrinted() throws IOException {
        assertThat(load(GOOD).toString()).contains("password=***").doesNotContain("s3cr3t", "t0p");
    }

    @Test
    void addressesMayBeIpv6() throws IOException {
        assertThat(load(GOOD + "http: {listen: '[::1]:0'}").http().listen())
                .isEqualTo(new DaemonConfig.Listen("::1", 0))
                .hasToString("[::1]:0");
    }

    @Test
    void fileThatIsNotAConfigurationIsOneProblem() throws IOException {
        assertThat(problems(""))
                .containsExactly("widekey.yaml:1:1 the file: has no keys; got an empty file; allowed a YAML mapping");
        assertThat(problems("- a\n- b\n")).singleElement().asString().contains("has no keys");
        assertThat(problems("a: [1\nb: 2\n")).singleElement().asString().contains("the file: is not YAML");
        assertThat(problems("migration: csmh\n\tsource: x\n"))
                .singleElement()
                .asString()
                .startsWith("widekey.yaml:2:1 the file: is not YAML");
        assertThat(problems(GOOD + "---\na: 1\n")).singleElement().asString().contains("is not YAML");
        Path binary = Files.write(folder.resolve("widekey.yaml"), "a: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(binary, Map.of())).singleElement().asString().contains("is not text");
        assertThat(problems(folder.resolve("absent.yaml"), Map.of()))
                .containsExactly(
                        "absent.yaml:1:1 the file: cannot be read; got NoSuchFileException; allowed a readable file");
    }
}
