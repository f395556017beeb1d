package dev.widekey.daemon.audit.totals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.audit.Range;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpansTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1, 100000",
        "0, 99",
        "-5, 7",
        "99, 100",
        "17, 2147483647",
        "-9223372036854775808, 9223372036854775806",
        "9223372036854775806, 9223372036854775806",
        "1, 9223372036854775806",
    })
    void spansFollowOneAnotherWithoutAGapFromBelowTheLeastToTheGreatest(long least, long greatest) {
        List<Range> spans = Spans.of(least, greatest);
        assertThat(spans).hasSizeBetween(1, 1_000);
        assertThat(spans.get(0).above()).isNull();
        for (int i = 1; i < spans.size(); i++) {
            assertThat(spans.get(i).above()).isEqualTo(spans.get(i - 1).upTo());
            assertThat(spans.get(i).upTo()).isGreaterThan(spans.get(i).above());
        }
        assertThat(spans.get(spans.size() - 1).upTo()).isEqualTo(greatest);
    }

    @Test
    void spansBeginAtMultiplesOfTheirWidth() {
        List<Range> spans = Spans.of(17, 250);
        assertThat(spans).containsExactly(new Range(null, 99L), new Range(99L, 199L), new Range(199L, 250L));
        assertThat(spans.stream().map(span -> Spans.label(span, 17))).containsExactly("17..99", "100..199", "200..250");
        assertThat(Spans.of(1, 1_000_000)).hasSize(999).contains(new Range(1_001L, 2_003L));
    }
}
