package dev.widekey.daemon.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GapSizeTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final OptionalDouble BUSY = OptionalDouble.of(220);

    private static long size(long least, OptionalDouble rate) {
        return new GapSize(least, false, HOUR).at(rate);
    }

    @Test
    void theOperatorsGapIsTheLeast() {
        assertThat(size(1_000_000, OptionalDouble.empty())).isEqualTo(1_000_000);
        assertThat(size(1_000_000, OptionalDouble.of(0))).isEqualTo(1_000_000);
        assertThat(size(1_000_000, OptionalDouble.of(10))).isEqualTo(1_000_000);
    }

    @Test
    void aBusySourceGetsAnHourAtTwiceItsRate() {
        assertThat(size(1_000_000, OptionalDouble.of(1000))).isEqualTo(7_200_000);
        assertThat(size(1, OptionalDouble.of(0.0001))).isEqualTo(1);
        assertThat(size(0, OptionalDouble.of(0.0001))).isEqualTo(1);
    }

    @Test
    void aGapThatSizesItselfIsNeverTooNarrow() {
        assertThat(new GapSize(10_000, false, HOUR).shortage(BUSY)).isEmpty();
        assertThat(new GapSize(10_000, false, HOUR).shortage(OptionalDouble.empty()))
                .isEmpty();
    }

    @Test
    void aFixedGapThatIsTooNarrowNamesItsRunwayAndWhatItNeeds() {
        GapSize fixed = new GapSize(10_000, true, HOUR);
        assertThat(fixed.at(BUSY)).isEqualTo(10_000);
        assertThat(fixed.shortage(BUSY))
                .contains("the id gap is fixed at 10000 ids, 45 s of runway at 220 rows/s; it needs 1584000 ids,"
                        + " for 3600 s and as much again");
        assertThat(fixed.shortage(OptionalDouble.empty())).isPresent();
    }

    @Test
    void aFixedGapThatIsWideEnoughIsTaken() {
        assertThat(new GapSize(1_584_000, true, HOUR).shortage(BUSY)).isEmpty();
        assertThat(new GapSize(1, true, HOUR).shortage(OptionalDouble.of(0))).isEmpty();
    }
}
