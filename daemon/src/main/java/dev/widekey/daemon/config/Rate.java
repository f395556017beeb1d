package dev.widekey.daemon.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much a second, or no limit. Immutable.
 *
 * @param perSecond rows or bytes; 0 stands for no limit
 */
public record Rate(long perSecond) {
    /** No limit. */
    public static final Rate OFF = new Rate(0);

    /** What a rate of rows may be, in words. */
    public static final String ROWS = "off, or a whole number from 100 to 1000000000";

    /** What a rate of bytes may be, in words. */
    public static final String BYTES = "off, or a whole number with KB, MB or GB, from 100KB to 1000GB";

    private static final Pattern ROWS_SHAPE = Pattern.compile("[1-9][0-9]{2,9}");
    private static final Pattern BYTES_SHAPE = Pattern.compile("([1-9][0-9]{0,8})(KB|MB|GB)");

    /** Whether there is no limit. */
    public boolean isOff() {
        return perSecond == 0;
    }

    /** Reads a rate of rows: {@code off}, {@code 20000}. */
    public static Optional<Rate> rows(String text) {
        if (text.equals("off")) {
            return Optional.of(OFF);
        }
        return ROWS_SHAPE.matcher(text).matches() && Long.parseLong(text) <= 1_000_000_000L
                ? Optional.of(new Rate(Long.parseLong(text)))
                : Optional.empty();
    }

    /** Reads a rate of bytes: {@code off}, {@code 20MB}. A kilobyte is 1000 bytes. */
    public static Optional<Rate> bytes(String text) {
        if (text.equals("off")) {
            return Optional.of(OFF);
        }
        Matcher matcher = BYTES_SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        long bytes = switch (matcher.group(2)) {
            case "KB" -> amount * 1_000;
            case "MB" -> amount * 1_000_000;
            default -> amount * 1_000_000_000;
        };
        return bytes < 100_000 || bytes > 1_000_000_000_000L ? Optional.empty() : Optional.of(new Rate(bytes));
    }

    /** The text {@link #rows} reads as this. */
    public String asRows() {
        return isOff() ? "off" : Long.toString(perSecond);
    }

    /** The shortest text {@link #bytes} reads as this, for whole kilobytes. */
    public String asBytes() {
        if (isOff()) {
            return "off";
        }
        if (perSecond % 1_000_000_000 == 0) {
            return perSecond / 1_000_000_000 + "GB";
        }
        return perSecond % 1_000_000 == 0 ? perSecond / 1_000_000 + "MB" : perSecond / 1_000 + "KB";
    }
}
