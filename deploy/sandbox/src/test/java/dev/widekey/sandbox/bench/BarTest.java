package dev.widekey.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class BarTest {
    @Test
    void moreIsBetterWhereAtLeastIsWanted() {
        assertThat(Bar.atLeast("a", OptionalDouble.of(0.8), 0.8).line())
                .isEqualTo("bar a measured=0.80 wanted=0.80 ok");
        assertThat(Bar.atLeast("a", OptionalDouble.of(0.79), 0.8).line())
                .isEqualTo("bar a measured=0.79 wanted=0.80 short");
    }

    @Test
    void lessIsBetterWhereAtMostIsWanted() {
        assertThat(Bar.atMost("b", OptionalDouble.of(1.3), 1.3).isReached()).isTrue();
        assertThat(Bar.atMost("b", OptionalDouble.of(1.31), 1.3).isReached()).isFalse();
    }

    @Test
    void whatWasNotMeasuredIsShort() {
        Bar bar = Bar.atMost("c", OptionalDouble.empty(), 5);
        assertThat(bar.isReached()).isFalse();
        assertThat(bar.line()).isEqualTo("bar c measured=missing wanted=5.00 short");
    }

    @Test
    void thePageSaysWhichWayIsBetter() {
        assertThat(Bar.atMost("d", OptionalDouble.of(1), 5).row()).isEqualTo("| `d` | 1.00 | at most 5.00 | ok |");
    }
}
