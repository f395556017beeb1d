package dev.widekey.daemon.pilot;

import dev.widekey.backfill.SampleCopy.Copied;
import dev.widekey.daemon.forecast.Amounts;
import dev.widekey.daemon.forecast.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What a pilot found and what follows from it, in words. What is not known is said to be so. Immutable.
 *
 * @param table the scratch table's full name
 * @param workers that copied
 * @param budget what held them back; empty when nothing did
 * @param copied each range
 * @param compared how long each range took to compare
 * @param differing rows of the sample that are not equal on both sides
 * @param source the source table by its own statistics
 * @param scratch the scratch table
 * @param lateIndexes how many indexes were built after the rows
 * @param building how long that took
 * @param binlog bytes that the target wrote into its binlog meanwhile, empty when that is not known
 * @param binlogUnknown why it is not
 * @param retention of the source's binlog
 * @param maxLag how far the stream may be behind
 */
public record PilotReport(
        String table,
        int workers,
        String budget,
        List<Copied> copied,
        List<Duration> compared,
        long differing,
        TableSize source,
        TableSize scratch,
        int lateIndexes,
        Duration building,
        OptionalLong binlog,
        String binlogUnknown,
        Retention retention,
        Duration maxLag) {

    /** Keeps its own copies. */
    public PilotReport {
        copied = List.copyOf(copied);
        compared = List.copyOf(compared);
    }

    /** The report; the last line of it is a warning if there is reason for one. */
    public List<String> lines() {
        long rows = copied.stream().mapToLong(Copied::rows).sum();
        if (rows == 0) {
            return List.of("pilot: the source table has no row, so nothing can be extrapolated");
        }
        Forecast forecast = Forecast.of(parts(), source.rows());
        List<String> lines = new ArrayList<>();
        sample(lines, rows);
        lines.add("rows: about " + Amounts.number((double) forecast.rows()) + ", "
                + forecast.origin().words() + "; the source's statistics say "
                + Amounts.number((double) source.rows()));
        time(lines, forecast);
        space(lines, forecast, rows);
        binlog(lines, forecast, rows);
        lines.add(
                "not known: what the application's load will be; how much slower it goes once the rows and indexes of the target no"
                        + " longer fit into its buffer pool, which they did here; what other tables the servers are busy with by then");
        retention(lines, forecast);
        return lines;
    }

    private void sample(List<String> lines, long rows) {
        long bytes = copied.stream().mapToLong(Copied::bytes).sum();
        lines.add(String.format(
                Locale.ROOT,
                "pilot: copied %d rows with %d bytes of values, %.0f bytes a row, from %d key ranges between %d and %d; %s is dropped again",
                rows,
                bytes,
                (double) bytes / rows,
                copied.size(),
                copied.get(0).range().from(),
                copied.get(copied.size() - 1).range().upTo(),
                table));
        lines.add("ranges: " + smallest() + " to " + largest() + " bytes a row");
        lines.add("pace: " + workers + " workers, "
                + (budget.isEmpty() ? "unthrottled" : "within the budget of " + budget)
                + ", following no signal of the servers; no stream ran beside them");
        if (differing > 0) {
            lines.add(
                    "warning: " + differing
                            + " rows of the sample are not equal on both sides; those that the application changed meanwhile have to be, others are a fault");
        }
    }

    private long smallest() {
        return copied.stream()
                .filter(range -> range.rows() > 0)
                .mapToLong(range -> range.bytes() / range.rows())
                .min()
                .orElse(0);
    }

    private long largest() {
        return copied.stream()
                .filter(range -> range.rows() > 0)
                .mapToLong(range -> range.bytes() / range.rows())
                .max()
                .orElse(0);
    }

    private void time(List<String> lines, Forecast forecast) {
        Forecast.Span copy = forecast.copy();
        lines.add(String.format(
                Locale.ROOT,
                "copy: about %s at %.0f rows/s; %s to %s by the fastest and the slowest range",
                Amounts.time(copy.likely()),
                forecast.rows() / Math.max(1e-9, copy.likely()),
                Amounts.time(copy.least()),
                Amounts.time(copy.most())));
        if (lateIndexes > 0) {
            lines.add("late indexes: about " + Amounts.time(indexSeconds(forecast)) + " to build " + lateIndexes
                    + " after the rows, and more once they are sorted on disk");
        }
        Forecast.Span compare = forecast.compare();
        lines.add(
                "comparison of all rows: about " + Amounts.time(compare.likely()) + "; " + Amounts.time(compare.least())
                        + " to " + Amounts.time(compare.most()) + ", with rows that are in memory on both servers");
    }

    private void space(List<String> lines, Forecast forecast, long rows) {
        double data = scratch.data() * forecast.byBytes();
        double indexes = scratch.indexes() * forecast.byRows();
        lines.add(String.format(
                Locale.ROOT,
                "space on the target: about %s, %s of rows and %s of secondary indexes, %.0f bytes a row in the sample; the source uses %s by"
                        + " its own statistics. How much is free there cannot be asked through SQL: look at its disk",
                Amounts.bytes(data + indexes),
                Amounts.bytes(data),
                Amounts.bytes(indexes),
                (double) scratch.bytes() / rows,
                Amounts.bytes((double) source.bytes())));
    }

    private void binlog(List<String> lines, Forecast forecast, long rows) {
        lines.add(
                binlog.isPresent()
                        ? String.format(
                                Locale.ROOT,
                                "binlog of the target: about %s for the copy, %.0f bytes a row with all that was written there meanwhile",
                                Amounts.bytes(binlog.getAsLong() * forecast.byBytes()),
                                (double) binlog.getAsLong() / rows)
                        : "binlog of the target: unknown, " + binlogUnknown);
    }

    private void retention(List<String> lines, Forecast forecast) {
        double needed = forecast.copy().most()
                + indexSeconds(forecast)
                + forecast.compare().most()
                + maxLag.toNanos() / 1e9;
        String all = "up to " + Amounts.time(needed) + " for copy, indexes, catching up and comparison";
        if (retention.seconds() == 0) {
            lines.add("binlog of the source: " + retention.setting()
                    + " says that the server purges none of it by itself; " + all);
            return;
        }
        String kept = "binlog of the source: kept for " + Amounts.time((double) retention.seconds()) + " ("
                + retention.setting() + "), " + all;
        lines.add(
                retention.isShortFor(needed)
                        ? "warning: " + kept
                                + ", which is more than half of that: an interruption of the daemon may last longer than what it has to read again;"
                                + " keep binlogs for longer before the start"
                        : kept);
    }

    private double indexSeconds(Forecast forecast) {
        return building.toNanos() / 1e9 * forecast.byRows();
    }

    private List<Forecast.Part> parts() {
        List<Forecast.Part> parts = new ArrayList<>();
        for (int i = 0; i < copied.size(); i++) {
            Copied one = copied.get(i);
            parts.add(new Forecast.Part(
                    one.range().keysUpTo(one.range().upTo()),
                    one.range().keysUpTo(one.upTo()),
                    one.whole(),
                    one.rows(),
                    one.bytes(),
                    one.busy().toNanos() / 1e9 / workers,
                    compared.get(i).toNanos() / 1e9));
        }
        return parts;
    }
}
