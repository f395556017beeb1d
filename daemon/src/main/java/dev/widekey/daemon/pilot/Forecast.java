package dev.widekey.daemon.pilot;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a sample says about the whole table. Immutable.
 *
 * @param rows of the whole table
 * @param origin where that number comes from
 * @param byRows the whole table's rows for each row of the sample
 * @param byBytes the whole table's bytes of values for each byte of the sample
 * @param copy how long the copy takes
 * @param compare how long one comparison of all rows takes
 */
record Forecast(long rows, Origin origin, double byRows, double byBytes, Span copy, Span compare) {

    /** Beyond this factor between the densest range and the least dense one, a range says little about its part of the key space. */
    private static final double EVEN = 1.5;

    /** Where the number of rows comes from. */
    enum Origin {
        /** Every row is in the sample. */
        COUNTED("every row is in the sample"),
        /** Rows for each key, which is much the same in all ranges. */
        DENSITY("by the rows for each key, which are much the same in all ranges"),
        /** The source's statistics, as rows for each key differ much between the ranges. */
        STATISTICS("the source's own estimate, as the rows for each key differ much between the ranges");

        private final String words;

        Origin(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Seconds: at the speed of the fastest range, at that of each range for its part of the table, at that of the slowest one. */
    record Span(double least, double likely, double most) {}

    /**
     * One range of the sample, and the part of the table it stands for.
     *
     * @param keys of that part
     * @param sampledKeys of those, the ones whose rows are in the sample
     * @param whole whether these are all
     * @param bytes of all values
     * @param copySeconds with all workers
     * @param compareSeconds likewise
     */
    record Part(
            double keys,
            double sampledKeys,
            boolean whole,
            long rows,
            long bytes,
            double copySeconds,
            double compareSeconds) {

        private double estimate() {
            return whole ? rows : rows * keys / sampledKeys;
        }

        private double density() {
            return rows / sampledKeys;
        }
    }

    /**
     * Extrapolates.
     *
     * @param parts with at least one row
     * @param statistics rows of the source by its own statistics
     */
    static Forecast of(List<Part> parts, long statistics) {
        double counted = sum(parts, part -> part.whole() ? part.rows() : 0);
        double guessed = sum(parts, part -> part.whole() ? 0 : part.estimate());
        Origin origin = origin(parts);
        // The server may know nothing yet of rows that have been counted.
        double sampled = sum(parts, Part::rows);
        double factor = origin == Origin.STATISTICS && guessed > 0
                ? (Math.max((double) statistics, sampled) - counted) / guessed
                : 1;
        ToDoubleFunction<Part> rowsOf = part -> part.whole() ? part.rows() : part.estimate() * factor;
        double rows = sum(parts, rowsOf);
        double bytes =
                sum(parts, part -> part.rows() == 0 ? 0 : rowsOf.applyAsDouble(part) * part.bytes() / part.rows());
        return new Forecast(
                Math.round(rows),
                origin,
                rows / sampled,
                bytes / Math.max(1, sum(parts, Part::bytes)),
                span(parts, rowsOf, rows, Part::copySeconds),
                span(parts, rowsOf, rows, Part::compareSeconds));
    }

    private static Origin origin(List<Part> parts) {
        List<Double> densities = parts.stream()
                .filter(part -> !part.whole())
                .map(Part::density)
                .sorted()
                .toList();
        if (densities.isEmpty()) {
            return Origin.COUNTED;
        }
        boolean isEven = densities.get(densities.size() - 1) <= EVEN * densities.get(0);
        return isEven ? Origin.DENSITY : Origin.STATISTICS;
    }

    private static Span span(
            List<Part> parts, ToDoubleFunction<Part> rowsOf, double rows, ToDoubleFunction<Part> seconds) {
        long most = parts.stream().mapToLong(Part::rows).max().orElse(0);
        double least = Double.MAX_VALUE;
        double greatest = 0;
        double likely = 0;
        for (Part part : parts) {
            if (part.rows() == 0) {
                continue;
            }
            double each = seconds.applyAsDouble(part) / part.rows();
            likely += each * rowsOf.applyAsDouble(part);
            // A few rows take as long as what is done once for them.
            if (part.rows() * 2 >= most) {
                least = Math.min(least, each);
                greatest = Math.max(greatest, each);
            }
        }
        return new Span(Math.min(likely, least * rows), likely, Math.max(likely, greatest * rows));
    }

    private static double sum(List<Part> parts, ToDoubleFunction<Part> of) {
        return parts.stream().mapToDouble(of).sum();
    }
}
