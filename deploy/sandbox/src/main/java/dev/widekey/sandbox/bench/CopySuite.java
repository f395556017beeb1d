package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.bench.Contender.MissingException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Every contender copies the same rows in turn, again and again, in an order that rotates; every result is compared with the source. */
final class CopySuite implements Suite {

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public void run(Order order, Report report) throws IOException, SQLException, InterruptedException {
        List<Contender> present = new ArrayList<>();
        for (Contender contender : order.contenders()) {
            Optional<String> missing = contender.missing();
            if (missing.isPresent()) {
                report.result("- missing: " + missing.get());
            } else {
                present.add(contender);
            }
        }
        Map<Contender, List<Lap>> laps = new LinkedHashMap<>();
        try (Servers servers = Servers.start(order.repository(), order.folder(), "1G")) {
            servers.settings().forEach(line -> report.result("- " + line));
            History history = History.build(servers, order.rows());
            report.result("- " + order.rows() + " rows of a courseware history: " + history.size());
            for (int repeat = 0; repeat < order.repeats(); repeat++) {
                for (int i = 0; i < present.size(); i++) {
                    Contender contender = present.get((i + repeat) % present.size());
                    Optional<Lap> lap = lap(servers, history, contender, report);
                    if (lap.isPresent()) {
                        laps.computeIfAbsent(contender, key -> new ArrayList<>())
                                .add(lap.get());
                        report.say((repeat + 1) + "/" + order.repeats() + " "
                                + line(contender.name(), lap.get(), order.rows()));
                    }
                }
                present.retainAll(laps.keySet());
            }
        }
        new CopyTable(order, laps).report(report);
    }

    private static Optional<Lap> lap(Servers servers, History history, Contender contender, Report report)
            throws IOException, SQLException, InterruptedException {
        servers.reset();
        try {
            Lap lap = contender.copy(servers);
            history.check(contender.name(), contender.table());
            history.restore();
            return Optional.of(lap);
        } catch (MissingException missing) {
            report.result("- missing: " + contender.name() + ", " + firstLine(missing));
            return Optional.empty();
        } catch (FailedException failed) {
            throw new FailedException(contender.name() + ": " + failed.getMessage());
        }
    }

    private static String line(String name, Lap lap, int rows) {
        return String.format(
                Locale.ROOT,
                "%-12s %7.2f s %8.0f rows/s  CPU: tool %.1f source %.1f target %.1f%s",
                name,
                lap.seconds(),
                lap.rowsPerSecond(rows),
                lap.toolCpu(),
                lap.sourceCpu(),
                lap.targetCpu(),
                lap.peakMegabytes() > 0 ? "  peak " + lap.peakMegabytes() + " MB" : "");
    }

    private static String firstLine(RuntimeException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
