package dev.widekey.daemon.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.widekey.daemon.pilot.Forecast.Origin;
import dev.widekey.daemon.pilot.Forecast.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastTest {
    @Test
    void rowsFollowFromHowDenseTheKeysOfTheSampleAre() {
        Forecast forecast = Forecast.of(List.of(part(1_000, 100, 50), part(1_000, 100, 60)), 7);

        assertThat(forecast.rows()).isEqualTo(1_100);
        assertThat(forecast.origin()).isEqualTo(Origin.DENSITY);
        assertThat(forecast.byRows()).isCloseTo(10, within(1e-9));
    }

    @Test
    void rangesThatAreNotEquallyDenseLeaveItToTheServersStatistics() {
        Forecast forecast = Forecast.of(List.of(part(1_000, 100, 10), part(1_000, 100, 90)), 5_000);

        assertThat(forecast.rows()).isEqualTo(5_000);
        assertThat(forecast.origin()).isEqualTo(Origin.STATISTICS);
    }

    @Test
    void statisticsCountForLessThanRowsThatWereSeen() {
        Forecast forecast = Forecast.of(List.of(part(1_000, 100, 10), part(1_000, 100, 90)), 0);

        assertThat(forecast.rows()).isEqualTo(100);
    }

    @Test
    void aSampleOfEveryRowIsCounted() {
        Forecast forecast = Forecast.of(List.of(whole(300, 3_000, 3), whole(0, 0, 0), whole(5, 50, 1)), 9_000);

        assertThat(forecast.rows()).isEqualTo(305);
        assertThat(forecast.origin()).isEqualTo(Origin.COUNTED);
        assertThat(forecast.byRows()).isEqualTo(1);
        assertThat(forecast.byBytes()).isEqualTo(1);
        assertThat(forecast.copy().likely()).isCloseTo(4, within(1e-9));
    }

    @Test
    void aRangeThatIsWholeIsNotMadeLarger() {
        Forecast forecast = Forecast.of(List.of(whole(20, 200, 1), part(1_000, 100, 10)), 500);

        assertThat(forecast.rows()).isEqualTo(120);
    }

    @Test
    void bytesAreThoseOfEachRangeForItsPartOfTheTable() {
        // Nine tenths of the keys belong to small rows, a tenth to large ones; the sample has as many of each.
        Part small = new Part(9_000, 100, false, 100, 1_000, 1, 1);
        Part large = new Part(1_000, 100, false, 100, 100_000, 1, 1);

        Forecast forecast = Forecast.of(List.of(small, large), 0);

        assertThat(forecast.byBytes() * 101_000).isCloseTo(9_000 * 10 + 1_000 * 1_000, within(1.0));
        assertThat(forecast.byRows()).isCloseTo(50, within(1e-9));
    }

    @Test
    void timeLiesBetweenThatOfTheFastestAndTheSlowestRange() {
        Part fast = new Part(1_000, 100, false, 100, 100, 1, 0.1);
        Part slow = new Part(1_000, 100, false, 100, 100, 4, 0.2);

        Forecast forecast = Forecast.of(List.of(fast, slow), 0);

        assertThat(forecast.copy().least()).isCloseTo(20, within(1e-9));
        assertThat(forecast.copy().likely()).isCloseTo(50, within(1e-9));
        assertThat(forecast.copy().most()).isCloseTo(80, within(1e-9));
        assertThat(forecast.compare().likely()).isCloseTo(3, within(1e-9));
    }

    @Test
    void aRangeWithNextToNoRowsSaysNothingAboutTheSpeed() {
        Part usual = new Part(1_000, 1_000, true, 1_000, 1_000, 1, 1);
        Part few = new Part(1_000, 1_000, true, 2, 2, 0.5, 0.5);

        Forecast forecast = Forecast.of(List.of(usual, few), 0);

        assertThat(forecast.copy().most()).isCloseTo(1.5, within(1e-9));
    }

    private static Part part(double keys, double sampledKeys, long rows) {
        return new Part(keys, sampledKeys, false, rows, rows * 10, 1, 1);
    }

    private static Part whole(long rows, long bytes, double seconds) {
        return new Part(1_000, 1_000, true, rows, bytes, seconds, seconds);
    }
}
