package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BaselineTest {
    private final Baseline baseline = new Baseline();

    @BeforeEach
    void warmUp() {
        add(Baseline.WARMING_UP, 1000, true);
    }

    private void add(int times, double millis, boolean quiet) {
        for (int i = 0; i < times; i++) {
            baseline.add(millis, quiet);
        }
    }

    @Test
    void nothingIsKnownBeforeEnoughReadsWereMadeAtRest() {
        add(100, 1, false);
        assertThat(baseline.lately()).isEmpty();
        add(Baseline.FEWEST - 1, 1, true);
        assertThat(baseline.lately()).isEmpty();
        add(1, 1, true);
        assertThat(baseline.lately()).hasValue(1);
        assertThat(baseline.usual()).isEqualTo(1);
    }

    @Test
    void theDaemonsOwnLoadNeverBecomesUsual() {
        add(50, 1, true);
        add(100_000, 8, false);
        assertThat(baseline.lately()).hasValue(8);
        assertThat(baseline.usual()).isEqualTo(1);
    }

    @Test
    void whatIsUsualIsLearntAnewAtRest() {
        add(300, 1, true);
        add(300, 4, true);
        assertThat(baseline.usual()).isEqualTo(4);
    }

    @Test
    void readsThatGetFasterUnderLoadAreUsualToo() {
        add(300, 5, true);
        add(400, 1, false);
        assertThat(baseline.usual()).isEqualTo(1);
    }

    @Test
    void aLuckyHandfulOfReadsIsNotUsual() {
        add(300, 5, true);
        add(400, 4, false);
        assertThat(baseline.usual()).isEqualTo(5);
    }

    @Test
    void oneSlowReadOfTwentyIsNoReason() {
        for (int i = 0; i < 300; i++) {
            baseline.add(i % 20 == 0 ? 50 : 1, true);
        }
        assertThat(baseline.usual()).isEqualTo(1);
        assertThat(baseline.lately()).hasValue(1);
        add(6, 50, false);
        assertThat(baseline.lately()).hasValue(50);
    }

    @Test
    void aRestIsWantedWhenThereWasNoneForLongAndEndsWithEnoughReads() {
        add(Baseline.FIRST_REST - 1, 1, false);
        assertThat(baseline.wantsRest()).isFalse();
        add(1, 1, false);
        assertThat(baseline.wantsRest()).isTrue();
        add(Baseline.FEWEST - 1, 1, true);
        assertThat(baseline.wantsRest()).isTrue();
        add(1, 1, true);
        assertThat(baseline.wantsRest()).isFalse();
    }

    @Test
    void aRestThatNeverBecomesQuietEnds() {
        add(Baseline.FIRST_REST, 1, false);
        assertThat(baseline.wantsRest()).isTrue();
        add(200, 1, false);
        assertThat(baseline.wantsRest()).isFalse();
    }

    @Test
    void whoRestsByItselfIsNotAskedTo() {
        for (int i = 0; i < 10 * Baseline.WITHOUT_REST; i++) {
            baseline.add(1, i % 3 == 0);
            assertThat(baseline.wantsRest()).isFalse();
        }
    }
}
