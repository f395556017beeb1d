package dev.widekey.daemon.audit.anomalies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.config.Condition;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FindingTest {
    private static final AnomalyClass KNOWN = AnomalyClass.own("known-bad", new Condition("id IN (17, 4711)"));

    @Test
    void aFindingSaysHowManyWhichAndWhatFollows() {
        assertThat(new Finding(KNOWN, 2, List.of("17", "4711"), Optional.empty()))
                .hasToString("known-bad: 2 rows (key 17, 4711): id IN (17, 4711)");
        assertThat(new Finding(KNOWN, 1, List.of("17"), Optional.empty()))
                .hasToString("known-bad: 1 row (key 17): id IN (17, 4711)");
        assertThat(new Finding(KNOWN, 30, List.of("17", "4711"), Optional.of("given up, because of x")))
                .hasToString(
                        "known-bad: at least 30 rows (key 17, 4711, ...): id IN (17, 4711); given up, because of x");
    }

    @Test
    void aTallyKeepsTheLowestTenKeysItHasSeen() {
        Tally tally = new Tally(KNOWN);
        assertThat(tally.wanted()).isEqualTo(10);
        tally.add(8);
        tally.sample(keys(100, 107));
        assertThat(tally.wanted()).isEqualTo(2);
        tally.add(8);
        tally.sample(keys(-4, 3));
        assertThat(tally.wanted()).isZero();
        assertThat(tally.finding())
                .isEqualTo(new Finding(
                        KNOWN,
                        16,
                        List.of("-4", "-3", "-2", "-1", "0", "1", "2", "3", "100", "101"),
                        Optional.empty()));
    }

    private static List<BigInteger> keys(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(BigInteger::valueOf).toList();
    }
}
