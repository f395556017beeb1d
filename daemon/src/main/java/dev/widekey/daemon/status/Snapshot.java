package dev.widekey.daemon.status;

import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.forecast.Forecast;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.state.Phase;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What the daemon does at one moment.
 *
 * @param fraction of the key space handed out for copying, 0 to 1
 * @param rows copied by this process
 * @param rowsPerSecond copied lately
 * @param applied changes of the stream applied by this process
 * @param appliedPerSecond applied lately
 * @param lag of the stream; empty when unknown
 * @param throttle why the copy is held back; empty when it is not
 * @param eta of the copy, an estimate; empty when there is none
 * @param building how far the building of late indexes is; empty while nothing is built
 * @param waitsFor what the cutover waits for, before it begins or before the reads move; empty when there is nothing to say
 * @param quarantine rows in it; empty when unknown
 * @param forecast what is to be expected of the source
 * @param flip who follows the last flip of the application's flags; empty when there is none to follow
 * @param compared rows compared by the comparison that runs or ran last
 * @param background what is compared in the background
 * @param failed whether something was raised that ends the process
 * @param ready whether the daemon does its work: it owns the migration, nothing failed, and the stream is connected where it is needed
 */
public record Snapshot(
        String migration,
        Phase phase,
        long epoch,
        double fraction,
        long rows,
        double rowsPerSecond,
        long applied,
        double appliedPerSecond,
        Optional<Duration> lag,
        Optional<String> throttle,
        Optional<Duration> eta,
        Optional<String> building,
        Optional<String> waitsFor,
        Optional<EntryLog.Counts> quarantine,
        Forecast forecast,
        Optional<Followed> flip,
        long compared,
        Rounds.Progress background,
        boolean ready,
        boolean failed) {

    /** The recurring line. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "phase=%s copied=%.1f%% rows=%d rows/s=%.0f applied=%d applied/s=%.0f lag=%s throttle=%s eta=%s forecast=\"%s\"%s%s%s%s%s%s",
                phase,
                fraction * 100,
                rows,
                rowsPerSecond,
                applied,
                appliedPerSecond,
                lag.map(Snapshot::seconds).orElse("unknown"),
                throttle.map(reason -> "\"" + reason + "\"").orElse("none"),
                eta.map(Snapshot::clock).orElse("-"),
                forecast.text(),
                building.map(progress -> " building=\"" + progress + "\"").orElse(""),
                phase == Phase.VERIFY ? " compared=" + compared : "",
                phase == Phase.READY ? " background=" + background.rows() + " rounds=" + background.rounds() : "",
                quarantine
                        .filter(EntryLog.Counts.NONE::equals)
                        .map(none -> "")
                        .orElseGet(() -> " quarantine="
                                + quarantine
                                        .map(rows -> rows.open() + rows.accepted() + "")
                                        .orElse("unknown")),
                flip.map(followed -> " flip=\"" + followed.text() + "\"").orElse(""),
                waitsFor.map(reason -> " waits=\"" + reason + "\"").orElse(""));
    }

    /** What a person watching the copy wants beside the bar. */
    public String pace() {
        return String.format(
                Locale.ROOT,
                "%.0f rows/s, lag %s, %s%s",
                rowsPerSecond,
                lag.map(Snapshot::seconds).orElse("unknown"),
                eta.map(left -> "about " + clock(left) + " left").orElse("estimating"),
                throttle.map(reason -> ", throttle: " + reason).orElse(""));
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2fs", duration.toMillis() / 1000.0);
    }

    private static String clock(Duration duration) {
        return String.format(
                Locale.ROOT, "%02d:%02d:%02d", duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart());
    }
}
