package dev.widekey.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleRangeTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1000, 10, 100",
        "1, 1003, 10, 105",
        "-7, 5, 4, 3",
        "5, 5, 10, 7",
        "5, 8, 10, 7",
        "-2147483648, 2147483647, 10, 200000",
        "0, 9223372036854775807, 10, 1000",
        "-9223372036854775808, 9223372036854775807, 10, 1000",
        "-9223372036854775808, 9223372036854775807, 1, 1000"
    })
    void theRangesCoverTheSpanWithoutGapAndShareTheRows(long low, long high, int parts, long rows) {
        List<SampleRange> ranges = SampleRange.cut(low, high, parts, rows);

        assertThat(ranges.size()).isBetween(1, parts);
        assertThat(ranges.get(0).from()).isEqualTo(low);
        assertThat(ranges.get(ranges.size() - 1).upTo()).isEqualTo(high);
        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.get(i).from()).isEqualTo(ranges.get(i - 1).upTo() + 1);
        }
        assertThat(ranges.stream().mapToLong(SampleRange::rows).sum()).isEqualTo(rows);
        double keys = ranges.stream()
                .mapToDouble(range -> range.keysUpTo(range.upTo()))
                .sum();
        assertThat(keys).isCloseTo((double) high - (double) low + 1, within(keys * 1e-9));
    }

    @Test
    void everyRangeHasMuchTheSameWidth() {
        assertThat(SampleRange.cut(1, 100, 4, 20))
                .containsExactly(
                        new SampleRange(1, 24, 5),
                        new SampleRange(25, 48, 5),
                        new SampleRange(49, 72, 5),
                        new SampleRange(73, 100, 5));
    }

    @Test
    void fewerKeysThanRangesMakeARangeOfEach() {
        assertThat(SampleRange.cut(7, 9, 10, 30))
                .containsExactly(new SampleRange(7, 7, 10), new SampleRange(8, 8, 10), new SampleRange(9, 9, 10));
    }

    @Test
    void aRangeHasAllKeysUpToOneOfThem() {
        SampleRange range = new SampleRange(10, 99, 5);
        assertThat(range.rangeUpTo(20)).isEqualTo(new KeyRange(9L, 20L));
        assertThat(range.keysUpTo(20)).isEqualTo(11);
        assertThat(range.upperHalf(3)).isEqualTo(new SampleRange(54, 99, 3));
        assertThat(new SampleRange(Long.MIN_VALUE, 0, 1).rangeUpTo(0)).isEqualTo(new KeyRange(null, 0L));
    }

    @Test
    void aRangeUpsideDownIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SampleRange(2, 1, 1));
    }
}
