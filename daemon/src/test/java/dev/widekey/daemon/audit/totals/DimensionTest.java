package dev.widekey.daemon.audit.totals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DimensionTest {

    private static Dimension of(Map<String, Amount> source, Map<String, Amount> target) {
        return Dimension.of("version", source, target, Comparator.naturalOrder());
    }

    @Test
    void equalGroupsAreOneLine() {
        Dimension equal = of(
                Map.of("'7'", new Amount(3, 30), "NULL", new Amount(1, 0)),
                Map.of("'7'", new Amount(3, 30), "NULL", new Amount(1, 0)));
        assertThat(equal.isEqual()).isTrue();
        assertThat(equal.lines()).containsExactly("by version: 2 groups, equal");
    }

    @Test
    void aGroupThatDiffersIsNamedWithItsDirection() {
        Dimension different = of(
                Map.of(
                        "'6'", new Amount(4, 40),
                        "'7'", new Amount(3, 30),
                        "'8'", new Amount(5, 50),
                        "'9'", new Amount(2, 20)),
                Map.of(
                        "'6'", new Amount(4, 40),
                        "'7'", new Amount(1, 10),
                        "'8'", new Amount(5, 51),
                        "'a'", new Amount(1, 0)));
        assertThat(different.isEqual()).isFalse();
        assertThat(different.lines())
                .containsExactly(
                        "by version: 4 of 5 groups differ",
                        "  '7': 2 rows missing on the target (1 for 3), 20 bytes fewer on the target",
                        "  '8': the same 5 rows, 1 byte more on the target",
                        "  '9': 2 rows missing on the target (0 for 2), 20 bytes fewer on the target",
                        "  'a': 1 row extra on the target (1 for 0)");
    }

    @Test
    void onlyTheFirstGroupsAreNamedAndTheOthersCounted() {
        Map<String, Amount> many = new HashMap<>();
        for (int i = 100; i < 130; i++) {
            many.put("'" + i + "'", new Amount(1, 1));
        }
        assertThat(of(many, Map.of()).lines())
                .hasSize(22)
                .startsWith("by version: 30 of 30 groups differ")
                .endsWith("  and 10 more");
    }

    @Test
    void aDimensionThatWasNotComparedIsNotEqual() {
        Dimension none = Dimension.tooMany("id");
        assertThat(none.isEqual()).isFalse();
        assertThat(none.lines())
                .containsExactly(
                        "by id: more than 10000 groups, not compared; name another column in the configuration");
    }
}
