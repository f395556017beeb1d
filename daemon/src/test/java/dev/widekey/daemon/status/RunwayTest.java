package dev.widekey.daemon.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RunwayTest {
    private static final OptionalDouble UNKNOWN = OptionalDouble.empty();

    @Test
    void timeIsWhatIsLeftAtTheRateSeen() {
        assertThat(Runway.lasts(3_600, OptionalDouble.of(2))).hasValue(1_800);
        assertThat(Runway.lasts(0, OptionalDouble.of(2))).hasValue(0);
    }

    @Test
    void aRateThatIsNotKnownIsNoTime() {
        assertThat(Runway.lasts(3_600, UNKNOWN)).isEmpty();
    }

    @Test
    void whatIsNotUsedLastsForEver() {
        assertThat(Runway.lasts(3_600, OptionalDouble.of(0))).hasValue(Double.POSITIVE_INFINITY);
    }

    @Test
    void theShorterTimeCountsAndAnUnknownOneDoesNotHideTheOther() {
        assertThat(Runway.shorter(OptionalDouble.of(5), OptionalDouble.of(3))).hasValue(3);
        assertThat(Runway.shorter(UNKNOWN, OptionalDouble.of(3))).hasValue(3);
        assertThat(Runway.shorter(OptionalDouble.of(5), UNKNOWN)).hasValue(5);
        assertThat(Runway.shorter(UNKNOWN, UNKNOWN)).isEmpty();
    }
}
