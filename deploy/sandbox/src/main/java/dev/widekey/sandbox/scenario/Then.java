package dev.widekey.sandbox.scenario;

import dev.widekey.sandbox.csmh.CheckReport;
import dev.widekey.sandbox.csmh.CheckReport.Finding;
import dev.widekey.sandbox.csmh.Checker;
import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.Ledger;
import dev.widekey.sandbox.csmh.Side;
import dev.widekey.sandbox.csmh.SimulatorReport;
import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.demo.DaemonState;
import dev.widekey.sandbox.demo.DaemonState.PhaseEntry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What must hold when the scenario is over. Looks at tables and files once, when it is made; immutable afterwards. */
final class Then {
    private static final int SECONDS_TO_CATCH_UP = 60;
    private static final int SECONDS_TO_RUN_AGAIN = 5;
    private static final String ODD_ROWS =
            "SELECT CONCAT(SUM(id = 0), ' ', SUM(CAST(created AS CHAR) LIKE '0000-00-00 00:00:00%')) FROM ";

    private final Given given;
    private final Observed observed;
    private final int kills;
    private final CheckReport check;
    private final List<Point> points = new ArrayList<>();

    /** One promise, and whether it is kept. */
    record Point(int number, boolean holds, String what) {
        @Override
        public String toString() {
            return (holds ? "holds " : "BROKEN ") + number + " " + what;
        }
    }

