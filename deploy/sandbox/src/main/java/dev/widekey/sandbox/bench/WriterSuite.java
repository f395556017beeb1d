package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What an application that writes to the source feels: its slowest hundredth while nothing else goes on, and while the daemon copies at its defaults. */
final class WriterSuite implements Suite {
    private static final Duration LIMIT = Duration.ofHours(4);
    private static final double WRITES_PER_SECOND = 100;
    private static final int IDLE_WRITES = 2_000;
    private static final int FIRST_WRITES = 200;
    private static final double P99 = 0.99;
    private static final double WANTED = 1.3;

    @Override
    public String name() {
        return "writer";
    }

    @Override
    public void run(Order order, Report report) throws IOException, SQLException, InterruptedException {
        List<Double> idle = new ArrayList<>();
        List<Double> busy = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        DaemonConfig config = DaemonConfig.ofHistory().withDefaultThrottle();
        try (Servers servers = Servers.start(order.repository(), order.folder(), "2G")) {
            servers.settings().forEach(line -> report.result("- " + line));
            History history = History.build(servers, order.rows());
            report.result("- " + order.rows() + " rows of a courseware history: " + history.size());
            for (int repeat = 0; repeat < order.repeats(); repeat++) {
                servers.reset();
                try (LiveWriter writer = LiveWriter.start(servers, WRITES_PER_SECOND);
                        DaemonRun daemon = idleThenStart(servers, writer, config, idle)) {
                    daemon.await("BACKFILL", LIMIT);
                    double[] ignored = writer.takeLatencies();
                    Lap lap = WidekeyCopy.measure(servers, daemon);
                    double[] seen = writer.takeLatencies();
                    writer.check();
                    busy.add(Spread.quantile(seen, P99));
                    ratios.add(last(busy) / last(idle));
                    rates.add(lap.rowsPerSecond(order.rows()));
                    writer.close();
                    daemon.await("READY", LIMIT);
                    daemon.stop();
                    history.check("the daemon", World.EXTENDED_TABLE);
                    report.say(String.format(
                            Locale.ROOT,
                            "p99 idle %.2f ms, during the copy %.2f ms (of %d writes, %d discarded), copied %.0f rows/s",
                            last(idle),
                            last(busy),
                            seen.length,
                            ignored.length,
                            last(rates)));
                }
                history.restore();
            }
        }
        report.page("");
        report.result(String.format(
                Locale.ROOT,
                "| %.0f writes/s | p99 ms, median (least..greatest) | copied rows/s |",
                WRITES_PER_SECOND));
        report.result("|---|---|---|");
        report.result("| nothing else | " + Spread.of(idle).text(2) + " | |");
        report.result("| while copying | " + Spread.of(busy).text(2) + " | "
                + Spread.of(rates).text(0) + " |");
        report.bar(Bar.atMost("writer-p99", OptionalDouble.of(Spread.of(ratios).median()), WANTED));
    }

    /** The application's first statements are slow for reasons of their own, so they do not count. */
    private static DaemonRun idleThenStart(Servers servers, LiveWriter writer, DaemonConfig config, List<Double> idle)
            throws IOException, SQLException, InterruptedException {
        writer.await(FIRST_WRITES);
        double[] ignored = writer.takeLatencies();
        writer.await(Math.max(ignored.length, IDLE_WRITES));
        idle.add(Spread.quantile(writer.takeLatencies(), P99));
        return DaemonRun.start(servers, config);
    }

    private static double last(List<Double> values) {
        return values.get(values.size() - 1);
    }
}
