package dev.widekey.daemon.forecast;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * When the source's key runs out of ids, at the rate at which they are taken. Immutable.
 *
 * @param ids that are left; empty when unknown
 * @param perSecond how many are taken; empty when unknown
 * @param at when the server was asked, by its own clock
 */
public record Exhaustion(Optional<IdSpace> ids, OptionalDouble perSecond, Instant at) {
    /** Nobody has looked, or nobody could. */
    public static final Exhaustion UNKNOWN = new Exhaustion(Optional.empty(), OptionalDouble.empty(), Instant.EPOCH);

    /** Beyond this a date is beyond what a calendar on a screen shows, and beyond caring. */
    private static final double LONGEST_SECONDS = 1_000 * 365.0 * 86_400;

    /** How many ids are left; empty when unknown. */
    public OptionalDouble left() {
        return ids.map(space -> OptionalDouble.of(space.left().doubleValue())).orElse(OptionalDouble.empty());
    }

    /** In how many seconds none is left; empty when unknown. */
    public OptionalDouble seconds() {
        return left().isEmpty()
                ? OptionalDouble.empty()
                : left().getAsDouble() == 0
                        ? OptionalDouble.of(0)
                        : perSecond.isEmpty()
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(left().getAsDouble() / perSecond.getAsDouble());
    }

    /** The day on which none is left, UTC; empty when unknown or more than a thousand years away. */
    public Optional<LocalDate> day() {
        OptionalDouble seconds = seconds();
        return seconds.isEmpty() || seconds.getAsDouble() > LONGEST_SECONDS
                ? Optional.empty()
                : Optional.of(LocalDate.ofInstant(at.plusSeconds((long) seconds.getAsDouble()), ZoneOffset.UTC));
    }

    /** For people, in few words. */
    public String text() {
        if (ids.isEmpty()) {
            return "ids left unknown";
        }
        String left = ids.get().left() + " ids left";
        if (seconds().isEmpty()) {
            return left + ", rate unknown";
        }
        if (left().getAsDouble() == 0) {
            return "no id left";
        }
        return left + " until " + day().map(LocalDate::toString).orElse("after a thousand years");
    }
}
