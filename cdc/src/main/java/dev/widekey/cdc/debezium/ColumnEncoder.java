package dev.widekey.cdc.debezium;

import dev.widekey.cdc.TableShape.Column;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Turns the engine's value of one column into the bytes of MySQL's own text form.
 *
 * <p>Expects the engine's settings of {@link EngineSettings}: unsigned numbers and decimals as BigDecimal, times as microseconds.
 * Stateless.
 */
@FunctionalInterface
interface ColumnEncoder {

    /** The bytes of a value that is not NULL. */
    byte[] encode(Object value);

    /**
     * The encoder of a column.
     *
     * @throws IllegalArgumentException naming the column when its type or character set is not supported
     */
    static ColumnEncoder of(Column column) {
        return switch (column.type()) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" -> ColumnEncoder::integer;
            case "double" ->
                column.scale() < 0
                        ? value -> ascii(DoubleText.shortest((Double) value))
                        : value -> ascii(DoubleText.fixed((Double) value, column.scale()));
            case "decimal" -> value -> decimal((BigDecimal) value, column.scale());
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> text(column);
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> ColumnEncoder::raw;
            case "date" -> value -> ascii(date(LocalDate.ofEpochDay(((Number) value).longValue())));
            case "datetime" -> value -> ascii(dateTime(fromMicros(((Number) value).longValue()), column.scale()));
            case "timestamp" -> value -> ascii(dateTime(utc((String) value), column.scale()));
            case "time" -> value -> ascii(time(((Number) value).longValue(), column.scale()));
            default ->
                throw new IllegalArgumentException(
                        "column " + column.name() + " has the type " + column.fullType() + ", which is not supported");
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

    private static ColumnEncoder text(Column column) {
        return switch (column.charset()) {
            case "utf8mb4", "utf8mb3", "ascii" -> value -> ((String) value).getBytes(StandardCharsets.UTF_8);
            default ->
                throw new IllegalArgumentException("column " + column.name() + " has the character set "
                        + column.charset() + ", which is not supported");
        };
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

    private static LocalDateTime fromMicros(long micros) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1_000, ZoneOffset.UTC);
    }

    private static LocalDateTime utc(String isoText) {
        Instant instant = OffsetDateTime.parse(isoText).toInstant();
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
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
