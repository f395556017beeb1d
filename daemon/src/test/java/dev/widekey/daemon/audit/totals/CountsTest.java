package dev.widekey.daemon.audit.totals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class CountsTest {
    private final Set<Integer> tooMany = ConcurrentHashMap.newKeySet();

    @Test
    void partsAddUpInEveryDimension() {
        Counts all = counts();
        all.add(part("'7'", 2, 20, 1, 0));
        all.add(part("'8'", 3, 30, 1, 1));
        all.add(part("'7'", 1, 10, 0, 1));
        assertThat(all.all()).isEqualTo(new Amount(6, 60));
        assertThat(all.groups(0)).isEqualTo(Map.of("'7'", new Amount(3, 30), "'8'", new Amount(3, 30)));
        assertThat(all.nullClasses("v", 0))
                .isEqualTo(
                        Map.of("v NULL", new Amount(2, 0), "v empty", new Amount(2, 0), "v neither", new Amount(2, 0)));
    }

    @Test
    void countsAreAlikeOnlyInEveryDimension() {
        Counts one = part("'7'", 2, 20, 1, 0);
        assertThat(one.isLike(part("'7'", 2, 20, 1, 0))).isTrue();
        assertThat(one.isLike(part("'8'", 2, 20, 1, 0))).isFalse();
        assertThat(one.isLike(part("'7'", 3, 20, 1, 0))).isFalse();
        assertThat(one.isLike(part("'7'", 2, 21, 1, 0))).isFalse();
        assertThat(one.isLike(part("'7'", 2, 20, 0, 1))).isFalse();
    }

    @Test
    void aDimensionWithTooManyGroupsIsEmptiedAndCountedNoFurther() {
        Counts counts = counts();
        for (int i = 0; i < Counts.MOST_GROUPS; i++) {
            counts.add(0, "'" + i + "'", new Amount(1, 1));
        }
        assertThat(tooMany).isEmpty();
        assertThat(counts.groups(0)).hasSize(10_000);
        counts.add(0, "'one more'", new Amount(1, 1));
        assertThat(tooMany).containsExactly(0);
        assertThat(counts.groups(0)).isEmpty();
        counts.add(0, "'and more'", new Amount(1, 1));
        assertThat(counts.groups(0)).isEmpty();
        assertThat(counts.isLike(part("'x'", 0, 0, 0, 0))).isTrue();
    }

    private Counts counts() {
        return new Counts(1, 1, tooMany);
    }

    private Counts part(String label, long rows, long bytes, long nulls, long empties) {
        Counts part = counts();
        part.add(new Amount(rows, bytes));
        part.add(0, label, new Amount(rows, bytes));
        part.addNulls(0, nulls, empties);
        return part;
    }
}
