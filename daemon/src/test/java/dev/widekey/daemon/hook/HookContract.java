package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds for every {@link Hook}, with a real receiver. */
@Timeout(60)
abstract class HookContract {
    static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** A time-out and what a busy machine adds. */
    private static final Duration BOUND = TIMEOUT.multipliedBy(2).plusSeconds(5);

    /** A hook to the receiver. */
    abstract Hook hook() throws Exception;

    /** A hook to a receiver that is not there. */
    abstract Hook hookToNobody() throws Exception;

    /** What the receiver has taken since the test began, oldest first. */
    abstract List<String> taken() throws Exception;

    /** The receiver stops answering, and its connections stay. */
    abstract void freeze() throws Exception;

    /** It answers again. */
    abstract void thaw() throws Exception;

    static Event event(long number, Happening happening) {
        return new Event(
                "m", number, happening, 7, Instant.parse("2026-11-26T10:00:00Z").plusSeconds(number));
    }

    private static final Event FIRST = event(1, Happening.VERIFIED);
    private static final Event SECOND = event(2, Happening.WRITES_MOVED);

    @AfterEach
    void thawed() throws Exception {
        thaw();
    }

    @Test
    void eventsArriveWholeAndInOrder() throws Exception {
        try (Hook hook = hook()) {
            hook.send(FIRST);
            hook.send(SECOND);
            hook.send(event(3, Happening.READS_MOVED));
        }
        assertThat(taken())
                .containsExactly(
                        FIRST.json(),
                        SECOND.json(),
                        event(3, Happening.READS_MOVED).json());
    }

    @Test
    void anEventThatIsSentAgainIsTheSame() throws Exception {
        try (Hook hook = hook()) {
            hook.send(FIRST);
        }
        try (Hook hook = hook()) {
            hook.send(FIRST);
        }
        assertThat(taken()).containsExactly(FIRST.json(), FIRST.json());
    }

    @Test
    void aReceiverThatIsNotThereIsSaidSoInTime() throws Exception {
        try (Hook hook = hookToNobody()) {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> hook.send(FIRST)).isInstanceOf(HookException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
        }
    }

    @Test
    void aReceiverThatDoesNotAnswerIsGivenNoMoreThanItsTimeAndServedLater() throws Exception {
        try (Hook hook = hook()) {
            hook.send(FIRST);
            freeze();
            long begun = System.nanoTime();
            assertThatThrownBy(() -> hook.send(SECOND)).isInstanceOf(HookException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
            thaw();
            await().atMost(Duration.ofSeconds(30)).until(() -> catchThrowable(() -> hook.send(SECOND)) == null);
        }
        // The one that was not answered may have arrived nevertheless.
        assertThat(taken()).startsWith(FIRST.json()).endsWith(SECOND.json()).containsOnly(FIRST.json(), SECOND.json());
    }

    @Test
    void anInterruptEndsASendAndAClosedHookHoldsNobodyUp() throws Exception {
        Hook hook = hook();
        hook.send(FIRST);
        freeze();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread sender = new Thread(() -> thrown.set(catchThrowable(() -> hook.send(SECOND))));
        sender.start();
        await().until(() -> sender.getState() == Thread.State.TIMED_WAITING);
        long begun = System.nanoTime();
        sender.interrupt();
        sender.join();
        hook.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
        assertThat(thrown.get()).isInstanceOf(HookException.class);
    }
}
