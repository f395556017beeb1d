package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The daemon's memory while rows of 4 MB are copied and changed, up to parity. */
final class RssSuite implements Suite {
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final int ROWS_PER_LARGE_ROW = 5_000;
    private static final int FEWEST = 8;
    private static final int MOST = 200;
    private static final int CHANGED = 20;
    private static final double WANTED = 768;
    private static final OwnTable TABLE = new OwnTable(
            "large",
            "changes INT NOT NULL, payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL",
            "0, REPEAT(MD5(n), 131072)",
            "changes, payload");

    @Override
    public String name() {
        return "rss";
    }

    @Override
    public void run(Order order, Report report) throws IOException, SQLException, InterruptedException {
        int rows = Math.max(FEWEST, Math.min(MOST, order.rows() / ROWS_PER_LARGE_ROW));
        List<Double> peaks = new ArrayList<>();
        try (Servers servers = Servers.start(order.repository(), order.folder(), "2G")) {
            servers.settings().forEach(line -> report.result("- " + line));
            servers.world().create();
            TABLE.fill(servers, rows, 1);
            for (int repeat = 0; repeat < order.repeats(); repeat++) {
                double peak = peak(servers, rows);
                peaks.add(peak);
                report.say(
                        rows + " rows of 4 MB, changed " + Math.min(rows, CHANGED) + " of them: peak " + peak + " MB");
            }
        }
        Spread spread = Spread.of(peaks);
        report.result("- " + rows + " rows of 4 MB copied while " + Math.min(rows, CHANGED)
                + " of them changed: the daemon's peak is " + spread.text(0) + " MB");
        report.bar(Bar.atMost("rss-megabytes", OptionalDouble.of(spread.greatest()), WANTED));
    }

    private static double peak(Servers servers, int rows) throws IOException, SQLException, InterruptedException {
        servers.reset();
        TABLE.createTarget(servers);
        ExecutorService application = Executors.newSingleThreadExecutor();
        try (DaemonRun daemon = DaemonRun.start(servers, TABLE.config())) {
            daemon.await("BACKFILL", LIMIT);
            Future<?> changes = application.submit(() -> change(servers, Math.min(rows, CHANGED)));
            daemon.await("CATCH_UP", LIMIT);
            changes.get();
            daemon.await("READY", LIMIT);
            double peak = Usage.peakMegabytes(daemon.pid());
            daemon.stop();
            TABLE.check(servers);
            return peak;
        } catch (ExecutionException e) {
            throw new FailedException("the application cannot write: " + e.getCause());
        } finally {
            application.shutdownNow();
        }
    }

    private static Integer change(Servers servers, int rows) throws SQLException {
        try (Connection connection = servers.sourceConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE large SET changes = changes + 1 WHERE id = ?")) {
            for (int id = 1; id <= rows; id++) {
                update.setInt(1, id);
                update.executeUpdate();
            }
        }
        return rows;
    }
}
