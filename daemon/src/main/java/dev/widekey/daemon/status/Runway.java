package dev.widekey.daemon.status;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How much is left until the source cannot take the application back.
 *
 * @param ids that the target can still hand out and the source hold; empty when there is no way back or when it is not known
 * @param seconds until they are used up at the rate at which this process has seen the target written; empty when that is not known
 */
public record Runway(OptionalLong ids, OptionalDouble seconds) {
    /** Nothing is known. */
    public static final Runway UNKNOWN = new Runway(OptionalLong.empty(), OptionalDouble.empty());

    /** With so many ids left, at that rate; a target that stands still uses none up. */
    public static Runway of(long ids, OptionalDouble writesPerSecond) {
        return new Runway(
                OptionalLong.of(ids),
                writesPerSecond.isPresent()
                        ? OptionalDouble.of(ids / writesPerSecond.getAsDouble())
                        : OptionalDouble.empty());
    }
}
