package dev.widekey.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.widekey.sandbox.torture.Points;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CrashPointTest {

    @ParameterizedTest
    @EnumSource
    void reachingAPointDoesNothingInAProcessThatIsNotArmed(CrashPoint point) {
        assertThatCode(point::reached).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IDLE")
    void everyMoveHasAPointBeforeAndAfterIt(Phase phase) {
        assertThat(CrashPoint.before(phase)).hasToString("BEFORE_" + phase);
        assertThat(CrashPoint.after(phase)).hasToString("AFTER_" + phase);
    }

    @Test
    void theTortureKnowsEveryPoint() {
        assertThat(Arrays.stream(Points.values()).flatMap(part -> part.names().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(CrashPoint.values()).map(Enum::name).toList());
    }
}
