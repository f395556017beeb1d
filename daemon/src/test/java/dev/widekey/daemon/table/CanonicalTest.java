package dev.widekey.daemon.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CanonicalTest {

    @Test
    void numbersAndTimesTakeTheTargetsForm() {
        assertThat(both("amount decimal(10,2)", "amount decimal(20,5)"))
                .containsExactly(
                        "CAST(CAST(`amount` AS DECIMAL(20, 5)) AS CHAR)",
                        "CAST(CAST(`amount` AS DECIMAL(20, 5)) AS CHAR)");
        assertThat(both("at datetime", "at datetime(6)"))
                .containsExactly("CAST(CAST(`at` AS DATETIME(6)) AS CHAR)", "CAST(CAST(`at` AS DATETIME(6)) AS CHAR)");
        assertThat(both("at time(3)", "at time(4)"))
                .containsExactly("CAST(CAST(`at` AS TIME(4)) AS CHAR)", "CAST(CAST(`at` AS TIME(4)) AS CHAR)");
    }

    @Test
    void shortTextStandsForItself() {
        assertThat(both("v varchar(20) utf8mb3", "v varchar(20) utf8mb4"))
                .containsExactly("CAST(`v` AS BINARY)", "CAST(`v` AS BINARY)");
    }

    @Test
    void longValuesAreRepresentedByLengthAndDigest() {
        assertThat(both("v longtext", "v longtext"))
                .containsExactly("CONCAT(LENGTH(`v`), '.', MD5(`v`))", "CONCAT(LENGTH(`v`), '.', MD5(`v`))");
    }

    @Test
    void bothSidesUseOneFormWhicheverOfThemIsLong() {
        for (List<String> pair : List.of(
                List.of("v tinytext", "v varchar(255)"),
                List.of("v varchar(255)", "v text"),
                List.of("v tinyblob", "v varbinary(255)"),
                List.of("v varbinary(255)", "v blob"))) {
            List<String> forms = both(pair.get(0), pair.get(1));
            assertThat(forms.get(0)).as("%s", pair).isEqualTo(forms.get(1));
        }
    }

    @Test
    void aNameIsQuotedAndSpelledAsItsOwnSideDoes() {
        TableDefinition source = Tables.table("id int auto", "A`b varchar(9)");
        TableDefinition target = Tables.table("id int auto", "a`B varchar(9)");
        Canonical canonical = Canonical.of(source, target, List.of("A`b"));
        assertThat(canonical.onSource()).containsExactly("CAST(`A``b` AS BINARY)");
        assertThat(canonical.onTarget()).containsExactly("CAST(`a``B` AS BINARY)");
    }

    @Test
    void onlyTheProjectionIsCompared() {
        TableDefinition table = Tables.table("id int auto", "a int", "b int");
        assertThat(Canonical.of(table, table, List.of("id", "b")).onSource()).hasSize(2);
    }

    @Test
    void aTypeThatIsNotMovedIsRefused() {
        assertThatThrownBy(() -> both("v vector", "v vector")).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> both(String from, String to) {
        String name = from.substring(0, from.indexOf(' '));
        Canonical canonical = Canonical.of(
                Tables.table("id int auto", from), Tables.table("id bigint unsigned auto", to), List.of(name));
        return List.of(canonical.onSource().get(0), canonical.onTarget().get(0));
    }
}
