package dev.widekey.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.widekey.sandbox.bench.Contender.FailedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DigestStatementsTest {
    private static final String FIRST = " WHERE TRUE AND id <= 5000";
    private static final String SECOND = " WHERE TRUE AND id > 5000";

    @Test
    void statementsOfTheSameRangeArePairedWhateverTheirOrder() {
        assertThat(DigestStatements.paired(List.of("s" + FIRST, "s" + SECOND), List.of("t" + SECOND, "t" + FIRST))
                        .pairs())
                .containsExactly(
                        new DigestStatements.Pair("s" + FIRST, "t" + FIRST),
                        new DigestStatements.Pair("s" + SECOND, "t" + SECOND));
    }

    @Test
    void aRangeThatOnlyOneSideWasAskedForIsRefused() {
        assertThatExceptionOfType(FailedException.class)
                .isThrownBy(() -> DigestStatements.paired(List.of("s" + FIRST), List.of("t" + SECOND)))
                .withMessageContaining("id <= 5000");
        assertThatExceptionOfType(FailedException.class)
                .isThrownBy(() -> DigestStatements.paired(List.of("s" + FIRST), List.of("t" + FIRST, "t" + SECOND)));
        assertThatExceptionOfType(FailedException.class)
                .isThrownBy(() -> DigestStatements.paired(List.of(), List.of()));
    }
}
