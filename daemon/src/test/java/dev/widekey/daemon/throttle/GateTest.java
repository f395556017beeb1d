package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    private static final Duration STEP = Duration.ofMillis(10);

    private final HandClock clock = new HandClock();
    private double share = 1;
    private final Gate gate = new Gate(() -> share, clock);

    @Test
    void atFullSpeedEveryWorkerWorksAndNoOneMore() {
        gate.workers(3);
        assertThat(gate.isQuiet()).isTrue();
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.isQuiet()).isFalse();
        gate.leave();
        assertThat(gate.enter()).isTrue();
    }

    @Test
    void withoutAnySpeedNobodyBegins() {
        gate.workers(3);
        share = 0;
        assertThat(gate.enter()).isFalse();
        share = 0.01;
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isFalse();
    }

    /** Pieces of work of a second and more, as many workers as are let in: over time the share is what was wanted. */
    @ParameterizedTest
    @CsvSource({"1, 4, 4", "0.5, 4, 2", "0.375, 4, 1.5", "0.25, 4, 1", "0.125, 4, 0.5", "0.02, 4, 0.08", "0.3, 1, 0.3"})
    void anyShareIsMetOverTime(double wanted, int workers, double expected) {
        share = wanted;
        gate.workers(workers);
        long[] left = new long[workers];
        double worked = 0;
        int steps = 100_000;
        for (int step = 0; step < steps; step++) {
            for (int worker = 0; worker < workers; worker++) {
                if (left[worker] == 0 && gate.enter()) {
                    left[worker] = 100 + 7L * worker;
                }
            }
            clock.pass(STEP);
            for (int worker = 0; worker < workers; worker++) {
                if (left[worker] > 0) {
                    worked++;
                    if (--left[worker] == 0) {
                        gate.leave();
                    }
                }
            }
        }
        assertThat(worked / steps).isEqualTo(expected, within(expected * 0.05));
    }

    @Test
    void fewerWorkersHoldFromTheNextTurnOn() {
        gate.workers(2);
        gate.enter();
        gate.enter();
        gate.workers(1);
        clock.pass(Duration.ofSeconds(1));
        gate.leave();
        assertThat(gate.enter()).isFalse();
        gate.leave();
        clock.pass(Duration.ofSeconds(2));
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isFalse();
    }
}
