package dev.widekey.flags.outlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.outlet.FeaturesFile.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeaturesFileTest {

    private static final String WRITE = "ENABLE_CSMH_EXTENDED";
    private static final String READ = "ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES";

    private static final String YAML = """
            # managed by hand 🙂
            ---
            BASE: &base {host: "a", ports: [1, 2]}
            FEATURES:   # all of them
              AUTH_USE_OPENID_PROVIDER: true
              ENABLE_CSMH_EXTENDED:   no    # until the move
              'ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES': True
              OTHER: "false"
            COPY: *base
            LONG: >
              folded: text
              ENABLE_CSMH_EXTENDED: true
            """;

    private static final String JSON = """
            {
                "BASE": "ENABLE_CSMH_EXTENDED \\"quoted\\" 🙂",
                "FEATURES" : {
            \t"AUTH_USE_OPENID_PROVIDER": true, "ENABLE_CSMH_EXTENDED" :false,
                    "ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES": true
                },
                "NUMBER": 1.50e3
            }""";

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Nested
    class AsYaml extends OutletContract {
        @Override
        Outlet emptyOutlet() throws IOException {
            return new FeaturesFile(file("lms.yml", "A: 1\nFEATURES:\n    OTHER: true\n"), Place.FEATURES);
        }

        @Override
        Outlet again(Outlet outlet) {
            return new FeaturesFile(folder.resolve("lms.yml"), Place.FEATURES);
        }
    }

    @Nested
    class AsYamlAtTheTop extends OutletContract {
        @Override
        Outlet emptyOutlet() throws IOException {
            return new FeaturesFile(file("lms.yml", "# settings\nOTHER: true\n"), Place.TOP_LEVEL);
        }

        @Override
        Outlet again(Outlet outlet) {
            return new FeaturesFile(folder.resolve("lms.yml"), Place.TOP_LEVEL);
        }
    }

    @Nested
    class AsJson extends OutletContract {
        @Override
        Outlet emptyOutlet() throws IOException {
            return new FeaturesFile(file("lms.env.json", "{\"FEATURES\": { }}"), Place.FEATURES);
        }

        @Override
        Outlet again(Outlet outlet) {
            return new FeaturesFile(folder.resolve("lms.env.json"), Place.FEATURES);
        }
    }

    @Test
    void flipInYamlChangesOneWordAndLeavesEveryOtherByte() throws Exception {
        Path file = file("lms.yml", YAML);
        FeaturesFile outlet = new FeaturesFile(file, Place.FEATURES);
        assertThat(outlet.read(Set.of(WRITE, READ))).isEqualTo(Map.of(WRITE, false, READ, true));
        outlet.write(WRITE, false);
        outlet.write(READ, true);
        assertThat(file).hasContent(YAML);
        outlet.write(WRITE, true);
        outlet.write(READ, false);
        assertThat(Files.readString(file))
                .isEqualTo(YAML.replace("no    #", "true    #").replace("TABLES': True", "TABLES': false"));
    }

    @Test
    void flipInJsonChangesOneWordAndLeavesEveryOtherByte() throws Exception {
        Path file = file("lms.env.json", JSON);
        FeaturesFile outlet = new FeaturesFile(file, Place.FEATURES);
        assertThat(outlet.read(Set.of(WRITE, READ))).isEqualTo(Map.of(WRITE, false, READ, true));
        outlet.write(WRITE, true);
        outlet.write(READ, false);
        assertThat(Files.readString(file))
                .isEqualTo(JSON.replace(":false", ":true").replace("TABLES\": true", "TABLES\": false"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lms.yml  | FEATURES:N  # firstN  A: 1NB: 2N           | FEATURES:N  # firstN  MY_FLAG: trueN  A: 1NB: 2N
            lms.yml  | FEATURES: {A: 1}N                          | FEATURES: {"MY_FLAG": true, A: 1}N
            lms.yml  | FEATURES: {}N                              | FEATURES: {"MY_FLAG": true}N
            lms.json | {"FEATURES": {N    "A": 1N}}               | {"FEATURES": {N    "MY_FLAG": true,N    "A": 1N}}
            lms.json | {"FEATURES": {"A": 1}}                     | {"FEATURES": {"MY_FLAG": true, "A": 1}}
            """, quoteCharacter = '~')
    void settingThatIsNotThereIsAdded(String name, String text, String expected) throws Exception {
        for (String end : new String[] {"\n", "\r\n"}) {
            Path file = file(name, text.replace("N", end));
            new FeaturesFile(file, Place.FEATURES).write("MY_FLAG", true);
            assertThat(Files.readString(file)).isEqualTo(expected.replace("N", end));
        }
    }

    @Test
    void settingsAtTheTopAreFoundThere() throws Exception {
        Path file = file("lms.yml", "FEATURES:\n  OTHER: true\nENABLE_CSMH_EXTENDED: false # x\n");
        FeaturesFile outlet = new FeaturesFile(file, Place.TOP_LEVEL);
        outlet.write(WRITE, true);
        assertThat(file).hasContent("FEATURES:\n  OTHER: true\nENABLE_CSMH_EXTENDED: true # x\n");
        assertThatThrownBy(() -> new FeaturesFile(file, Place.FEATURES).read(Set.of(WRITE)))
                .hasMessageContaining("is set at the top level, where the configuration does not look");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'false'", "0", "", "[]", "{a: 1}", "&x false", "!!bool false", "*shared", "null"})
    void valueThatIsNoPlainBooleanIsRefusedByName(String value) throws Exception {
        Path file = file("lms.yml", "S: &shared false\nFEATURES:\n  ENABLE_CSMH_EXTENDED: " + value + "\n");
        String before = Files.readString(file);
        FeaturesFile outlet = new FeaturesFile(file, Place.FEATURES);
        for (boolean wanted : new boolean[] {true, false}) {
            assertThatThrownBy(() -> outlet.write(WRITE, wanted))
                    .isInstanceOf(OutletException.class)
                    .hasMessageContaining(
                            "the setting ENABLE_CSMH_EXTENDED in " + file + " is not a plain true or false");
        }
        assertThat(file).hasContent(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OTHER: 1                                        | has no mapping FEATURES
            FEATURES:                                       | has no mapping FEATURES
            - a                                             | is no mapping of settings
            X: &x {A: true}NFEATURES:N  <<: *xN  B: true    | merges other settings in (<<)
            FEATURES: {A: true, A: false}                   | gives A twice
            FEATURES: {A: true                              | is not YAML
            FEATURES: {B: true}NA: true                     | the setting A in FILE is set at the top level
            """)
    void fileThatDoesNotSayWhatHoldsIsRefused(String text, String expected) throws Exception {
        Path file = file("lms.yml", text.replace("N", "\n") + "\n");
        assertThatThrownBy(() -> new FeaturesFile(file, Place.FEATURES).read(Set.of("A")))
                .isInstanceOf(OutletException.class)
                .hasMessageContaining(expected.replace("FILE", file.toString()));
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void checkLeavesNothingBehind(Place place) throws Exception {
        Path file = file("lms.yml", "FEATURES: {C: true}\n");
        new FeaturesFile(file, place).check(Set.of("B"));
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }
}
