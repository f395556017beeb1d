package dev.widekey.daemon.forecast;

import java.math.BigInteger;
import java.util.Optional;

/**
 * The ids that a table's key still has room for. Immutable.
 *
 * @param key the column
 * @param type of the column
 * @param next the next id that would be handed out; above the type's highest when none is left
 * @param step from one id to the next: {@code auto_increment_increment}
 */
record IdSpace(String key, IntegerType type, BigInteger next, long step) {

    /**
     * From what the server says. Neither of the two values is enough: ids of rows that were deleted or rolled back are not handed out again, and an id that was
     * written by hand may be ahead of the counter.
     *
     * @param counter the table's AUTO_INCREMENT; empty when it has none
     * @param highest id of a row; empty when there is no row
     * @param increment {@code auto_increment_increment}
     * @param offset {@code auto_increment_offset}, which the server ignores above the increment
     */
    static IdSpace of(
            String key,
            IntegerType type,
            Optional<BigInteger> counter,
            Optional<BigInteger> highest,
            long increment,
            long offset) {
        BigInteger least = counter.orElse(BigInteger.ONE)
                .max(highest.map(row -> row.add(BigInteger.ONE)).orElse(BigInteger.ONE));
        BigInteger first = BigInteger.valueOf(offset > increment ? 0 : offset);
        BigInteger behind = least.subtract(first).max(BigInteger.ZERO);
        BigInteger steps = BigInteger.valueOf(increment);
        BigInteger rounds = behind.add(steps).subtract(BigInteger.ONE).divide(steps);
        return new IdSpace(key, type, first.add(rounds.multiply(steps)), increment);
    }

    /** How many ids can be handed out. */
    BigInteger left() {
        BigInteger highest = type.highest();
        return next.compareTo(highest) > 0
                ? BigInteger.ZERO
                : highest.subtract(next).divide(BigInteger.valueOf(step)).add(BigInteger.ONE);
    }

    /** How many ids were handed out since an earlier look; negative when somebody set the counter back. */
    double takenSince(IdSpace earlier) {
        return next.subtract(earlier.next).doubleValue() / step;
    }
}
