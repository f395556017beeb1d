package dev.widekey.daemon.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.SampleCopy.Copied;
import dev.widekey.backfill.SampleRange;
import dev.widekey.daemon.forecast.Retention;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PilotReportTest {
    private static final Retention MONTH = new Retention(2_592_000, "binlog_expire_logs_seconds");

    @Test
    void everythingIsExtrapolatedFromTheSample() {
        // Two ranges of 200 million keys; 100,000 rows of each took 4 workers 2 s and 1 s.
        List<String> lines = report(0, OptionalLong.of(160_000_000), 0, MONTH).lines();

        assertThat(lines)
                .containsExactly(
                        "pilot: copied 200000 rows with 180000000 bytes of values, 900 bytes a row, from 2 key ranges between 1 and"
                                + " 400000000; widekey.pilot_csmh is dropped again",
                        "ranges: 600 to 1200 bytes a row",
                        "pace: 4 workers, unthrottled, following no signal of the servers; no stream ran beside them",
                        "rows: about 400 million, by the rows for each key, which are much the same in all ranges; the source's"
                                + " statistics say 387 million",
                        "copy: about 1 h 40 min at 66667 rows/s; 1 h 7 min to 2 h 13 min by the fastest and the slowest range",
                        "comparison of all rows: about 50 min; 33 min 20 s to 1 h 7 min, with rows that are in memory on both servers",
                        "space on the target: about 500 GB, 440 GB of rows and 60.0 GB of secondary indexes, 1250 bytes a row in the"
                                + " sample; the source uses 450 GB by its own statistics. How much is free there cannot be asked through SQL:"
                                + " look at its disk",
                        "binlog of the target: about 320 GB for the copy, 800 bytes a row with all that was written there meanwhile",
                        "not known: what the application's load will be; how much slower it goes once the rows and indexes of the target no"
                                + " longer fit into its buffer pool, which they did here; what other tables the servers are busy with by then",
                        "binlog of the source: kept for 30 d (binlog_expire_logs_seconds), up to 3 h 20 min for copy, indexes, catching up"
                                + " and comparison");
    }

    @Test
    void whatCannotBeSeenIsSaidToBeUnknown() {
        assertThat(report(0, OptionalLong.empty(), 0, MONTH).lines())
                .contains("binlog of the target: unknown, nobody may look");
    }

    @Test
    void rowsThatDifferAreAWarning() {
        assertThat(report(3, OptionalLong.empty(), 0, MONTH).lines())
                .anyMatch(line -> line.startsWith("warning: 3 rows of the sample are not equal on both sides"));
    }

    @Test
    void lateIndexesTakeTheirTimeBehindTheRows() {
        assertThat(report(0, OptionalLong.empty(), 2, MONTH).lines())
                .contains(
                        "late indexes: about 33 min 20 s to build 2 after the rows, and more once they are sorted on disk");
    }

    @Test
    void aRetentionOfLessThanTwiceTheTimeIsAWarning() {
        Retention twice = new Retention(2 * 12_006, "expire_logs_days");
        assertThat(report(0, OptionalLong.empty(), 0, twice).lines()).noneMatch(line -> line.startsWith("warning"));
        Retention less = new Retention(2 * 12_004, "expire_logs_days");
        assertThat(report(0, OptionalLong.empty(), 0, less).lines())
                .last()
                .asString()
                .startsWith("warning: binlog of the source: kept for 6 h 40 min (expire_logs_days), up to 3 h 20 min");
    }

    @Test
    void aServerThatPurgesNothingNeedsNoWarning() {
        assertThat(report(0, OptionalLong.empty(), 0, new Retention(0, "binlog_expire_logs_seconds"))
                        .lines())
                .last()
                .asString()
                .startsWith(
                        "binlog of the source: binlog_expire_logs_seconds says that the server purges none of it by itself");
    }

    @Test
    void anEmptyTableSaysNothing() {
        PilotReport empty = new PilotReport(
                "widekey.pilot_csmh",
                4,
                "",
                List.of(),
                List.of(),
                0,
                new TableSize(0, 16_384, 0),
                new TableSize(0, 16_384, 0),
                0,
                Duration.ZERO,
                OptionalLong.of(0),
                "",
                MONTH,
                Duration.ofSeconds(5));

        assertThat(empty.lines()).containsExactly("pilot: the source table has no row, so nothing can be extrapolated");
    }

    private static PilotReport report(long differing, OptionalLong binlog, int lateIndexes, Retention retention) {
        return new PilotReport(
                "widekey.pilot_csmh",
                4,
                "",
                List.of(
                        new Copied(
                                new SampleRange(1, 200_000_000, 100_000),
                                100_000,
                                false,
                                100_000,
                                60_000_000,
                                Duration.ofSeconds(8)),
                        new Copied(
                                new SampleRange(200_000_001, 400_000_000, 100_000),
                                200_100_000,
                                false,
                                100_000,
                                120_000_000,
                                Duration.ofSeconds(4))),
                List.of(Duration.ofMillis(1_000), Duration.ofMillis(500)),
                differing,
                new TableSize(387_000_000, 400_000_000_000L, 50_000_000_000L),
                new TableSize(200_000, 220_000_000, 30_000_000),
                lateIndexes,
                lateIndexes == 0 ? Duration.ZERO : Duration.ofSeconds(1),
                binlog,
                "nobody may look",
                retention,
                Duration.ofSeconds(5));
    }
}
