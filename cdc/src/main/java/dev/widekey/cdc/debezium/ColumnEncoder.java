package dev.widekey.cdc.debezium;

import dev.widekey.cdc.TableShape.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the engine's value of one column into the bytes of MySQL's own text form.
 *
 * <p>Expects the engine's settings of {@link EngineSettings}: unsigned numbers and decimals as BigDecimal, times as microseconds.
 * Stateless.
 */
@FunctionalInterface
interface ColumnEncoder {

    /** The bytes of a value that is not NULL; {@code null} when the engine may have put this value in place of another. */
    byte @Nullable [] encode(Object value);

    /**
     * The encoder of a column.
     *
     * @return empty when the engine cannot be trusted with any value of the column
     */
    static Optional<ColumnEncoder> of(Column column) {
        return Optional.ofNullable(
                switch (column.type()) {
                    case "tinyint", "smallint", "mediumint", "int", "bigint" -> ColumnEncoder::integer;
                    case "float" -> value -> ascii(DoubleText.shortest(((Number) value).doubleValue()));
                    case "double" -> value -> ascii(DoubleText.shortest((Double) value));
                    case "decimal" -> value -> decimal((BigDecimal) value, column.scale());
                    case "year" -> value -> ascii(year(((Number) value).intValue()));
                    case "bit" -> value -> ascii(bits(value));
                    case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" ->
                        isUnicodeBytes(column) ? value -> text((String) value) : null;
                    case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> ColumnEncoder::raw;
                    case "date" -> value -> date(((Number) value).longValue());
                    case "datetime" -> value -> dateTime(((Number) value).longValue(), column.scale());
                    case "timestamp" -> value -> timestamp((String) value, column.scale());
                    case "time" -> value -> ascii(time(((Number) value).longValue(), column.scale()));
                    // Labels, documents and shapes come as interpretations; the row holds numbers and bytes.
                    default -> null;
                });
    }

    /** Whether the engine shows a zero or partial date as NULL, so that NULL proves nothing. */
    static boolean isNullAmbiguous(Column column) {
        return switch (column.type()) {
            case "date", "datetime", "timestamp" -> true;
            default -> false;
        };
    }

    private static byte[] integer(Object value) {
        return ascii(
                value instanceof BigDecimal decimal
                        ? decimal.toBigIntegerExact().toString()
                        : value.toString());
    }

    private static byte[] decimal(BigDecimal value, int scale) {
        return ascii(value.setScale(scale, RoundingMode.UNNECESSARY).toPlainString());
    }

    private static boolean isUnicodeBytes(Column column) {
        return switch (column.charset()) {
            case "utf8mb4", "utf8mb3", "ascii" -> true;
            default -> false;
        };
    }

    /** Bytes that are no text were decoded to the replacement character, which a text may also hold. */
    private static byte @Nullable [] text(String value) {
        return value.indexOf('\uFFFD') < 0 ? value.getBytes(StandardCharsets.UTF_8) : null;
    }

    /** The engine counts from 1900, which no YEAR holds, where the value is 0000. */
    private static String year(int value) {
        return Integer.toString(value == 1900 ? 0 : value);
    }

    /** BIT(1) comes as a boolean, any longer one as bytes from the lowest up. */
    private static String bits(Object value) {
        if (value instanceof Boolean bit) {
            return bit ? "1" : "0";
        }
        byte[] lowestFirst = raw(value);
        BigInteger number = BigInteger.ZERO;
        for (int i = lowestFirst.length - 1; i >= 0; i--) {
            number = number.shiftLeft(8).or(BigInteger.valueOf(lowestFirst[i] & 0xFF));
        }
        return number.toString();
    }

    private static byte[] raw(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** A zero date in a column that takes no NULL comes as the first day of the epoch. */
    private static byte @Nullable [] date(long epochDay) {
        return epochDay == 0 ? null : ascii(date(LocalDate.ofEpochDay(epochDay)));
    }

    private static byte @Nullable [] dateTime(long micros, int digits) {
        return micros == 0 ? null : ascii(dateTime(fromMicros(micros), digits));
    }

    private static byte @Nullable [] timestamp(String isoText, int digits) {
        Instant instant = OffsetDateTime.parse(isoText).toInstant();
        return instant.equals(Instant.EPOCH)
                ? null
                : ascii(dateTime(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), digits));
    }

    private static LocalDateTime fromMicros(long micros) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1_000, ZoneOffset.UTC);
    }

    private static String date(LocalDate date) {
        StringBuilder text = new StringBuilder(10);
        append(text, date);
        return text.toString();
    }

    private static String dateTime(LocalDateTime at, int digits) {
        StringBuilder text = new StringBuilder(26);
        append(text, at.toLocalDate());
        text.append(' ');
        pad(text, at.getHour(), 2).append(':');
        pad(text, at.getMinute(), 2).append(':');
        pad(text, at.getSecond(), 2);
        fraction(text, at.getNano() / 1_000, digits);
        return text.toString();
    }

    private static String time(long micros, int digits) {
        StringBuilder text = new StringBuilder(17);
        if (micros < 0) {
            text.append('-');
        }
        long rest = Math.abs(micros);
        long seconds = rest / 1_000_000L;
        pad(text, seconds / 3_600, 2).append(':');
        pad(text, seconds / 60 % 60, 2).append(':');
        pad(text, seconds % 60, 2);
        fraction(text, rest % 1_000_000L, digits);
        return text.toString();
    }

    private static void append(StringBuilder text, LocalDate date) {
        pad(text, date.getYear(), 4).append('-');
        pad(text, date.getMonthValue(), 2).append('-');
        pad(text, date.getDayOfMonth(), 2);
    }

    private static void fraction(StringBuilder text, long micros, int digits) {
        if (digits <= 0) {
            return;
        }
        text.append('.');
        int end = text.length() + digits;
        pad(text, micros, 6).setLength(end);
    }

    private static StringBuilder pad(StringBuilder text, long number, int width) {
        String digits = Long.toString(number);
        text.append("0".repeat(Math.max(0, width - digits.length())));
        return text.append(digits);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
