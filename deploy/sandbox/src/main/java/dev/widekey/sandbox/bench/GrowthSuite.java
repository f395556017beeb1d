package dev.widekey.sandbox.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Time per row of small and large tables with narrow rows: it must not grow with the table. */
final class GrowthSuite implements Suite {
    private static final Duration LIMIT = Duration.ofHours(4);
    private static final int ROWS_PER_STATEMENT = 100_000;
    private static final double WANTED = 1.1;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public void run(Order order, Report report) throws IOException, SQLException, InterruptedException {
        Map<Long, OwnTable> tables = new LinkedHashMap<>();
        Map<Long, List<Double>> micros = new LinkedHashMap<>();
        try (Servers servers = Servers.start(order.repository(), order.folder(), "2G")) {
            servers.settings().forEach(line -> report.result("- " + line));
            servers.world().create();
            for (double millions : order.growth()) {
                long rows = Math.round(millions * 1e6);
                OwnTable table = new OwnTable(
                        "narrow_" + rows,
                        "owner INT NOT NULL, points INT NOT NULL, made DATETIME NOT NULL",
                        "n % 100003, n % 7, '2015-02-01' + INTERVAL n SECOND",
                        "owner, points, DATE_FORMAT(made, '%Y%m%d%H%i%s')");
                table.fill(servers, rows, ROWS_PER_STATEMENT);
                report.say(rows + " rows are there");
                tables.put(rows, table);
                micros.put(rows, new ArrayList<>());
            }
            for (int repeat = 0; repeat < order.repeats(); repeat++) {
                for (Map.Entry<Long, List<Double>> size : micros.entrySet()) {
                    OwnTable table = tables.get(size.getKey());
                    if (table != null) {
                        Lap lap = lap(servers, table);
                        size.getValue().add(lap.warmSeconds());
                        report.say(String.format(
                                Locale.ROOT,
                                "%d rows in %.2f s, peak %d MB",
                                size.getKey(),
                                lap.seconds(),
                                lap.peakMegabytes()));
                    }
                }
            }
        }
        report(micros, report);
    }

    private static Lap lap(Servers servers, OwnTable table) throws IOException, SQLException, InterruptedException {
        servers.reset();
        table.createTarget(servers);
        try (DaemonRun daemon = DaemonRun.start(servers, table.config())) {
            daemon.await("BACKFILL", LIMIT);
            Lap lap = WidekeyCopy.measure(servers, daemon);
            daemon.await("READY", LIMIT);
            daemon.stop();
            table.check(servers);
            return lap;
        }
    }

    private static void report(Map<Long, List<Double>> micros, Report report) {
        report.page("");
        report.result("| Narrow rows | microseconds per row, median (least..greatest) |");
        report.result("|---|---|");
        List<Double> medians = new ArrayList<>();
        micros.forEach((rows, values) -> {
            Spread spread = Spread.of(values);
            medians.add(spread.median());
            report.result("| " + rows + " | " + spread.text(3) + " |");
        });
        double ratio = medians.get(medians.size() - 1) / medians.get(0);
        report.bar(Bar.atMost("growth-time-per-row", OptionalDouble.of(ratio), WANTED));
    }
}
