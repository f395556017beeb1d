package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BaselineTest {
    private final Baseline baseline = new Baseline();

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
    void oneSlowReadOfTenIsNoReason() {
        for (int i = 0; i < 300; i++) {
            baseline.add(i % 10 == 0 ? 50 : 1, true);
        }
        assertThat(baseline.usual()).isEqualTo(1);
        assertThat(baseline.lately()).hasValue(1);
        add(6, 50, false);
        assertThat(baseline.lately()).hasValue(50);
    }
}
