package dev.widekey.cdc.debezium;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Writes a DOUBLE as MySQL prints it: the fewest digits that read back as the same number. Stateless.
 */
final class DoubleText {

    /** MySQL changes to an exponent when the point lies further than this from the first digit. */
    private static final int PLAIN_DIGITS = 15;

    private DoubleText() {}

    /** A DOUBLE without fixed digits. */
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
        if (point > -PLAIN_DIGITS && point <= PLAIN_DIGITS) {
            return digits.toPlainString();
        }
        String fraction = unscaled.length() == 1 ? "" : "." + unscaled.substring(1);
        return (value < 0 ? "-" : "") + unscaled.charAt(0) + fraction + "e" + (point - 1);
    }

    /** A DOUBLE(M,D). */
    static String fixed(double value, int digits) {
        String text =
                new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        return value == 0 && 1 / value < 0 ? "-" + text : text;
    }

    /** Java 17's own text form sometimes has a digit too many. */
    private static BigDecimal fewestDigits(double value) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal best = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        while (best.precision() > 1) {
            BigDecimal shorter = exact.round(new MathContext(best.precision() - 1, RoundingMode.HALF_EVEN));
            if (shorter.doubleValue() != value) {
                break;
            }
            best = shorter.stripTrailingZeros();
        }
        // Of the texts of this length the one nearest to the number; Java's may be another one that reads back the
        // same.
        BigDecimal nearest = exact.round(new MathContext(best.precision(), RoundingMode.HALF_EVEN));
        return nearest.doubleValue() == value ? nearest.stripTrailingZeros() : best;
    }
}
