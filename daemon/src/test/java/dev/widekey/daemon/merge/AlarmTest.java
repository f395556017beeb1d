package dev.widekey.daemon.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.state.HaltException;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private final Alarm alarm = new Alarm();

    @Test
    void nothingHappensBeforeAFailure() {
        assertThat(alarm.isRaised()).isFalse();
        assertThatCode(alarm::check).doesNotThrowAnyException();
    }

    @Test
    void theFirstFailureIsTheOneThrownAndLaterOnesAreAttached() {
        HaltException first = new HaltException(HaltException.Reason.TRUNCATED, "first");
        HaltException second = new HaltException(HaltException.Reason.FAILED, "second");
        alarm.raise(first);
        alarm.raise(second);
        assertThat(alarm.isRaised()).isTrue();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(alarm::check).isSameAs(first);
        }
        assertThat(first.getSuppressed()).containsExactly(second);
    }

    @Test
    void theSameFailureTwiceIsOneFailure() {
        HaltException failure = new HaltException(HaltException.Reason.FAILED, "same");
        alarm.raise(failure);
        alarm.raise(failure);
        assertThat(failure.getSuppressed()).isEmpty();
    }
}
