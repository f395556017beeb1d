package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.demo.DaemonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What comparing every row costs: the command {@code verify} on a copy that stands still, against its own digest statements sent by clients that do nothing
 * else; and the daemon's comparison against its copy.
 */
final class VerifySuite implements Suite {
    private static final Duration LIMIT = Duration.ofHours(4);
    private static final int WORKERS = 2;
    private static final double WANTED = 1.2;
    private static final int AIM_PERCENT = 10;

    @Override
    public String name() {
        return "verify";
    }

    @Override
    public void run(Order order, Report report) throws IOException, SQLException, InterruptedException {
        List<Double> command = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Phases> phases = new ArrayList<>();
        int ranges = 0;
        try (Servers servers = Servers.start(order.repository(), order.folder(), "2G")) {
            servers.settings().forEach(line -> report.result("- " + line));
            History history = History.build(servers, order.rows());
            report.result("- " + order.rows() + " rows of a courseware history: " + history.size());
            for (int repeat = 0; repeat < order.repeats(); repeat++) {
                servers.reset();
                phases.add(copy(servers));
                history.check("the daemon", World.EXTENDED_TABLE);
                // Every lap finds the rows in the same memory: this one has just read all of them.
                DigestStatements digests = DigestStatements.of(servers, () -> verify(servers));
                ranges = digests.pairs().size();
                if (repeat % 2 == 0) {
                    command.add(verify(servers));
                    alone.add(digests.seconds(servers, WORKERS, order.rows()));
                } else {
                    alone.add(digests.seconds(servers, WORKERS, order.rows()));
                    command.add(verify(servers));
                }
                ratios.add(last(command) / last(alone));
                report.say(String.format(
                        Locale.ROOT,
                        "%d/%d verify %.2f s, digests alone %.2f s; %s",
                        repeat + 1,
                        order.repeats(),
                        last(command),
                        last(alone),
                        phases.get(repeat)));
            }
        }
        report.result(String.format(
                Locale.ROOT,
                "- in the daemon's own run the comparison takes %s %% of the copy's time, with its defaults; the aim is %d %%. %s s in"
                        + " `VERIFY`, %s s in `BACKFILL`",
                Spread.of(phases.stream().map(Phases::percent).toList()).text(1),
                AIM_PERCENT,
                Spread.of(phases.stream().map(Phases::compared).toList()).text(2),
                Spread.of(phases.stream().map(Phases::copied).toList()).text(2)));
        report.page("");
        report.result("| " + order.rows() + " rows in " + ranges + " ranges, " + WORKERS
                + " at once | s, median (least..greatest) | rows/s |");
        report.result("|---|---|---|");
        report.result(row("`widekey verify`, its start included", command, order.rows()));
        report.result(row("its digest statements alone", alone, order.rows()));
        report.bar(Bar.atMost(
                "verify-to-digests", OptionalDouble.of(Spread.of(ratios).median()), WANTED));
    }

    /** Seconds the daemon spent in two phases. */
    private record Phases(double copied, double compared) {
        double percent() {
            return compared / copied * 100;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "the daemon copied for %.2f s and compared for %.2f s", copied, compared);
        }
    }

    private static Phases copy(Servers servers) throws IOException, SQLException, InterruptedException {
        try (DaemonRun daemon = DaemonRun.start(servers, DaemonConfig.ofHistory())) {
            LocalDateTime ready = daemon.await("READY", LIMIT);
            LocalDateTime backfill = daemon.await("BACKFILL", LIMIT);
            LocalDateTime catchUp = daemon.await("CATCH_UP", LIMIT);
            LocalDateTime verify = daemon.await("VERIFY", LIMIT);
            daemon.stop();
            return new Phases(seconds(backfill, catchUp), seconds(verify, ready));
        }
    }

    /** Runs the command to its good end; every row is equal then. */
    private static double verify(Servers servers) throws IOException, InterruptedException {
        Path launcher = new DaemonFiles(servers.repository(), 1).launcher();
        Path config = DaemonConfig.ofHistory().write(servers);
        long began = System.nanoTime();
        Tool.run(
                servers.folder().resolve("verify.log"),
                Map.of(),
                List.of(
                        launcher.toString(),
                        "verify",
                        "--config",
                        config.toString(),
                        "--workers",
                        Integer.toString(WORKERS)));
        return (System.nanoTime() - began) / 1e9;
    }

    private static String row(String name, List<Double> seconds, int rows) {
        Spread spread = Spread.of(seconds);
        return String.format(Locale.ROOT, "| %s | %s | %.0f |", name, spread.text(2), rows / spread.median());
    }

    private static double seconds(LocalDateTime from, LocalDateTime to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private static double last(List<Double> values) {
        return values.get(values.size() - 1);
    }
}
