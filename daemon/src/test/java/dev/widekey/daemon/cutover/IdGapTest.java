package dev.widekey.daemon.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class IdGapTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void theOperatorsGapIsTheLeast() {
        assertThat(IdGap.size(1_000_000, HOUR, OptionalDouble.empty())).isEqualTo(1_000_000);
        assertThat(IdGap.size(1_000_000, HOUR, OptionalDouble.of(0))).isEqualTo(1_000_000);
        assertThat(IdGap.size(1_000_000, HOUR, OptionalDouble.of(10))).isEqualTo(1_000_000);
    }

    @Test
    void aBusySourceGetsAnHourAtTwiceItsRate() {
        assertThat(IdGap.size(1_000_000, HOUR, OptionalDouble.of(1000))).isEqualTo(7_200_000);
        assertThat(IdGap.size(1, HOUR, OptionalDouble.of(0.0001))).isEqualTo(1);
        assertThat(IdGap.size(0, HOUR, OptionalDouble.of(0.0001))).isEqualTo(1);
    }
}
