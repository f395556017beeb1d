package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SourceClockTest {

    private static final long THEN = -7_000_000_000L;

    private final SourceClock clock = new SourceClock(1_000_000, THEN);

    @Test
    void time_passes_by_the_monotonic_clock_alone() {
        assertThat(clock.age(1_000_000, THEN)).contains(Duration.ZERO);
        assertThat(clock.age(999_000, THEN + TimeUnit.SECONDS.toNanos(60))).contains(Duration.ofSeconds(61));
    }

    @Test
    void a_change_a_little_ahead_is_new() {
        assertThat(clock.age(1_001_900, THEN)).contains(Duration.ZERO);
    }

    @Test
    void the_age_of_a_change_from_the_future_is_unknown() {
        assertThat(clock.age(1_002_100, THEN)).isEmpty();
        assertThat(clock.age(4_600_000, THEN)).isEmpty();
    }
}
