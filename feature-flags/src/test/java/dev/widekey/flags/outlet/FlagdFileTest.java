package dev.widekey.flags.outlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagdFileTest extends OutletContract {

    private static final String FILE = """
            {
            \t"$schema": "https://flagd.dev/schema/v0/flags.json",
              "flags": {
                "banner 🙂": {"state": "ENABLED", "variants": {"red": "#f00", "none": ""}, "defaultVariant": "red",
                  "targeting": {"if": [{"in": ["@example.com", {"var": "email"}]}, "none"]}},
                "EXTENDED": { "state":"ENABLED",  "variants" : { "yes" : true, "no":false },
                  "defaultVariant" :  "no" , "targeting": {}, "metadata": {"owner": "team \\u00e9"} },
                "DISABLED_ONE": {"state": "DISABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on"}
              },
              "$evaluators": {"x": {"==": [1, 1.50]}}
            }
            """;

    @TempDir
    private Path folder;

    @Override
    Outlet emptyOutlet() throws IOException {
        return outlet("{\"flags\": {}}");
    }

    @Override
    Outlet again(Outlet outlet) {
        return new FlagdFile(file());
    }

    private Path file() {
        return folder.resolve("flags.json");
    }

    private FlagdFile outlet(String text) throws IOException {
        Files.writeString(file(), text);
        return new FlagdFile(file());
    }

    private String text() throws IOException {
        return Files.readString(file());
    }

    @Test
    void flipChangesOneWordAndLeavesEveryOtherByte() throws Exception {
        FlagdFile outlet = outlet(FILE);
        assertThat(outlet.read(Set.of("EXTENDED"))).isEqualTo(Map.of("EXTENDED", false));
        outlet.write("EXTENDED", false);
        assertThat(text()).isEqualTo(FILE);
        outlet.write("EXTENDED", true);
        assertThat(text()).isEqualTo(FILE.replace("\"defaultVariant\" :  \"no\"", "\"defaultVariant\" :  \"yes\""));
        assertThat(outlet.read(Set.of("EXTENDED"))).isEqualTo(Map.of("EXTENDED", true));
        outlet.write("EXTENDED", false);
        assertThat(text()).isEqualTo(FILE);
    }

    @Test
    void newFlagIsAddedInFrontOfTheOthers() throws Exception {
        FlagdFile outlet = outlet(FILE);
        outlet.write("NEW", true);
        String added =
                "    \"NEW\": {\"state\": \"ENABLED\", \"variants\": {\"on\": true, \"off\": false}, \"defaultVariant\": \"on\"},\n";
        assertThat(text()).isEqualTo(FILE.replace("    \"banner", added + "    \"banner"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"flags": {"A": {"state": "DISABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on"}}} | flag A in FILE is not ENABLED, so that the application uses its own default; set its state to ENABLED
            {"flags": {"A": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on", "targeting": {"if": []}}}} | flag A in FILE has targeting rules, so that its value depends on who asks; take them out
            {"flags": {"A": {"state": "ENABLED", "variants": {"on": true, "off": "false"}, "defaultVariant": "on"}}} | flag A in FILE has variants that are not boolean; give it the variants true and false, and one of them as defaultVariant
            {"flags": {"A": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": null}}} | flag A in FILE has no defaultVariant among its variants; give it the variants true and false, and one of them as defaultVariant
            {"flags": {"A": {"state": "ENABLED", "variants": {"on": true}, "defaultVariant": "on"}}} | flag A has no variant that is false
            {"flags": []} | FILE has no object "flags"
            {"a": 1} {"b": 2} | FILE holds more than one JSON value
            {"flags": {"A": 1, "A": 2}} | FILE is not JSON: Duplicate field 'A'
            {"flags": { | FILE is not JSON: Unexpected end-of-input
            """, quoteCharacter = '~')
    void whatHasNoOneValueForEverybodyIsRefusedByName(String text, String expected) throws IOException {
        FlagdFile outlet = outlet(text);
        assertThatThrownBy(() -> outlet.read(Set.of("A")))
                .isInstanceOf(OutletException.class)
                .hasMessageStartingWith(expected.replace("FILE", file().toString()));
        assertThatThrownBy(() -> outlet.write("A", false)).isInstanceOf(OutletException.class);
        assertThat(text()).isEqualTo(text);
    }

    @Test
    void flagsOfOthersMayBeOfAnyKind() throws Exception {
        assertThat(outlet(FILE).read(Set.of("EXTENDED", "NEW"))).containsOnlyKeys("EXTENDED");
    }

    @Test
    void symbolicLinkAndModeStay() throws Exception {
        FlagdFile outlet = outlet(FILE);
        Path real =
                Files.move(file(), Files.createDirectory(folder.resolve("v1")).resolve("real.json"));
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-x--x"));
        Files.createSymbolicLink(file(), Path.of("v1/real.json"));
        outlet.check(Set.of("EXTENDED"));
        outlet.write("EXTENDED", true);
        assertThat(Files.isSymbolicLink(file())).isTrue();
        assertThat(Files.readString(real)).contains("\"yes\" , \"targeting\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r-x--x");
        try (Stream<Path> left = Files.list(real.getParent())) {
            assertThat(left).containsExactly(real);
        }
    }

    /** Whoever has the old file open goes on reading the old text: it is replaced and not written into. */
    @Test
    void readerSeesTheOldTextOrTheNewOne() throws Exception {
        FlagdFile outlet = outlet(FILE);
        try (var open = Files.newBufferedReader(file())) {
            outlet.write("EXTENDED", true);
            StringBuilder seen = new StringBuilder();
            open.lines().forEach(line -> seen.append(line).append('\n'));
            assertThat(seen).hasToString(FILE);
        }
    }

    @Test
    void fileThatIsNotThereIsUnreachable() {
        assertThatThrownBy(() -> new FlagdFile(file()).read(Set.of("A")))
                .isInstanceOfSatisfying(
                        OutletException.class,
                        failure -> assertThat(failure.passes()).isTrue())
                .hasMessageContaining("cannot be read: NoSuchFileException");
    }

    @Test
    void textThatSomebodyElseChangedIsNotOverwritten() throws Exception {
        outlet(FILE);
        SettingsFile file = new SettingsFile(file());
        String read = file.read();
        Files.writeString(file(), "theirs");
        assertThatThrownBy(() -> file.replace(read, "ours"))
                .isInstanceOf(OutletException.class)
                .hasMessageContaining("was changed by somebody else meanwhile");
        assertThat(text()).isEqualTo("theirs");
    }
}
