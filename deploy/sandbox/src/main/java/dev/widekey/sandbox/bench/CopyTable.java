package dev.widekey.sandbox.bench;

import static dev.widekey.sandbox.bench.Contenders.DEBEZIUM;
import static dev.widekey.sandbox.bench.Contenders.FLOOR;
import static dev.widekey.sandbox.bench.Contenders.LATE;
import static dev.widekey.sandbox.bench.Contenders.MYDUMPER;
import static dev.widekey.sandbox.bench.Contenders.MYSQLDUMP;
import static dev.widekey.sandbox.bench.Contenders.PT_ARCHIVER;
import static dev.widekey.sandbox.bench.Contenders.WIDEKEY;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The copies side by side: medians, spread, ratios and bars. Immutable.
 *
 * @param order what was asked for
 * @param laps what was measured, in the order of the table
 */
record CopyTable(Order order, Map<Contender, List<Lap>> laps) {
    private static final double OF_THE_FLOOR = 0.8;
    private static final double OF_MYDUMPER = 1.0;
    private static final double OF_SINGLE_STREAMS = 1.7;
    private static final double OF_DEBEZIUM = 3;
    private static final double CPU_PER_MILLION = 5;

    void report(Report report) throws IOException, InterruptedException {
        for (Contender contender : laps.keySet()) {
            report.page("- `" + contender.name() + "`: " + contender.version());
        }
        report.page("");
        report.result("| Contender | s, median (least..greatest) | rows/s | rate to floor | CPU s per million rows:"
                + " tool | source | target | peak MB |");
        report.result("|---|---|---|---|---|---|---|---|");
        for (Contender contender : order.contenders()) {
            if (laps.containsKey(contender)) {
                report.result(row(contender));
            }
        }
        bars().forEach(report::bar);
    }

    private List<Bar> bars() {
        return List.of(
                        new Wanted(WIDEKEY, FLOOR, OF_THE_FLOOR),
                        new Wanted(WIDEKEY, MYDUMPER, OF_MYDUMPER),
                        new Wanted(WIDEKEY, MYSQLDUMP, OF_SINGLE_STREAMS),
                        new Wanted(WIDEKEY, PT_ARCHIVER, OF_SINGLE_STREAMS),
                        new Wanted(WIDEKEY, DEBEZIUM, OF_DEBEZIUM),
                        new Wanted(LATE, MYDUMPER, OF_MYDUMPER))
                .stream()
                .filter(wanted -> isAskedFor(wanted.ours()) && isAskedFor(wanted.theirs()))
                .map(wanted -> Bar.atLeast(
                        "copy-" + wanted.ours() + "-to-" + wanted.theirs(),
                        ratio(wanted.ours(), wanted.theirs()),
                        wanted.ratio()))
                .collect(Collectors.collectingAndThen(Collectors.toList(), this::withCpu));
    }

    private record Wanted(String ours, String theirs, double ratio) {}

    private List<Bar> withCpu(List<Bar> bars) {
        if (isAskedFor(WIDEKEY)) {
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
        return order.contenders().stream()
                .anyMatch(contender -> contender.name().equals(name));
    }

    private String row(Contender contender) {
        List<Lap> own = Objects.requireNonNull(laps.get(contender));
        double millions = order.rows() / 1e6;
        OptionalDouble toFloor = ratio(contender.name(), FLOOR);
        double peak = spread(own, Lap::peakMegabytes).median();
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %.0f | %s | %.1f | %.1f | %.1f | %s |",
                contender.name(),
                spread(own, Lap::seconds).text(2),
                order.rows() / spread(own, Lap::seconds).median(),
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
