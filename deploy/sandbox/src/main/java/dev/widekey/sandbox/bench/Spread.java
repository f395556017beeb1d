package dev.widekey.sandbox.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/**
 * Repeated measurements of one thing. Immutable.
 *
 * @param least the smallest
 * @param median the one in the middle; of an even number, the mean of both in the middle
 * @param greatest the largest
 */
record Spread(double least, double median, double greatest) {

    /** @throws IllegalArgumentException when there is no value */
    static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }

    /** The value below which that share of all values lies, by nearest rank. */
    static double quantile(double[] values, double share) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
    }

    /** Median with least and greatest. */
    String text(int decimals) {
        String format = "%." + decimals + "f";
        return String.format(Locale.ROOT, format + " (" + format + ".." + format + ")", median, least, greatest);
    }
}
