package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.SimulatorReport;
import dev.widekey.sandbox.demo.DaemonState.PhaseEntry;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Collectors;

/** The table at the end of the demo. Stateless apart from where it prints. */
final class DemoTable {
    private final PrintStream out;

    DemoTable(PrintStream out) {
        this.out = out;
    }

    void print(DemoResult result, DaemonState state, KillPlan kills, String moved, int rows) throws SQLException {
        SimulatorReport application = result.application();
        line("rows at the start", rows);
        line("the daemon's whole run", moved);
        line("kills", kills);
        List<PhaseEntry> phases = state.phases();
        for (int i = 0; i < phases.size(); i++) {
            PhaseEntry entry = phases.get(i);
            String lasted = i + 1 < phases.size()
                    ? seconds(entry.at(), phases.get(i + 1).at())
                    : "";
            line(
                    i == 0 ? "phases" : "",
                    String.format(
                            "%-12s %7s  epoch %d  %s", entry.phase(), lasted, entry.epoch(), brief(entry.detail())));
        }
        line(
                "flags (extended,multiple)",
                result.flagHistory().stream().map(DemoResult::text).collect(Collectors.joining(" ")));
        line("written to the old table", application.oldRows());
        line("  of these by stragglers", application.stragglerRows());
        line("written to the extended table", application.extendedRows());
        line(
                "updates, deletes, rollbacks",
                application.updates() + ", " + application.deletes() + ", " + application.rolledBack());
        line("reads checked, wrong", application.reads() + ", " + application.wrongReads());
        line("flags that hid everything", application.wrongFlags());
        line("requests refused by a fence", application.refused());
        line("requests that failed", application.errors());
        line(
                "the Java client",
                result.client().written() + " rows, " + result.client().reads() + " reads, "
                        + result.client().refused() + " refused by a fence, "
                        + result.client().wrong() + " wrong");
        line("comparison", result.check().summary());
        application.examples().forEach(example -> line("", example));
    }

    private void line(String name, Object value) {
        out.printf("%-30s %s%n", name, value);
    }

    private static String brief(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private static String seconds(LocalDateTime from, LocalDateTime to) {
        return Math.round(Duration.between(from, to).toMillis() / 100.0) / 10.0 + "s";
    }
}
