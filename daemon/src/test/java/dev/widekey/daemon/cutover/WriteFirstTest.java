package dev.widekey.daemon.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class WriteFirstTest {

    @Test
    void aRateThatIsNotKnownCountsAsAHighOne() {
        assertThat(WriteFirst.planned(OptionalDouble.empty())).hasValue(WriteFirst.LEAST_RATE);
        assertThat(gap(OptionalDouble.empty())).isEqualTo(17_280_000);
    }

    @Test
    void aQuietMomentSaysNothingAboutTheDay() {
        assertThat(WriteFirst.planned(OptionalDouble.of(0.5))).hasValue(WriteFirst.LEAST_RATE);
    }

    @Test
    void aBusySourceGetsADayAtTwiceItsRate() {
        assertThat(gap(OptionalDouble.of(1_000))).isEqualTo(172_800_000);
    }

    private static long gap(OptionalDouble seen) {
        return new GapSize(10_000, false, WriteFirst.STRAGGLERS).at(WriteFirst.planned(seen));
    }
}
