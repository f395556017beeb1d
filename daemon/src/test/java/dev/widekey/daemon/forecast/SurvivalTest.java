package dev.widekey.daemon.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SurvivalTest {
    private static final String SERVER = "10000000-0000-0000-0000-000000000001";
    private static final double NOW = 2_000_000_000;
    private static final Retention DAY = new Retention(86_400, "binlog_expire_logs_seconds");
    private static final Retention NEVER = new Retention(0, "binlog_expire_logs_auto_purge");
    private static final Optional<Duration> UNKNOWN = Optional.empty();

    private final LogAges ages = new LogAges();

    @Test
    void theFileThatIsWrittenIsKeptForTheWholeRetention() {
        assertThat(ages.survival(look(NOW, DAY, 7, 8), at(8, 4), UNKNOWN)).hasValue(86_400);
        assertThat(ages.survival(look(NOW + 5_000, DAY, 7, 8), at(8, 4), UNKNOWN))
                .hasValue(86_400);
    }

    @Test
    void aFileAgesFromTheLastMomentItWasSeenToBeWritten() {
        ages.survival(look(NOW, DAY, 8), at(8, 4), UNKNOWN);
        assertThat(ages.survival(look(NOW + 100, DAY, 8, 9), at(8, 4), UNKNOWN)).hasValue(86_300);
        assertThat(ages.survival(look(NOW + 90_000, DAY, 8, 9), at(8, 4), UNKNOWN))
                .hasValue(0);
        assertThat(ages.survival(look(NOW + 90_000, DAY, 8, 9), at(9, 4), UNKNOWN))
                .hasValue(86_400);
    }

    @Test
    void theServersClockDecidesHoweverItIsSet() {
        ages.survival(look(NOW, DAY, 8), at(8, 4), UNKNOWN);
        assertThat(ages.survival(look(NOW + 86_000, DAY, 8, 9), at(8, 4), UNKNOWN))
                .hasValue(400);
        // Set back: nothing is kept for longer than the server keeps anything.
        assertThat(ages.survival(look(NOW - 5_000, DAY, 8, 9), at(8, 4), UNKNOWN))
                .hasValue(86_400);
    }

    @Test
    void aFileThatWasFinishedBeforeAnybodyLookedIsAsOldAsWhatIsAppliedOfIt() {
        Optional<Duration> lag = Optional.of(Duration.ofSeconds(80_000));
        assertThat(ages.survival(look(NOW, DAY, 7, 8), at(7, 4), lag)).isEmpty();
        assertThat(ages.survival(look(NOW + 10, DAY, 7, 8), at(7, 900), lag)).hasValue(6_400);
        // It does not get younger by being read on.
        assertThat(ages.survival(look(NOW + 20, DAY, 7, 8), at(7, 950), Optional.of(Duration.ZERO)))
                .hasValue(6_390);
    }

    @Test
    void aLagSaysNothingAboutAPositionThatStandsStill() {
        Optional<Duration> none = Optional.of(Duration.ZERO);
        ages.survival(look(NOW, DAY, 7, 8), at(7, 4), none);
        assertThat(ages.survival(look(NOW + 10, DAY, 7, 8), at(7, 4), none)).isEmpty();
    }

    @Test
    void aServerThatPurgesNothingKeepsItForEver() {
        assertThat(ages.survival(look(NOW, NEVER, 7, 8), at(7, 4), UNKNOWN)).hasValue(Double.POSITIVE_INFINITY);
        assertThat(survival(NEVER, OptionalDouble.of(Double.POSITIVE_INFINITY), Double.POSITIVE_INFINITY, 1e6)
                        .isShort())
                .isFalse();
    }

    @Test
    void aFileThatIsGoneIsKeptNoMoreEvenWhereNothingIsPurged() {
        assertThat(ages.survival(look(NOW, NEVER, 7, 8), at(6, 4), UNKNOWN)).hasValue(0);
        assertThat(survival(NEVER, OptionalDouble.of(0), 0.0, 0.0).isShort()).isTrue();
    }

    @Test
    void aPositionOfAnotherServerSaysNothing() {
        Position elsewhere = new Position(SERVER.replace("1", "2"), "binlog.000008", 4, Gtids.empty(), "");
        assertThat(ages.survival(look(NOW, DAY, 7, 8), Optional.of(elsewhere), UNKNOWN))
                .isEmpty();
        assertThat(look(NOW, DAY, 7, 8).behind(elsewhere)).isEmpty();
        assertThat(ages.survival(look(NOW, DAY, 7, 8), Optional.empty(), UNKNOWN))
                .isEmpty();
    }

    @Test
    void whatIsBehindIsCountedToTheEndOfTheLog() {
        assertThat(look(NOW, DAY, 7, 8, 9).behind(at(8, 400).orElseThrow())).hasValue(600 + 1_000);
        assertThat(look(NOW, DAY, 7, 8, 9).behind(at(9, 1_000).orElseThrow())).hasValue(0);
        assertThat(look(NOW, DAY, 7, 8, 9).behind(at(6, 4).orElseThrow())).isEmpty();
    }

    @Test
    void aBacklogIsDrainedAsFastAsItShrinks() {
        AtomicLong clock = new AtomicLong();
        Drain drain = new Drain(Duration.ofMinutes(1), clock::get);
        assertThat(look(drain, clock, 10_000)).isEmpty();
        assertThat(look(drain, clock, 9_900)).hasValue(990);
        assertThat(look(drain, clock, 9_800)).hasValue(980);
        assertThat(drain.look(UNKNOWN)).isEmpty();
        assertThat(look(drain, clock, 9_800)).isEmpty();
        assertThat(look(drain, clock, 9_900)).hasValue(Double.POSITIVE_INFINITY);
    }

    @Test
    void aShortLagIsNoBacklog() {
        AtomicLong clock = new AtomicLong();
        Drain drain = new Drain(Duration.ofMinutes(1), clock::get);
        assertThat(look(drain, clock, 5)).hasValue(5);
        assertThat(look(drain, clock, 5)).hasValue(5);
        assertThat(look(drain, clock, 60)).hasValue(60);
    }

    @ParameterizedTest
    @CsvSource({
        // kept, drain, lag, short
        "86400, 1, 1, false",
        // An hour in reserve, and twice the time to drain.
        "9600, 3000, 600, false",
        "9599, 3000, 600, true",
        // How slowly it gets on beside the copy counts no more than ten times the lag.
        "9600, Infinity, 300, false",
        "9599, Infinity, 300, true",
        "9600, 1e9, 300, false",
        // Nothing is known but that it is kept.
        "3600, , , false",
        "3599, , , true",
        "3599, , 0, true",
        // Unknown is short when the lag is unknown too.
        ", 1, 1, false",
        ", , , true"
    })
    void shortIsLessThanTwiceTheDrainAndAReserve(Double kept, Double drain, Double lag, boolean isShort) {
        Survival survival = survival(DAY, optional(kept), drain, lag);
        assertThat(survival.isShort()).isEqualTo(isShort);
        assertThat(survival.reason().isPresent()).isEqualTo(isShort && kept != null);
    }

    @Test
    void theReserveIsAtMostHalfOfWhatIsKept() {
        Retention minute = new Retention(60, "binlog_expire_logs_seconds");
        assertThat(survival(minute, OptionalDouble.of(60), 1.0, 1.0).isShort()).isFalse();
        assertThat(survival(minute, OptionalDouble.of(31), 1.0, 1.0).isShort()).isTrue();
    }

    @Test
    void theReasonNamesTheFileAndBothTimes() {
        assertThat(survival(DAY, OptionalDouble.of(1_200), Double.POSITIVE_INFINITY, 80_000.0)
                        .reason())
                .contains("binlog survival 20 min of binlog.000007, drain never at this pace");
        assertThat(survival(DAY, OptionalDouble.of(1_200), 600.0, 600.0).text())
                .isEqualTo("binlog kept 20 min, drain 10 min");
        assertThat(survival(NEVER, OptionalDouble.of(Double.POSITIVE_INFINITY), null, null)
                        .text())
                .isEqualTo("binlog kept for ever, drain unknown");
    }

    private static OptionalDouble look(Drain drain, AtomicLong clock, long lag) {
        OptionalDouble seconds = drain.look(Optional.of(Duration.ofSeconds(lag)));
        clock.addAndGet(Duration.ofSeconds(10).toNanos());
        return seconds;
    }

    private static Survival survival(Retention retention, OptionalDouble kept, Double drain, Double lag) {
        return new Survival(
                "source",
                Optional.of("binlog.000007"),
                Optional.of(retention),
                kept,
                optional(drain),
                Optional.ofNullable(lag).map(seconds -> Duration.ofMillis((long) (seconds * 1_000))),
                OptionalLong.empty());
    }

    private static OptionalDouble optional(Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** A log of files of 1,000 bytes. */
    private static LogLook look(double at, Retention retention, int... files) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (int file : files) {
            sizes.put(name(file), 1_000L);
        }
        return new LogLook(SERVER, at, retention, new WrittenLog(sizes, ""));
    }

    private static Optional<Position> at(int file, long offset) {
        return Optional.of(new Position(SERVER, name(file), offset, Gtids.empty(), ""));
    }

    private static String name(int file) {
        return String.format("binlog.%06d", file);
    }
}