    /**
     * Checks every point.
     *
     * @param kills how often the daemon was to be killed
     */
    Then(Given given, Observed observed, int kills) throws SQLException {
        this.given = given;
        this.observed = observed;
        this.kills = kills;
        this.check =
                Checker.check(given.world(), given.ledger(), given.anomalies().unfit());
        killed();
        rows();
        quarantine();
        straggler();
        flags();
        ids();
        costs();
        rerun();
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    boolean holds() {
        return points.stream().allMatch(Point::holds);
    }

    private void point(int number, boolean holds, String what) {
        points.add(new Point(number, holds, what));
    }

    private void killed() {
        point(0, observed.kills() == kills, "the daemon was killed " + observed.kills() + " of " + kills + " times");
    }

    private void rows() throws SQLException {
        point(1, check.isEqual() && check.unknown() == 0, "every row: " + check.summary());
        World world = given.world();
        String odd = odd(world.targetSchema() + "." + World.EXTENDED_TABLE);
        point(1, odd.equals("1 3"), "id 0 and zero dates on the target: " + odd);
    }

    private String odd(String table) throws SQLException {
        try (Connection connection = given.target().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ODD_ROWS + table)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private void quarantine() {
        String report = observed.report().output();
        String large = "(?m)^" + given.anomalies().oversizedId() + "  TOO_LARGE \\(.+$";
        point(
                1,
                observed.report().exit() == 5
                        && report.contains("2 rows in quarantine, 2 of them open")
                        && contains(report, "(?m)^-5  OUT_OF_RANGE \\(.+$")
                        && contains(report, large),
                "the quarantine names id -5 and the oversized row");
        point(
                1,
                observed.quarantine().heldTheFlags(),
                "the approved cutover was held: " + observed.quarantine().reason());
        point(1, observed.accepted().output().contains("2 accepted in all"), "both were accepted");
    }

    private static boolean contains(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).find();
    }

    private void straggler() {
        OptionalLong last = observed.lastStraggler();
        OptionalLong moved = observed.readsMoved();
        point(
                2,
                last.isPresent()
                        && moved.isPresent()
                        && moved.getAsLong() > last.getAsLong()
                        && observed.application().stragglerRows() > 0,
                "the reads moved " + secondsAfterStraggler() + " s after the last of the straggler's "
                        + observed.application().stragglerRows() + " rows");
    }

    private String secondsAfterStraggler() {
        if (observed.lastStraggler().isEmpty() || observed.readsMoved().isEmpty()) {
            return "?";
        }
        return seconds(
                (observed.readsMoved().getAsLong() - observed.lastStraggler().getAsLong()) / 1e9);
    }

    private void flags() throws SQLException {
        List<Flags> stored = new DaemonState(given.world()).flagHistory();
        point(3, observed.flags().equals(Flags.STAGES), "flags in the settings file: " + observed.flags());
        point(3, stored.equals(Flags.STAGES), "flags in the daemon's history: " + stored);
        SimulatorReport application = observed.application();
        point(
                3,
                application.reads() > 0 && application.wrongReads() == 0 && application.wrongFlags() == 0,
                application.reads() + " reads, " + application.wrongReads() + " wrong, " + application.wrongFlags()
                        + " that saw neither table " + application.examples());
    }

    private void ids() {
        Ledger ledger = given.ledger();
        OptionalLong copied = ledger.highest(Side.OLD);
        OptionalLong born = ledger.lowest(Side.EXTENDED);
        point(
                4,
                copied.isPresent() && born.isPresent() && born.getAsLong() > copied.getAsLong(),
                "ids born in the new table from " + text(born) + " up, copied ones up to " + text(copied));
        point(
                4,
                observed.gap().heldTheFlags()
                        && contains(observed.gap().reason(), "\\d+ s of runway at \\d+ rows/s; it needs \\d+ ids"),
                "a gap of 10000 held the approved cutover: " + observed.gap().reason());
    }

    private static String text(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "none";
    }

    private void costs() {
        point(
                5,
                observed.heapPeak() > 0 && observed.heapPeak() < (long) When.HEAP << 20,
                "peak heap " + (observed.heapPeak() >> 20) + " of " + When.HEAP + " MB");
        point(
                5,
                observed.lag().after() < SECONDS_TO_CATCH_UP,
                "the stream was " + observed.lag().seconds() + " s behind, "
                        + seconds(observed.lag().after()) + " s after the burst");
    }

    private void rerun() throws SQLException {
        Observed.Rerun again = observed.rerun();
        double most = SECONDS_TO_RUN_AGAIN + secondsOfAComparison();
        point(
                6,
                again.exit() == 0 && !again.wrote() && again.seconds() < most,
                "started again it ended with " + again.exit() + " after " + seconds(again.seconds()) + " s of at most "
                        + seconds(most) + " and wrote " + (again.wrote() ? "something" : "nothing")
                        + (again.exit() == 0 ? "" : ": " + again.output()));
    }

    /** The longest that one comparison of every row took. */
    private double secondsOfAComparison() throws SQLException {
        List<PhaseEntry> phases = new DaemonState(given.world()).phases();
        double longest = 0;
        for (int i = 0; i + 1 < phases.size(); i++) {
            if (phases.get(i).phase().equals("VERIFY")
                    && phases.get(i + 1).phase().equals("READY")) {
                Duration took =
                        Duration.between(phases.get(i).at(), phases.get(i + 1).at());
                longest = Math.max(longest, took.toMillis() / 1e3);
            }
        }
        return longest;
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }

    /** The scenario's last line. */
    String line() {
        SimulatorReport application = observed.application();
        boolean flags = points.stream().filter(point -> point.number() == 3).allMatch(Point::holds);
        return "scenario-e: parity=" + (check.isEqual() ? "equal" : "different")
                + " rows=" + check.targetRows()
                + " lost=" + check.count(Finding.LOST)
                + " ghost=" + check.count(Finding.GHOST)
                + " stale=" + check.count(Finding.STALE)
                + " other=" + others()
                + " left-behind=" + given.anomalies().unfit().size()
                + " kills=" + observed.kills()
                + " straggler=" + application.stragglerRows()
                + " reads-moved-after=" + secondsAfterStraggler() + "s"
                + " flags=" + (flags ? "ok" : "wrong")
                + " reads=" + application.reads()
                + " wrong=" + application.wrongReads()
                + " heap=" + (observed.heapPeak() >> 20) + "/" + When.HEAP + "MB"
                + " lag=" + observed.lag().seconds() + "s@"
                + seconds(observed.lag().after()) + "s"
                + " rerun=" + seconds(observed.rerun().seconds()) + "s"
                + " points=" + (holds() ? "ok" : "broken");
    }

    private long others() {
        return check.count(Finding.DIFFERENT)
                + check.count(Finding.EXTRA)
                + check.count(Finding.TAKEN_TWICE)
                + check.count(Finding.SOURCE_WRONG)
                + check.unknown();
    }
}
