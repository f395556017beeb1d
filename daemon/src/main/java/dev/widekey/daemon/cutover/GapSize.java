package dev.widekey.daemon.cutover;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How wide the id gap is. Immutable.
 *
 * @param ids what the operator asks for
 * @param fixed whether the gap is exactly that wide; otherwise at least, and wider when the rate asks for more
 * @param longest how long the source may go on handing out ids
 */
public record GapSize(long ids, boolean fixed, Duration longest) {
    private static final int MARGIN = 2;

    /** Ids to leave free at this rate. */
    long at(OptionalDouble writesPerSecond) {
        return fixed ? ids : Math.max(ids, needed(writesPerSecond.orElse(0)));
    }

    /** Why a gap of a fixed size does not do at this rate; empty when it does, and when it sizes itself. */
    public Optional<String> shortage(OptionalDouble writesPerSecond) {
        if (!fixed) {
            return Optional.empty();
        }
        if (writesPerSecond.isEmpty()) {
            return Optional.of("the id gap is fixed at " + ids + " ids, and the write rate is not known yet");
        }
        double rate = writesPerSecond.getAsDouble();
        long needed = needed(rate);
        return needed <= ids
                ? Optional.empty()
                : Optional.of(String.format(
                        "the id gap is fixed at %d ids, %d s of runway at %.0f rows/s; it needs %d ids, for %d s and as much again",
                        ids, (long) (ids / rate), rate, needed, longest.toSeconds()));
    }

    private long needed(double rate) {
        return (long) Math.ceil(rate * longest.toSeconds() * MARGIN);
    }
}
