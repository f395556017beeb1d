package dev.widekey.cdc.debezium;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Writes a DOUBLE as MySQL sends it in a result: the fewest digits that read back as the same number. Stateless.
 */
final class DoubleText {

    /** MySQL changes to an exponent when the point lies further than this from the first digit, and not between two digits. */
    private static final int PLAIN_DIGITS = 15;

    private DoubleText() {}

    /** Also of a FLOAT, taken for the DOUBLE it is, and of numbers with fixed digits, which hold more than they show. */
    static String shortest(double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        BigDecimal digits = fewestDigits(value);
        String unscaled = digits.unscaledValue().abs().toString();
        int point = unscaled.length() - digits.scale();
        if (point > -PLAIN_DIGITS && (point <= PLAIN_DIGITS || point < unscaled.length())) {
            return digits.toPlainString();
        }
        String fraction = unscaled.length() == 1 ? "" : "." + unscaled.substring(1);
        return (value < 0 ? "-" : "") + unscaled.charAt(0) + fraction + "e" + (point - 1);
    }

    /** Java 17's own text form sometimes has a digit too many, or not the nearest last digit. */
    private static BigDecimal fewestDigits(double value) {
        BigDecimal exact = new BigDecimal(value);
        int digits = new BigDecimal(Double.toString(value)).stripTrailingZeros().precision();
        BigDecimal best = atMost(digits, exact, value);
        while (best != null && best.precision() > 1) {
            BigDecimal shorter = atMost(best.precision() - 1, exact, value);
            if (shorter == null) {
                break;
            }
            best = shorter;
        }
        return best == null ? exact : best;
    }

    /** The number with that many digits that reads back as {@code value}; the nearest if there are two. */
    private static @Nullable BigDecimal atMost(int digits, BigDecimal exact, double value) {
        // Next to a power of two the nearest may read back as a neighbour while one further away does not.
        for (RoundingMode mode : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.UP, RoundingMode.DOWN}) {
            BigDecimal rounded = exact.round(new MathContext(digits, mode));
            if (rounded.doubleValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        return null;
    }
}
