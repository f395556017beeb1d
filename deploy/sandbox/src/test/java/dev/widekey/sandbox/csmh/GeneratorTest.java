package dev.widekey.sandbox.csmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GeneratorTest {

    @Test
    void defaultSizeHasTheMeasuredRowsAndSizes() {
        Generator generator = new Generator(1, Generator.DEFAULT_ROWS);
        int[] sizes = IntStream.range(0, generator.rows())
                .map(i -> generator.row(i).state().remaining())
                .sorted()
                .toArray();

        assertThat(generator.rows()).isEqualTo(282_393);
        assertThat(generator.modules()).isEqualTo(48_449);
        assertThat(generator.lastId()).isBetween(295_000, 305_000);
        assertThat(Arrays.stream(sizes).average().orElseThrow()).isBetween(650.0, 850.0);
        assertThat(sizes[0]).isEqualTo(2);
        assertThat(sizes[sizes.length / 2]).isBetween(370, 450);
        assertThat(sizes[sizes.length * 9 / 10]).isBetween(1_300, 1_600);
        assertThat(sizes[sizes.length * 99 / 100]).isBetween(5_300, 6_700);
        assertThat(sizes[sizes.length - 1]).isBetween(20_000, 70_000);
    }

    @Test
    void sameSeedGivesTheSameBytesOnEveryJava() {
        assertThat(digest(new Generator(42, 1_000))).isEqualTo("18c147164fa68de54fe15ca5608f35ba");
        assertThat(digest(new Generator(43, 1_000))).isNotEqualTo(digest(new Generator(42, 1_000)));
    }

    @Test
    void keysAscendWithGapsAndTimesNeverGoBack() {
        Generator generator = new Generator(7, 5_000);
        for (int i = 1; i < generator.rows(); i++) {
            HistoryRow before = generator.row(i - 1);
            HistoryRow row = generator.row(i);
            assertThat(row.id()).isBetween(before.id() + 1, before.id() + 41);
            assertThat(row.created()).isAfterOrEqualTo(before.created());
            assertThat(row.studentModule()).isBetween(1L, (long) generator.modules());
        }
        assertThat(generator.lastId()).isGreaterThan(generator.rows());
    }

    @Test
    void someCopiesDifferInKeyOrderOnly() {
        Generator generator = new Generator(7, 5_000);
        long swapped = IntStream.range(1, generator.rows())
                .filter(i -> {
                    byte[] one = generator.row(i - 1).stateBytes();
                    byte[] other = generator.row(i).stateBytes();
                    boolean differ = !Arrays.equals(one, other);
                    Arrays.sort(one);
                    Arrays.sort(other);
                    return differ && Arrays.equals(one, other);
                })
                .count();
        assertThat(swapped).isGreaterThan(200);
    }

    @Test
    void everySizeIsMetExactly() {
        for (int rows : new int[] {1, 2, 17, 100, 999}) {
            Generator generator = new Generator(5, rows);
            assertThat(generator.row(rows - 1).id()).isEqualTo(generator.lastId());
        }
        assertThatThrownBy(() -> new Generator(5, 0)).hasMessageContaining("at least 1");
    }

    private static String digest(Generator generator) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < generator.rows(); i++) {
            RowDigest digest = generator.row(i).digest();
            high = high * 31 + digest.high();
            low = low * 31 + digest.low();
        }
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
