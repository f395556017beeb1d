package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitLatencyTest {
    private static final Duration LIMIT = Duration.ofMillis(250);

    private final HandClock clock = new HandClock();
    private final CommitLatency latency = new CommitLatency(clock);

    private void commit(long millis) {
        latency.begins();
        clock.pass(Duration.ofMillis(millis));
        latency.ends();
    }

    @Test
    void theLongestSinceTheLastQuestionCountsOnce() {
        assertThat(latency.read(LIMIT)).isEmpty();
        commit(5);
        commit(30);
        commit(7);
        assertThat(latency.read(LIMIT)).contains(new Reading.Value(30, 250));
        assertThat(latency.read(LIMIT)).isEmpty();
    }

    @Test
    void oneThatHangsCountsWithWhatItHasTakenSoFar() {
        latency.begins();
        clock.pass(Duration.ofMillis(900));
        assertThat(latency.read(LIMIT)).contains(new Reading.Value(900, 250));
        clock.pass(Duration.ofMillis(100));
        assertThat(latency.read(LIMIT)).contains(new Reading.Value(1000, 250));
        latency.ends();
        assertThat(latency.read(LIMIT)).contains(new Reading.Value(1000, 250));
    }

    @Test
    void oneThatFailsIsUnknownUntilTheNext() {
        latency.begins();
        latency.fails("gone");
        assertThat(latency.read(LIMIT)).contains(new Reading.Unknown("gone"));
        assertThat(latency.read(LIMIT)).contains(new Reading.Unknown("gone"));
        commit(1);
        assertThat(latency.read(LIMIT)).contains(new Reading.Value(1, 250));
    }

    @Test
    void silenceIsUnknown() {
        commit(1);
        assertThat(latency.read(LIMIT)).isPresent();
        clock.pass(Duration.ofSeconds(13));
        assertThat(latency.read(LIMIT)).contains(new Reading.Unknown("no commit for 13 s"));
    }
}
