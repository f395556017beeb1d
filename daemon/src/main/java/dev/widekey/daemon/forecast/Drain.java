package dev.widekey.daemon.forecast;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * How long a stream needs to come to the end of the log: its lag, divided by how fast the lag shrinks. Confined to one thread.
 *
 * <p>A lag that is short is how long things take rather than work left over, and shrinks no further; it is its own estimate.
 */
final class Drain {
    private static final double SMOOTHING = 0.3;

    private final double shortest;
    private final LongSupplier nanoTime;
    private OptionalDouble before = OptionalDouble.empty();
    private OptionalDouble shrinking = OptionalDouble.empty();
    private long lookedAt;

    /** @param shortest a lag up to this is no backlog */
    Drain(Duration shortest, LongSupplier nanoTime) {
        this.shortest = seconds(shortest);
        this.nanoTime = nanoTime;
    }

    /** Takes in a lag; seconds to the end of the log, infinite when the lag does not shrink, empty when unknown. */
    OptionalDouble look(Optional<Duration> lag) {
        long now = nanoTime.getAsLong();
        double elapsed = (now - lookedAt) / 1e9;
        lookedAt = now;
        if (lag.isEmpty()) {
            before = OptionalDouble.empty();
            shrinking = OptionalDouble.empty();
            return OptionalDouble.empty();
        }
        double seconds = seconds(lag.get());
        if (before.isPresent() && elapsed > 0) {
            double lately = (before.getAsDouble() - seconds) / elapsed;
            shrinking = OptionalDouble.of(
                    shrinking.isPresent() ? SMOOTHING * lately + (1 - SMOOTHING) * shrinking.getAsDouble() : lately);
        }
        before = OptionalDouble.of(seconds);
        if (seconds <= shortest) {
            return before;
        }
        return shrinking.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        shrinking.getAsDouble() > 0 ? seconds / shrinking.getAsDouble() : Double.POSITIVE_INFINITY);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
