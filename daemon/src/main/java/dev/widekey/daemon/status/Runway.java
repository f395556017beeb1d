package dev.widekey.daemon.status;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How much is left until the source cannot take the application back.
 *
 * @param ids that the target can still hand out and the source hold; empty when there is no way back or when it is not known
 * @param values how far the target's largest value is from where the source's column ends, for integer columns that are narrower there
 * @param seconds until the first of them is used up at the rate seen by this process; empty when that is not known
 */
public record Runway(OptionalLong ids, Map<String, Long> values, OptionalDouble seconds) {
    /** Nothing is known. */
    public static final Runway UNKNOWN = new Runway(OptionalLong.empty(), Map.of(), OptionalDouble.empty());

    public Runway {
        values = Map.copyOf(values);
    }

    /** How long so much lasts at that rate; what is not used lasts for ever. */
    public static OptionalDouble lasts(long left, OptionalDouble perSecond) {
        return perSecond.isPresent() ? OptionalDouble.of(left / perSecond.getAsDouble()) : OptionalDouble.empty();
    }

    /** The shorter one of two times, of which either may be unknown. */
    public static OptionalDouble shorter(OptionalDouble one, OptionalDouble other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isPresent() ? one : other;
        }
        return OptionalDouble.of(Math.min(one.getAsDouble(), other.getAsDouble()));
    }
}
