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
    private final String name;
    private final String bufferPool;
    private final Optional<List<Contender>> only;
    private final List<Race> races;

    private CopySuite(String name, String bufferPool, Optional<List<Contender>> only, List<Race> races) {
        this.name = name;
        this.bufferPool = bufferPool;
        this.only = only;
        this.races = races;
    }

    /** Everybody, with everything in memory. */
    static CopySuite ofEverybody() {
        return new CopySuite("copy", "2G", Optional.empty(), Race.IN_MEMORY);
    }

    /** Late indexes against indexes in place, with less memory than indexes when there are rows enough. */
    static CopySuite ofIndexes() {
        return new CopySuite(
                "indexes",
                "128M",
                Optional.of(
                        Contenders.named(String.join(",", Contenders.WIDEKEY, Contenders.LATE, Contenders.MYDUMPER))),
                Race.BEYOND_MEMORY);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(Order order, Report report) throws IOException, SQLException, InterruptedException {
        List<Contender> present = new ArrayList<>();
        List<Contender> asked = only.orElse(order.contenders());
        for (Contender contender : asked) {
            Optional<String> missing = contender.missing();
            if (missing.isPresent()) {
                report.result("- missing: " + missing.get());
            } else {
                present.add(contender);
            }
        }
        Map<Contender, List<Lap>> laps = new LinkedHashMap<>();
        try (Servers servers = Servers.start(order.repository(), order.folder(), bufferPool)) {
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
        if (laps.isEmpty()) {
            throw new FailedException("nobody could be measured");
        }
        new CopyTable(order.rows(), asked, laps, races).report(report);
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
