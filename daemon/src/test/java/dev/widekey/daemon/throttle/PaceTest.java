package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Map<Signal, Reading> GOOD = Map.of(
            Signal.SOURCE_LATENCY, new Reading.Value(2, 4), Signal.TARGET_THREADS_RUNNING, new Reading.Value(25, 25));
    private static final Map<Signal, Reading> OVER = Map.of(
            Signal.SOURCE_LATENCY, new Reading.Value(12, 6), Signal.TARGET_THREADS_RUNNING, new Reading.Value(26, 25));
    private static final Map<Signal, Reading> FAR = Map.of(Signal.SOURCE_LATENCY, new Reading.Value(18, 6));
    private static final Map<Signal, Reading> UNKNOWN = Map.of(
            Signal.SOURCE_LATENCY, new Reading.Value(2, 4), Signal.SOURCE_PURGE_LAG, new Reading.Unknown("denied"));

    private final HandClock clock = new HandClock();
    private final Pace pace = new Pace(clock);

    private void look(Map<Signal, Reading> readings, int times) {
        for (int i = 0; i < times; i++) {
            pace.look(readings);
        }
    }

    @Test
    void aPaceThatFollowsNothingIsTheFullOne() {
        pace.look(UNKNOWN);
        assertThat(pace.share()).isEqualTo(1);
        assertThat(pace.reason()).isEmpty();
    }

    @Test
    void nothingGoesOnBeforeTheSignalsWereRead() {
        pace.follow(true);
        assertThat(pace.share()).isZero();
        assertThat(pace.reason()).contains("starting, stopped");
        pace.look(GOOD);
        assertThat(pace.share()).isEqualTo(0.23, within(1e-9));
        assertThat(pace.reason()).contains("starting, 23 % speed");
    }

    @Test
    void goodSignalsRaiseItStepByStepToTheFullSpeed() {
        pace.follow(true);
        look(GOOD, 26);
        assertThat(pace.share()).isEqualTo(0.98, within(1e-9));
        look(GOOD, 1);
        assertThat(pace.share()).isEqualTo(1);
        assertThat(pace.reason()).isEmpty();
    }

    @Test
    void oneSignalOverItsLimitLowersItByAFactorAndTheWorstIsNamed() {
        pace.follow(true);
        look(GOOD, 30);
        pace.look(OVER);
        assertThat(pace.share()).isEqualTo(0.7, within(1e-9));
        assertThat(pace.reason()).contains("source latency 12.0 ms over 6.0 ms, 70 % speed");
        pace.look(OVER);
        assertThat(pace.share()).isEqualTo(0.49, within(1e-9));
        pace.look(GOOD);
        assertThat(pace.reason()).contains("after source latency 12.0 ms over 6.0 ms, 52 % speed");
    }

    @Test
    void overTheLimitForLongItStillMoves() {
        pace.follow(true);
        look(OVER, 1000);
        assertThat(pace.share()).isEqualTo(Pace.LEAST);
    }

    @Test
    void farOverTheLimitItStopsUntilItIsBetter() {
        pace.follow(true);
        look(GOOD, 30);
        pace.look(FAR);
        assertThat(pace.share()).isZero();
        assertThat(pace.reason()).contains("source latency 18.0 ms over 6.0 ms, stopped");
        pace.look(OVER);
        assertThat(pace.share()).isEqualTo(0.49, within(1e-9));
    }

    @Test
    void aSignalThatCannotBeReadStopsAndIsNamed() {
        pace.follow(true);
        look(GOOD, 30);
        pace.look(UNKNOWN);
        assertThat(pace.share()).isZero();
        assertThat(pace.reason()).contains("unknown: source purge lag: denied, stopped");
        assertThat(pace.ratio(Signal.SOURCE_PURGE_LAG)).isNaN();
        assertThat(pace.ratio(Signal.SOURCE_LATENCY)).isEqualTo(0.5);
        pace.look(GOOD);
        assertThat(pace.share()).as("nothing new is no good news").isZero();
        pace.look(Map.of(Signal.SOURCE_PURGE_LAG, new Reading.Value(0, 1)));
        assertThat(pace.reason()).contains("after unknown: source purge lag: denied, 73 % speed");
    }

    @Test
    void aSignalThatIsReadSeldomHoldsUntilItSaysSomethingElse() {
        pace.follow(true);
        look(GOOD, 30);
        pace.look(Map.of(Signal.TARGET_COMMIT_LATENCY, new Reading.Value(800, 250)));
        look(GOOD, 5);
        assertThat(pace.share()).isZero();
        assertThat(pace.reason()).hasValueSatisfying(why -> assertThat(why).startsWith("target commit latency"));
        pace.look(Map.of(Signal.TARGET_COMMIT_LATENCY, new Reading.Value(400, 250)));
        look(GOOD, 5);
        assertThat(pace.share()).as("lowered by two readings").isEqualTo(0.49, within(1e-9));
        pace.look(Map.of(Signal.TARGET_COMMIT_LATENCY, new Reading.Value(10, 250)));
        look(GOOD, 1);
        assertThat(pace.share()).isEqualTo(0.55, within(1e-9));
    }

    @Test
    void signalsNobodyReadsAnyMoreStop() {
        pace.follow(true);
        look(GOOD, 30);
        clock.pass(Duration.ofSeconds(10));
        assertThat(pace.share()).isEqualTo(1);
        clock.pass(Duration.ofSeconds(1));
        assertThat(pace.share()).isZero();
        assertThat(pace.reason()).contains("unknown: no signal was read for 11 s, stopped");
        pace.look(GOOD);
        assertThat(pace.share()).isEqualTo(1);
    }

    @Test
    void aPaceThatFollowsAgainBeginsAnew() {
        pace.follow(true);
        look(GOOD, 30);
        pace.follow(false);
        assertThat(pace.share()).isEqualTo(1);
        pace.follow(true);
        assertThat(pace.share()).isZero();
    }
}
