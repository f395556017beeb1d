package dev.widekey.daemon.forecast;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One of MySQL's integer types. Immutable.
 *
 * @param text as the server writes it, without display width
 * @param bits it is wide
 * @param unsigned whether all of them count upwards
 */
record IntegerType(String text, int bits, boolean unsigned) {
    private static final Map<String, Integer> BITS =
            Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "bigint", 64);

    /** The type of a column by its {@code column_type}; empty when that is no integer. */
    static Optional<IntegerType> of(String columnType) {
        String text = columnType
                .toLowerCase(Locale.ROOT)
                .replaceFirst("\\(\\d+\\)", "")
                .replace(" zerofill", "");
        Integer bits = BITS.get(text.replaceFirst(" .*", ""));
        return Optional.ofNullable(bits).map(wide -> new IntegerType(text, wide, text.endsWith(" unsigned")));
    }

    /** The highest value. */
    BigInteger highest() {
        return BigInteger.ONE.shiftLeft(unsigned ? bits : bits - 1).subtract(BigInteger.ONE);
    }

    /** Whether it holds values this one does not. */
    boolean isWiderThan(IntegerType other) {
        return highest().compareTo(other.highest()) > 0;
    }
}
