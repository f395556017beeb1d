package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.Throttle;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import dev.widekey.daemon.merge.Alarm;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CopyThrottleTest {
    private volatile Optional<FeedStatus> status = Optional.empty();
    private volatile boolean paused;
    private volatile Optional<String> priority = Optional.empty();
    private final Governor governor =
            new Governor(new Settings(Pacing.OFF, Rate.OFF, Rate.OFF, 1, 1), System::nanoTime);
    private final CopyThrottle throttle =
            new CopyThrottle(() -> status, () -> paused, () -> priority, Duration.ofSeconds(2), governor, new Alarm());

    @Test
    void aStreamThatIsNotThereThrottles() {
        assertThat(throttle.reason()).contains("stream not started");
    }

    @Test
    void aLagThatIsNotKnownThrottles() {
        status = status(Optional.empty());
        assertThat(throttle.reason()).contains("stream lag unknown");
    }

    @Test
    void aLagOverTheLimitThrottlesAndOneAtTheLimitDoesNot() {
        status = status(Optional.of(Duration.ofMillis(2001)));
        assertThat(throttle.reason()).contains("stream lag 2.001 s over 2.0 s");
        status = status(Optional.of(Duration.ofSeconds(2)));
        assertThat(throttle.reason()).isEmpty();
        status = status(Optional.of(Duration.ZERO));
        assertThat(throttle.reason()).isEmpty();
    }

    @Test
    void aPauseThrottlesTheCopyAndSaysNothingAboutTheLag() {
        status = status(Optional.of(Duration.ZERO));
        paused = true;
        assertThat(throttle.reason()).contains("paused");
        assertThat(throttle.lagReason()).isEmpty();
    }

    @Test
    void aBinlogThatIsKeptTooShortlyHoldsTheCopyUntilItIsNot() throws Exception {
        status = status(Optional.of(Duration.ZERO));
        priority = Optional.of("binlog survival 20 min");
        assertThat(throttle.reason()).contains("binlog survival 20 min");
        assertThat(throttle.lagReason()).isEmpty();
        AtomicInteger asked = new AtomicInteger();
        try (Throttle.Turn turn = throttle.await(() -> {
            if (asked.incrementAndGet() == 3) {
                priority = Optional.empty();
            }
            return false;
        })) {
            assertThat(turn).isNotSameAs(Throttle.Turn.FREE);
        }
        assertThat(asked).hasValue(3);
        assertThat(throttle.reason()).isEmpty();
    }

    @Test
    void whatIsShortIsNamedBeforeTheLagAndBehindThePause() {
        priority = Optional.of("binlog survival 20 min");
        assertThat(throttle.hold()).contains("binlog survival 20 min");
        paused = true;
        assertThat(throttle.hold()).contains("paused");
    }

    @Test
    void theWaitEndsWhenTheReasonIsGone() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        throttle.await(() -> {
            if (asked.incrementAndGet() == 3) {
                status = status(Optional.of(Duration.ZERO));
            }
            return false;
        });
        assertThat(asked).hasValue(3);
    }

    @Test
    void theWaitEndsWhenAStopIsAskedFor() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        throttle.await(() -> asked.incrementAndGet() > 2);
        assertThat(throttle.reason()).isPresent();
    }

    @Test
    void theWaitCanBeInterrupted() {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                throttle.await(() -> false);
                end.complete(null);
            } catch (InterruptedException stop) {
                end.completeExceptionally(stop);
            }
        });
        waiting.start();
        waiting.interrupt();
        Assertions.assertThatThrownBy(() -> end.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
    }

    private static Optional<FeedStatus> status(Optional<Duration> lag) {
        return Optional.of(new FeedStatus(true, lag, Duration.ZERO, 0, 0, ""));
    }
}
