package dev.widekey.daemon.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RunwayTest {

    @Test
    void timeIsWhatTheIdsLastAtTheRateMeasured() {
        assertThat(Runway.of(3_600, OptionalDouble.of(2)).seconds()).hasValue(1_800);
        assertThat(Runway.of(0, OptionalDouble.of(2)).seconds()).hasValue(0);
    }

    @Test
    void aRateThatIsNotKnownIsNoTime() {
        assertThat(Runway.of(3_600, OptionalDouble.empty()).seconds()).isEmpty();
        assertThat(Runway.of(3_600, OptionalDouble.empty()).ids()).hasValue(3_600);
    }

    @Test
    void aTargetThatStandsStillLastsForEver() {
        assertThat(Runway.of(3_600, OptionalDouble.of(0)).seconds()).hasValue(Double.POSITIVE_INFINITY);
    }
}
