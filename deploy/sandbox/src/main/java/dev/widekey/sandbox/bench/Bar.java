package dev.widekey.sandbox.bench;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a measurement has to reach. A bar whose measurement is missing is not reached. Immutable.
 *
 * @param name what is compared
 * @param measured what came out; empty when it could not be measured
 * @param wanted what has to come out
 * @param atLeast whether more is better
 */
record Bar(String name, OptionalDouble measured, double wanted, boolean atLeast) {

    static Bar atLeast(String name, OptionalDouble measured, double wanted) {
        return new Bar(name, measured, wanted, true);
    }

    static Bar atMost(String name, OptionalDouble measured, double wanted) {
        return new Bar(name, measured, wanted, false);
    }

    boolean isReached() {
        return measured.isPresent() && (atLeast ? measured.getAsDouble() >= wanted : measured.getAsDouble() <= wanted);
    }

    /** The line that is printed. */
    String line() {
        return "bar " + name + " measured=" + number() + " wanted=" + text(wanted) + " " + verdict();
    }

    /** The line of the page's table. */
    String row() {
        return "| `" + name + "` | " + number() + " | " + (atLeast ? "at least " : "at most ") + text(wanted) + " | "
                + verdict() + " |";
    }

    private String verdict() {
        return isReached() ? "ok" : "short";
    }

    private String number() {
        return measured.isPresent() ? text(measured.getAsDouble()) : "missing";
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
