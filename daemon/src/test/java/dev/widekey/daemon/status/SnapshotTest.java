package dev.widekey.daemon.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.forecast.Forecast;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.state.Phase;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    static Snapshot snapshot(Phase phase, boolean ready) {
        return new Snapshot(
                "csmh",
                phase,
                3,
                0.1234,
                1_000_000,
                1234.5,
                77,
                0.4,
                Optional.of(Duration.ofMillis(1250)),
                Optional.of("stream lag 3 s over 2 s"),
                Optional.of(Duration.ofSeconds(100 * 3600 + 61)),
                Optional.empty(),
                Optional.empty(),
                Optional.of(EntryLog.Counts.NONE),
                Forecast.UNKNOWN,
                Optional.empty(),
                5,
                new Rounds.Progress(40, 2, Optional.of(Duration.ofSeconds(3)), 0),
                ready,
                false);
    }

    @Test
    void theLineSaysWhereItStandsInTheSameOrderEachTime() {
        assertThat(snapshot(Phase.BACKFILL, true).line())
                .isEqualTo("phase=BACKFILL copied=12.3% rows=1000000 rows/s=1235 applied=77 applied/s=0 lag=1.25s"
                        + " throttle=\"stream lag 3 s over 2 s\" eta=100:01:01"
                        + " forecast=\"ids left unknown; binlog kept unknown, drain unknown\"");
    }

    @Test
    void theComparisonIsShownWhileItRuns() {
        assertThat(snapshot(Phase.VERIFY, true).line()).endsWith(" compared=5");
    }

    @Test
    void whatIsComparedInTheBackgroundIsShownWhileTheMigrationWaits() {
        assertThat(snapshot(Phase.READY, true).line()).endsWith(" background=40 rounds=2");
    }

    @Test
    void whatIsNotKnownIsSaidToBeUnknown() {
        Snapshot nothing = new Snapshot(
                "csmh",
                Phase.IDLE,
                1,
                0,
                0,
                0,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("attempt 2, 00:01:10, 43%"),
                Optional.of("why"),
                Optional.empty(),
                Forecast.UNKNOWN,
                Optional.empty(),
                0,
                Rounds.Progress.NONE,
                false,
                false);
        assertThat(nothing.line())
                .isEqualTo(
                        "phase=IDLE copied=0.0% rows=0 rows/s=0 applied=0 applied/s=0 lag=unknown throttle=none eta=-"
                                + " forecast=\"ids left unknown; binlog kept unknown, drain unknown\""
                                + " building=\"attempt 2, 00:01:10, 43%\" quarantine=unknown waits=\"why\"");
    }

    @Test
    void theLineIsTheSameInEveryCountry() {
        Locale before = Locale.getDefault();
        try {
            String line = snapshot(Phase.BACKFILL, true).line();
            for (String country : new String[] {"de-DE", "ar-EG-u-nu-arab", "tr-TR"}) {
                Locale.setDefault(Locale.forLanguageTag(country));
                assertThat(snapshot(Phase.BACKFILL, true).line()).isEqualTo(line);
            }
        } finally {
            Locale.setDefault(before);
        }
    }
}
