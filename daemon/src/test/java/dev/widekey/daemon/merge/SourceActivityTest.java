package dev.widekey.daemon.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.Change;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SourceActivityTest {
    /** Far below zero, as a real nanosecond clock may be. */
    private final AtomicLong now = new AtomicLong(Long.MIN_VALUE / 2);

    private final SourceActivity activity = new SourceActivity(now::get);

    @Test
    void theQuietBeginsWithTheProcess() {
        assertThat(activity.quietNanos()).isZero();
        pass(Duration.ofSeconds(3));
        assertThat(activity.quietNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void theQuietBeginsAnewHoweverLongItWas() {
        pass(Duration.ofHours(3));
        activity.beginQuiet();
        assertThat(activity.quietNanos()).isZero();
        pass(Duration.ofSeconds(2));
        assertThat(activity.quietNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
        assertThat(activity.writes()).isZero();
    }

    @Test
    void anInsertOrUpdateEndsTheQuietAndADeleteDoesNot() {
        pass(Duration.ofSeconds(3));
        activity.saw(Change.delete(1));
        assertThat(activity.quietNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(activity.writes()).isZero();
        activity.saw(write(2));
        assertThat(activity.quietNanos()).isZero();
        assertThat(activity.writes()).isEqualTo(1);
    }

    @Test
    void theRateIsUnknownInTheFirstSecond() {
        activity.saw(write(1));
        pass(Duration.ofMillis(999));
        assertThat(activity.writesPerSecond()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(activity.writesPerSecond()).hasValue(1);
        activity.saw(write(2));
        activity.saw(write(3));
        pass(Duration.ofSeconds(1));
        assertThat(activity.writesPerSecond()).hasValue(1.5);
    }

    @Test
    void aSilentSourceHasTheRateZeroAndNotNone() {
        pass(Duration.ofSeconds(10));
        assertThat(activity.writesPerSecond()).hasValue(0);
    }

    @Test
    void nobodyKnowsWhatChangedBeforeSomebodyWatches() {
        activity.saw(write(1));
        assertThat(activity.changed()).isEmpty();
    }

    @Test
    void whatChangesAfterTheWatchIsKeptDeletesIncluded() {
        activity.saw(write(1));
        activity.watch();
        assertThat(activity.changed()).contains(Set.of());
        activity.saw(write(2));
        activity.saw(Change.delete(3));
        activity.saw(Change.delete(2));
        assertThat(activity.changed()).contains(Set.of(2L, 3L));
        activity.watch();
        assertThat(activity.changed()).contains(Set.of());
    }

    @Test
    void whatWasHandedOutDoesNotChangeAnyMore() {
        activity.watch();
        Set<Long> before = activity.changed().orElseThrow();
        activity.saw(write(2));
        assertThat(before).isEmpty();
    }

    @Test
    void tooManyKeysAreNoKeys() {
        activity.watch();
        for (long key = 1; key <= 1_000_000; key++) {
            activity.saw(Change.delete(key));
        }
        assertThat(activity.changed().orElseThrow()).hasSize(1_000_000);
        activity.saw(Change.delete(1));
        assertThat(activity.changed()).isPresent();
        activity.saw(Change.delete(0));
        assertThat(activity.changed()).isEmpty();
        activity.saw(write(7));
        assertThat(activity.changed()).as("half a set is no set").isEmpty();
        activity.watch();
        assertThat(activity.changed()).contains(Set.of());
    }

    private static Change write(long key) {
        return Change.upsert(key, new byte[][] {{'1'}});
    }

    @Test
    void watchingMayBeginWithKeysThatSomebodyElseHasSeenChange() {
        activity.saw(write(1));
        activity.watch(Set.of(7L));
        activity.saw(write(8));
        assertThat(activity.changed()).contains(Set.of(7L, 8L));
    }

    @Test
    void aKeyThatChangedLatelyIsTakenOnceUntilItChangesAgain() {
        activity.saw(write(1));
        activity.saw(write(2));
        activity.saw(Change.delete(1));
        activity.saw(write(3));
        assertThat(activity.takeRecent(2)).isEqualTo(Set.of(2L, 1L));
        assertThat(activity.takeRecent(9)).isEqualTo(Set.of(3L));
        assertThat(activity.takeRecent(9)).isEmpty();
        activity.saw(write(2));
        assertThat(activity.takeRecent(9)).isEqualTo(Set.of(2L));
    }

    @Test
    void ofTooManyKeysThatChangedLatelyTheFirstAreLeftOut() {
        for (int key = 0; key < 20_000; key++) {
            activity.saw(write(key));
        }
        assertThat(activity.takeRecent(20_000))
                .hasSize(5_000)
                .contains(15_000L, 19_999L)
                .doesNotContain(14_999L);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
