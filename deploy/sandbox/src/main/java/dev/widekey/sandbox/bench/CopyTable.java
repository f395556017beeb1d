package dev.widekey.sandbox.bench;

import static dev.widekey.sandbox.bench.Contenders.FLOOR;
import static dev.widekey.sandbox.bench.Contenders.WIDEKEY;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The copies side by side: medians, spread, ratios and bars. Immutable.
 *
 * @param rows how many rows each lap copied
 * @param asked who was asked to take part, in the order of the table
 * @param laps what was measured
 * @param races the comparisons that are bars
 */
record CopyTable(int rows, List<Contender> asked, Map<Contender, List<Lap>> laps, List<Race> races) {
    private static final double CPU_PER_MILLION = 5;

    void report(Report report) throws IOException, InterruptedException {
        for (Contender contender : laps.keySet()) {
            report.page("- `" + contender.name() + "`: " + contender.version());
        }
        report.page("");
        report.result("| Contender | s, median (least..greatest) | rows/s | rate to floor | CPU s per million rows:"
                + " tool | source | target | peak MB |");
        report.result("|---|---|---|---|---|---|---|---|");
        for (Contender contender : asked) {
            if (laps.containsKey(contender)) {
                report.result(row(contender));
            }
        }
        bars().forEach(report::bar);
    }

    private List<Bar> bars() {
        List<Bar> bars = new ArrayList<>();
        for (Race race : races) {
            if (isAskedFor(race.ours()) && isAskedFor(race.theirs())) {
                bars.add(Bar.atLeast(race.name(), ratio(race.ours(), race.theirs()), race.ratio()));
            }
        }
        if (races.equals(Race.IN_MEMORY) && isAskedFor(WIDEKEY)) {
            OptionalDouble warm = median(WIDEKEY, Lap::warmCpu);
            bars.add(Bar.atMost(
                    "copy-cpu-per-million-rows",
                    warm.isPresent() && warm.getAsDouble() > 0 ? warm : OptionalDouble.empty(),
                    CPU_PER_MILLION));
        }
        return bars;
    }

    /** How many times faster the first is. */
    private OptionalDouble ratio(String ours, String theirs) {
        OptionalDouble our = median(ours, Lap::seconds);
        OptionalDouble their = median(theirs, Lap::seconds);
        return our.isPresent() && their.isPresent()
                ? OptionalDouble.of(their.getAsDouble() / our.getAsDouble())
                : OptionalDouble.empty();
    }

    private OptionalDouble median(String name, ToDoubleFunction<Lap> value) {
        return laps.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .mapToDouble(entry -> spread(entry.getValue(), value).median())
                .findFirst();
    }

    private boolean isAskedFor(String name) {
        return asked.stream().anyMatch(contender -> contender.name().equals(name));
    }

    private String row(Contender contender) {
        List<Lap> own = Objects.requireNonNull(laps.get(contender));
        double millions = rows / 1e6;
        OptionalDouble toFloor = ratio(contender.name(), FLOOR);
        double peak = spread(own, Lap::peakMegabytes).median();
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %.0f | %s | %.1f | %.1f | %.1f | %s |",
                contender.name(),
                spread(own, Lap::seconds).text(2),
                rows / spread(own, Lap::seconds).median(),
                toFloor.isPresent() ? String.format(Locale.ROOT, "%.2f", toFloor.getAsDouble()) : "",
                spread(own, Lap::toolCpu).median() / millions,
                spread(own, Lap::sourceCpu).median() / millions,
                spread(own, Lap::targetCpu).median() / millions,
                peak > 0 ? String.format(Locale.ROOT, "%.0f", peak) : "");
    }

    private static Spread spread(List<Lap> laps, ToDoubleFunction<Lap> value) {
        return Spread.of(laps.stream().map(value::applyAsDouble).toList());
    }
}
