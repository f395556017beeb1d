package dev.widekey.backfill.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.KeyRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EqualPrefixTest {

    @Test
    void aRangeBehindOneThatIsNotEndedIsNotReached() {
        EqualPrefix prefix = new EqualPrefix(KeyRange.ALL);
        assertThat(prefix.ended(new KeyRange(10L, 20L), 5)).isEmpty();
        assertThat(prefix.ended(new KeyRange(20L, 30L), 6)).isEmpty();
        assertThat(prefix.ended(new KeyRange(40L, 50L), 8)).isEmpty();
        assertThat(prefix.ended(new KeyRange(null, 10L), 4)).contains(new EqualPrefix.Reached(30, 15));
        assertThat(prefix.ended(new KeyRange(30L, 40L), 7)).contains(new EqualPrefix.Reached(50, 30));
    }

    @Test
    void theOpenEndIsNoKeyOneCouldGoOnBehind() {
        EqualPrefix prefix = new EqualPrefix(new KeyRange(10L, null));
        assertThat(prefix.ended(new KeyRange(20L, null), 1)).isEmpty();
        assertThat(prefix.ended(new KeyRange(10L, 20L), 1)).isEmpty();
        assertThat(prefix.waiting()).isZero();
    }

    @Test
    void aScopeWithEndsIsReachedToItsEnd() {
        EqualPrefix prefix = new EqualPrefix(new KeyRange(10L, 30L));
        assertThat(prefix.ended(new KeyRange(20L, 30L), 1)).isEmpty();
        assertThat(prefix.ended(new KeyRange(10L, 20L), 1)).contains(new EqualPrefix.Reached(30, 2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inAnyOrderItIsWhatLiesInFrontOfTheFirstOpenRangeAndTakesNoMoreThanTheGaps(long seed) {
        List<KeyRange> open = new ArrayList<>();
        for (long above = 0; above < 300; above++) {
            open.add(new KeyRange(above == 0 ? null : above, above + 1));
        }
        List<KeyRange> order = new ArrayList<>(open);
        Collections.shuffle(order, new Random(seed));
        EqualPrefix prefix = new EqualPrefix(KeyRange.ALL);
        long reached = 0;
        for (KeyRange range : order) {
            open.remove(range);
            Optional<EqualPrefix.Reached> now = prefix.ended(range, 2);
            long first = open.isEmpty() ? 300 : open.get(0).upTo() - 1;
            assertThat(now)
                    .isEqualTo(
                            first == reached
                                    ? Optional.empty()
                                    : Optional.of(new EqualPrefix.Reached(first, 2 * first)));
            reached = first;
            assertThat(prefix.waiting()).isLessThanOrEqualTo(open.size());
        }
        assertThat(reached).isEqualTo(300);
        assertThat(prefix.waiting()).isZero();
    }

    @Test
    void asManyRangesAsOneLikesBehindASlowOneTakeOnePlace() {
        EqualPrefix prefix = new EqualPrefix(KeyRange.ALL);
        for (long above = 1; above < 10_000; above++) {
            assertThat(prefix.ended(new KeyRange(above, above + 1), 1)).isEmpty();
            assertThat(prefix.waiting()).isOne();
        }
        assertThat(prefix.ended(new KeyRange(null, 1L), 1)).contains(new EqualPrefix.Reached(10_000, 10_000));
    }
}
