package dev.widekey.daemon.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdSpaceTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "tinyint, 127",
        "tinyint(3) unsigned, 255",
        "smallint(6), 32767",
        "mediumint unsigned, 16777215",
        "int(11), 2147483647",
        "int(10) unsigned zerofill, 4294967295",
        "bigint, 9223372036854775807",
        "BIGINT(20) UNSIGNED, 18446744073709551615"
    })
    void aTypeEndsWhereTheServerEndsIt(String columnType, BigInteger highest) {
        assertThat(IntegerType.of(columnType).orElseThrow().highest()).isEqualTo(highest);
    }

    @Test
    void whatIsNoIntegerHasNoEnd() {
        assertThat(IntegerType.of("decimal(20,0)")).isEmpty();
        assertThat(IntegerType.of("varchar(20)")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // counter, highest row, increment, offset, left
        "1, , 1, 1, 127",
        "100, 50, 1, 1, 28",
        // An id written by hand, ahead of the counter.
        "100, 120, 1, 1, 7",
        // The server leaves the counter at the last id when that is handed out.
        "127, 127, 1, 1, 0",
        "127, 126, 1, 1, 1",
        // 101, 111, 121.
        "92, 91, 10, 1, 3",
        "101, 91, 10, 1, 3",
        "102, 91, 10, 1, 2",
        "122, 121, 10, 1, 0",
        // 7, 17, ..., 127.
        "1, , 10, 7, 13",
        // An offset above the increment is ignored: 110, 120.
        "101, 91, 10, 11, 2",
        // No counter at all.
        ", 20, 1, 1, 107"
    })
    void idsAreLeftFromWhicheverIsHigher(BigInteger counter, BigInteger row, long increment, long offset, long left) {
        IdSpace ids = IdSpace.of(
                "id",
                IntegerType.of("tinyint").orElseThrow(),
                Optional.ofNullable(counter),
                Optional.ofNullable(row),
                increment,
                offset);
        assertThat(ids.left()).isEqualTo(left);
    }

    @Test
    void theRateIsThatOfIdsAndNotOfTheirNumbers() {
        IdRate rate = new IdRate();
        rate.look(at("1000", 10), 0);
        assertThat(rate.perSecond()).isEmpty();
        rate.look(at("1200", 10), 4 * SECOND);
        assertThat(rate.perSecond()).hasValue(5);
        rate.look(at("1200", 10), 8 * SECOND);
        assertThat(rate.perSecond()).hasValue(2.5);
    }

    @Test
    void fewIdsAreNoRate() {
        IdRate rate = new IdRate();
        rate.look(at("1000", 1), 0);
        rate.look(at("1009", 1), SECOND);
        assertThat(rate.perSecond()).isEmpty();
        rate.look(at("1010", 1), SECOND);
        assertThat(rate.perSecond()).hasValue(10);
    }

    @Test
    void anotherStepOrACounterThatWasSetBackBeginsAnew() {
        IdRate rate = new IdRate();
        rate.look(at("1000", 1), 0);
        rate.look(at("2000", 1), SECOND);
        rate.look(at("1500", 1), 2 * SECOND);
        assertThat(rate.perSecond()).isEmpty();
        rate.look(at("1520", 1), 3 * SECOND);
        assertThat(rate.perSecond()).hasValue(20);
        rate.look(at("1521", 2), 4 * SECOND);
        assertThat(rate.perSecond()).isEmpty();
        assertThat(rate.measured()).isZero();
    }

    @Test
    void theDayFollowsTheServersClock() {
        Exhaustion soon = exhaustion("2147397248", OptionalDouble.of(1));
        assertThat(soon.left()).hasValue(86_400);
        assertThat(soon.seconds()).hasValue(86_400);
        assertThat(soon.day()).contains(LocalDate.of(2031, 5, 4));
        assertThat(soon.text()).isEqualTo("86400 ids left until 2031-05-04");
    }

    @Test
    void anUnknownRateIsNeitherNowNorNever() {
        Exhaustion quiet = exhaustion("2147397248", OptionalDouble.empty());
        assertThat(quiet.left()).hasValue(86_400);
        assertThat(quiet.seconds()).isEmpty();
        assertThat(quiet.day()).isEmpty();
        assertThat(quiet.text()).isEqualTo("86400 ids left, rate unknown");
        assertThat(Exhaustion.UNKNOWN.left()).isEmpty();
        assertThat(Exhaustion.UNKNOWN.seconds()).isEmpty();
    }

    @Test
    void withoutAnIdLeftTheTimeIsUpWhateverTheRate() {
        Exhaustion over = exhaustion("2147483648", OptionalDouble.empty());
        assertThat(over.seconds()).hasValue(0);
        assertThat(over.text()).isEqualTo("no id left");
    }

    @Test
    void aDayBeyondAllCalendarsIsNone() {
        IdSpace wide = IdSpace.of(
                "id",
                IntegerType.of("bigint unsigned").orElseThrow(),
                Optional.empty(),
                Optional.of(new BigInteger("9223372036854775808")),
                1,
                1);
        assertThat(wide.left()).isEqualTo(new BigInteger("9223372036854775807"));
        Exhaustion never = new Exhaustion(Optional.of(wide), OptionalDouble.of(1), Instant.EPOCH);
        assertThat(never.day()).isEmpty();
        assertThat(never.text()).endsWith("ids left until after a thousand years");
    }

    private static Exhaustion exhaustion(String next, OptionalDouble rate) {
        return new Exhaustion(Optional.of(at(next, 1)), rate, Instant.parse("2031-05-03T07:00:00Z"));
    }

    private static IdSpace at(String next, long step) {
        return new IdSpace("id", IntegerType.of("int").orElseThrow(), new BigInteger(next), step);
    }
}
