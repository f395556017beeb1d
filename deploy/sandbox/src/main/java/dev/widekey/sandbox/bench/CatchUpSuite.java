package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How fast the daemon works off what happened while it was down, against the engine feeding nothing and the same rows applied from memory, both at once but
 * unconnected: what it would reach if reading and writing cost each other nothing.
 */
final class CatchUpSuite implements Suite {
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final double WANTED = 0.8;

    @Override
    public String name() {
        return "catchup";
    }

    @Override
    public void run(Order order, Report report) throws IOException, SQLException, InterruptedException {
        // Small transactions cost the most to write, so there are fewer.
        Map<Integer, Integer> rowsBySize = new LinkedHashMap<>();
        rowsBySize.put(500, Math.max(500, order.rows() / 2));
        rowsBySize.put(1, Math.max(100, order.rows() / 5));
        Map<Integer, List<Rates>> all = new LinkedHashMap<>();
        try (Servers servers = Servers.start(order.repository(), order.folder(), "2G")) {
            servers.settings().forEach(line -> report.result("- " + line));
            History history = History.build(servers, order.rows());
            for (int repeat = 0; repeat < order.repeats(); repeat++) {
                servers.reset();
                try (DaemonRun daemon = DaemonRun.start(servers, DaemonConfig.ofHistory())) {
                    daemon.await("READY", LIMIT);
                    daemon.stop();
                }
                for (Map.Entry<Integer, Integer> kind : rowsBySize.entrySet()) {
                    Rates rates = measure(servers, kind.getKey(), kind.getValue());
                    all.computeIfAbsent(kind.getKey(), key -> new ArrayList<>()).add(rates);
                    report.say(kind.getValue() + " rows in transactions of " + kind.getKey() + ": " + rates);
                }
                history.check("the stream", World.EXTENDED_TABLE);
                history.restore();
            }
        }
        report.page("");
        report.result(
                "| Rows | Rows per transaction | daemon, rows/s | engine feeding nothing, rows/s | applied from memory, rows/s |");
        report.result("|---|---|---|---|---|");
        all.forEach((size, rates) -> report.result("| " + rowsBySize.get(size) + " | " + size + " | "
                + Spread.of(rates.stream().map(Rates::daemon).toList()).text(0) + " | "
                + Spread.of(rates.stream().map(Rates::engine).toList()).text(0) + " | "
                + Spread.of(rates.stream().map(Rates::memory).toList()).text(0) + " |"));
        all.forEach((size, rates) -> report.bar(Bar.atLeast(
                "catchup-" + size + "-row-transactions",
                rates.stream().anyMatch(rate -> Double.isNaN(rate.daemon()))
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(
                                Spread.of(rates.stream().map(Rates::ratio).toList())
                                        .median()),
                WANTED)));
    }

    /** Rows per second of all three. */
    private record Rates(double daemon, double engine, double memory) {
        double ratio() {
            return daemon / Math.min(engine, memory);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "daemon %.0f, engine %.0f, memory %.0f rows/s", daemon, engine, memory);
        }
    }

    private static Rates measure(Servers servers, int perTransaction, int rows)
            throws IOException, SQLException, InterruptedException {
        Backlog backlog = Backlog.write(servers, perTransaction, rows);
        double daemon = daemon(servers, backlog);
        try (Engine engine = Engine.reading(servers, backlog.rows(), backlog.offset())) {
            MemoryApply memory = MemoryApply.of(servers, backlog.firstId());
            engine.awaitBeginning();
            double applied = memory.rowsPerSecond(servers);
            Engine.Result read = engine.await();
            return new Rates(daemon, read.rows() / read.seconds(), applied);
        }
    }

    /** From the moment the stored position moves to the moment it covers everything. */
    private static double daemon(Servers servers, Backlog backlog)
            throws IOException, SQLException, InterruptedException {
        try (DaemonRun daemon = DaemonRun.start(servers, DaemonConfig.ofHistory())) {
            String before = daemon.position();
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (daemon.position().equals(before) && System.nanoTime() < deadline) {
                daemon.pause();
            }
            long began = System.nanoTime();
            long done = applied(servers, backlog);
            while (!daemon.covers(backlog.gtids())) {
                if (System.nanoTime() > deadline) {
                    throw new Contender.FailedException(
                            "the daemon does not catch up in " + LIMIT.toHours() + " hours");
                }
                daemon.pause();
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            daemon.stop();
            long timed = backlog.rows() - done;
            // What was there before the clock ran says nothing; when that is most of it, neither does the rest.
            return timed > backlog.rows() / 2 ? timed / seconds : Double.NaN;
        }
    }

    private static long applied(Servers servers, Backlog backlog) throws SQLException {
        try (Connection connection = servers.targetConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT COUNT(*) FROM " + World.EXTENDED_TABLE + " WHERE id >= " + backlog.firstId())) {
            row.next();
            return row.getLong(1);
        }
    }
}
