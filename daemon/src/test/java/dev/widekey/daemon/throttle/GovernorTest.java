package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.widekey.backfill.Throttle.Turn;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The budget, by a clock that the test moves. */
class GovernorTest {
    private final HandClock clock = new HandClock();

    private Governor governor(Rate rows, Rate bytes) {
        return new Governor(new Settings(Pacing.OFF, rows, bytes, 2, 2), clock);
    }

    /** Begins as many chunks as it may for so long, and says how many. */
    private int chunks(Governor governor, Duration time, long rows, long bytes) {
        int chunks = 0;
        for (long step = 0; step < time.toMillis() / 10; step++) {
            Optional<Turn> turn = governor.begin();
            while (turn.isPresent()) {
                chunks++;
                turn.get().spent(rows, bytes);
                turn.get().close();
                turn = governor.begin();
            }
            clock.pass(Duration.ofMillis(10));
        }
        return chunks;
    }

    @Test
    void withoutABudgetNothingIsHeldBackOrCounted() {
        Governor governor = governor(Rate.OFF, Rate.OFF);
        for (int i = 0; i < 100; i++) {
            Turn turn = governor.begin().orElseThrow();
            turn.spent(Integer.MAX_VALUE, Long.MAX_VALUE / 200);
            turn.close();
        }
        assertThat(governor.reason()).isEmpty();
    }

    @Test
    void rowsASecondAreKept() {
        int chunks = chunks(governor(new Rate(20_000), Rate.OFF), Duration.ofSeconds(100), 5_000, 0);
        assertThat(chunks * 5_000 / 100.0).isEqualTo(20_000, within(100.0));
    }

    @Test
    void bytesASecondAreKeptHoweverLargeAChunkIs() {
        // 20 GB in one chunk, more than the limiter can count in bytes.
        int chunks = chunks(governor(Rate.OFF, new Rate(100_000_000)), Duration.ofSeconds(2_000), 1, 20_000_000_000L);
        assertThat(chunks * 20_000_000_000.0 / 2_000).isEqualTo(100_000_000, within(10_000_000.0));
    }

    @Test
    void theStreamIsChargedWithoutWaitingAndLeavesLessForTheCopy() {
        Governor governor = governor(new Rate(20_000), Rate.OFF);
        int chunks = 0;
        for (int second = 0; second < 100; second++) {
            governor.charge(15_000, 0);
            chunks += chunks(governor, Duration.ofSeconds(1), 500, 0);
        }
        assertThat(chunks * 500 / 100.0).isEqualTo(5_000, within(200.0));
    }

    @Test
    void whatIsOverdrawnIsNamedUntilItIsEvenAndALittleLonger() {
        Governor governor = governor(new Rate(1_000), Rate.OFF);
        assertThat(governor.reason()).isEmpty();
        governor.charge(3_000, 0);
        assertThat(governor.begin()).isEmpty();
        assertThat(governor.reason()).contains("budget 1000 rows/s");
        clock.pass(Duration.ofMillis(1_500));
        assertThat(governor.begin()).isEmpty();
        clock.pass(Duration.ofMillis(1_600));
        Turn turn = governor.begin().orElseThrow();
        assertThat(governor.reason()).contains("budget 1000 rows/s");
        turn.close();
        clock.pass(Duration.ofSeconds(3));
        assertThat(governor.reason()).isEmpty();
    }

    @Test
    void aLimitThatChangesHoldsForADebtToo() {
        Governor governor = governor(new Rate(1_000), Rate.OFF);
        governor.charge(1_000_000, 0);
        assertThat(governor.begin()).isEmpty();
        governor.apply(new Settings(Pacing.OFF, new Rate(1_000_000), Rate.OFF, 2, 2));
        clock.pass(Duration.ofMillis(1_200));
        assertThat(governor.begin()).isPresent();
        governor.charge(1_000_000_000, 0);
        assertThat(governor.begin()).isEmpty();
        governor.apply(new Settings(Pacing.OFF, Rate.OFF, new Rate(20_000_000), 2, 2));
        assertThat(governor.begin()).isPresent();
    }

    @Test
    void aTurnThatIsClosedTwiceGivesOnePlaceBack() {
        Governor governor = governor(Rate.OFF, Rate.OFF);
        Turn first = governor.begin().orElseThrow();
        governor.begin().orElseThrow();
        assertThat(governor.begin()).isEmpty();
        first.close();
        first.close();
        assertThat(governor.begin()).isPresent();
        assertThat(governor.begin()).isEmpty();
    }

    @Test
    void aWaitEndsWhenAStopIsAskedFor() throws InterruptedException {
        Governor governor = governor(new Rate(100), Rate.OFF);
        governor.charge(1_000_000, 0);
        AtomicInteger asked = new AtomicInteger();
        Turn turn = governor.await(() -> asked.incrementAndGet() > 3);
        assertThat(turn).isSameAs(Turn.FREE);
    }
}
