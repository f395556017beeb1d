package dev.widekey.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyRangeTest {

    @Test
    void theLowerBoundIsOutsideAndTheUpperBoundInside() {
        KeyRange range = new KeyRange(-5L, 7L);
        assertThat(range.contains(-5)).isFalse();
        assertThat(range.contains(-4)).isTrue();
        assertThat(range.contains(0)).isTrue();
        assertThat(range.contains(7)).isTrue();
        assertThat(range.contains(8)).isFalse();
    }

    @Test
    void aMissingBoundIsInfinite() {
        assertThat(new KeyRange(null, 0L).contains(Long.MIN_VALUE)).isTrue();
        assertThat(new KeyRange(null, 0L).contains(1)).isFalse();
        assertThat(new KeyRange(0L, null).contains(Long.MAX_VALUE)).isTrue();
        assertThat(new KeyRange(0L, null).contains(0)).isFalse();
        assertThat(KeyRange.ALL.contains(Long.MIN_VALUE)).isTrue();
        assertThat(KeyRange.ALL.contains(Long.MAX_VALUE)).isTrue();
    }

    @Test
    void touchingRangesShareNoKeyAndLeaveNone() {
        KeyRange low = new KeyRange(null, 10L);
        KeyRange high = new KeyRange(10L, null);
        for (long key = 5; key < 15; key++) {
            assertThat(low.contains(key)).isNotEqualTo(high.contains(key));
        }
    }

    @Test
    void equalBoundsHoldNoKey() {
        assertThat(new KeyRange(3L, 3L).contains(3)).isFalse();
    }

    @Test
    void boundsTheWrongWayRoundAreRefused() {
        assertThatThrownBy(() -> new KeyRange(4L, 3L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("range (4, 3] is upside down");
    }

    @Test
    void infinityIsWrittenOut() {
        assertThat(KeyRange.ALL).hasToString("(-inf, +inf]");
        assertThat(new KeyRange(-1L, 2L)).hasToString("(-1, 2]");
    }
}
