package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.state.Phase;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CourierTest {
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Phase[] TO_READY = {
        Phase.IDLE, Phase.PREPARE, Phase.BACKFILL, Phase.CATCH_UP, Phase.VERIFY, Phase.READY
    };
    private static final Phase[] TO_OPEN = {Phase.FENCE, Phase.FLIP, Phase.OPEN};

    private final MemoryLedger ledger = new MemoryLedger();
    private final Somebody somebody = new Somebody();
    private final AtomicLong clock = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Courier courier = courier(1_000);
    private final Thread thread = new Thread(courier);

    /** Who takes events, or does not. */
    private final class Somebody implements Hook {
        private final List<Event> got = new CopyOnWriteArrayList<>();
        private final List<Event> refused = new CopyOnWriteArrayList<>();
        private volatile String refuses = "";

        @Override
        public String name() {
            return "somebody";
        }

        @Override
        public void send(Event event) throws HookException {
            if (event.happening().word().equals(refuses)) {
                refused.add(event);
                throw new HookException("somebody does not want it");
            }
            got.add(event);
        }

        @Override
        public void close() {}

        private List<String> words() {
            return got.stream().map(event -> event.happening().word()).toList();
        }
    }

    private Courier courier(int aPeriod) {
        Retries retries = new Retries(new SimpleMeterRegistry(), over::get);
        RateLimiter pace = RateLimiter.of(
                "somebody",
                RateLimiterConfig.custom()
                        .limitRefreshPeriod(Duration.ofMillis(100))
                        .limitForPeriod(aPeriod)
                        .timeoutDuration(Duration.ofSeconds(10))
                        .build());
        return new Courier(
                somebody,
                ledger,
                worthIt -> retries.whileWorthIt("somebody", worthIt),
                pace,
                PATIENCE,
                over::get,
                clock::get);
    }

    @AfterEach
    void end() throws InterruptedException {
        courier.close();
        thread.interrupt();
        thread.join();
    }

    @Test
    void eventsAreToldInOrderAndOnce() throws Exception {
        thread.start();
        ledger.moved(TO_READY);
        await().until(() -> somebody.words().equals(List.of("verified")));
        ledger.moved(TO_OPEN);
        ledger.moved(Phase.WATCH, Phase.FENCE_BACK, Phase.FLIP_BACK, Phase.OPEN_BACK);
        await().until(() -> courier.sent() == 5);
        assertThat(somebody.words())
                .containsExactly("verified", "writes-moved", "reads-moved", "reads-returned", "writes-returned");
        await().until(() -> ledger.mark("somebody").equals(new Mark(13, 5, 0)));
        assertThat(courier.pending()).isZero();
        assertThat(courier.givenUp()).isZero();
    }

    @Test
    void whatIsNotTakenIsSentAgainAsItWas() throws Exception {
        somebody.refuses = "verified";
        ledger.moved(TO_READY);
        thread.start();
        await().until(() -> somebody.refused.size() >= 2);
        assertThat(somebody.got).isEmpty();
        somebody.refuses = "";
        await().until(() -> somebody.got.size() == 1);
        assertThat(somebody.refused).containsOnly(somebody.got.get(0));
    }

    @Test
    void nothingOvertakesAnEventThatIsNotTaken() throws Exception {
        somebody.refuses = "verified";
        ledger.moved(TO_READY);
        thread.start();
        await().until(() -> !somebody.refused.isEmpty());
        ledger.moved(TO_OPEN);
        await("what waits behind it is seen").until(() -> courier.pending() == 3);
        assertThat(somebody.got).isEmpty();
        somebody.refuses = "";
        await().until(() -> courier.sent() == 3);
        assertThat(somebody.words()).containsExactly("verified", "writes-moved", "reads-moved");
    }

    @Test
    void anEventIsGivenUpWhenPatienceIsOverAndTheNextIsTold() throws Exception {
        somebody.refuses = "writes-moved";
        ledger.moved(TO_READY);
        ledger.moved(TO_OPEN);
        thread.start();
        await().until(() -> !somebody.refused.isEmpty());
        clock.addAndGet(PATIENCE.toNanos() - 1);
        int before = somebody.refused.size();
        await("it is still tried").until(() -> somebody.refused.size() > before);
        assertThat(courier.givenUp()).isZero();
        clock.addAndGet(1);
        await().until(() -> courier.sent() == 2);
        assertThat(somebody.words()).containsExactly("verified", "reads-moved");
        assertThat(somebody.got.get(1).number()).isEqualTo(3);
        assertThat(courier.givenUp()).isEqualTo(1);
        await().until(() -> ledger.mark("somebody").equals(new Mark(9, 3, 1)));
    }

    @Test
    void aStopLeavesWhatIsNotTakenToTheNextProcess() throws Exception {
        somebody.refuses = "verified";
        ledger.moved(TO_READY);
        thread.start();
        await().until(() -> !somebody.refused.isEmpty());
        over.set(true);
        thread.interrupt();
        thread.join();
        assertThat(courier.givenUp()).isZero();
        assertThat(ledger.mark("somebody")).isEqualTo(Mark.BEGINNING);
    }

    @Test
    void theEndWaitsForWhatIsLeftAndNoLonger() throws Exception {
        ledger.moved(TO_READY);
        ledger.moved(TO_OPEN);
        courier.end();
        thread.start();
        thread.join();
        assertThat(somebody.words()).containsExactly("verified", "writes-moved", "reads-moved");
    }

    @Test
    void aStateThatIsAwayIsWaitedFor() throws Exception {
        ledger.moved(TO_READY);
        ledger.away(true);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        assertThat(somebody.got).isEmpty();
        ledger.away(false);
        await().until(() -> courier.sent() == 1);
    }

    @Test
    void aMarkThatCannotBeStoredIsStoredLaterAndNothingIsToldTwice() throws Exception {
        ledger.refuseMarks(true);
        ledger.moved(TO_READY);
        thread.start();
        await().until(() -> ledger.refused() >= 2);
        ledger.refuseMarks(false);
        ledger.moved(TO_OPEN);
        await().until(() -> ledger.mark("somebody").equals(new Mark(9, 3, 0)));
        assertThat(somebody.words()).containsExactly("verified", "writes-moved", "reads-moved");
    }

    @Test
    void aBacklogIsToldNoFasterThanAllowed() throws Exception {
        ledger.moved(TO_READY);
        for (int i = 0; i < 8; i++) {
            ledger.moved(Phase.CATCH_UP, Phase.VERIFY, Phase.READY);
        }
        Courier slow = courier(2);
        slow.end();
        long begun = System.nanoTime();
        slow.run();
        assertThat(somebody.got).hasSize(9);
        // Two in each tenth of a second: between the first and the ninth lie three whole ones.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(300));
    }
}
