package dev.widekey.daemon.forecast;

import java.util.Locale;

/** Large numbers for people, to about three digits. Stateless. */
public final class Amounts {
    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB"};

    private Amounts() {}

    /** Bytes, in units of thousands as the configuration has them. */
    public static String bytes(double bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return digits(value, unit == 0) + " " + UNITS[unit];
    }

    /** A count. */
    public static String number(double count) {
        if (count >= 999_500_000) {
            return digits(count / 1e9, false) + " billion";
        }
        return count >= 999_500 ? digits(count / 1e6, false) + " million" : String.format(Locale.ROOT, "%.0f", count);
    }

    /** Seconds, in the two largest units. */
    public static String time(double seconds) {
        if (seconds < 59.5) {
            return digits(Math.max(0.1, seconds), false) + " s";
        }
        long all = Math.round(seconds);
        long minutes = Math.round(seconds / 60);
        if (all < 3_600) {
            return two(all / 60, "min", all % 60, "s");
        }
        return minutes < 1_440
                ? two(minutes / 60, "h", minutes % 60, "min")
                : two(minutes / 1_440, "d", minutes % 1_440 / 60, "h");
    }

    private static String two(long large, String unit, long small, String smallUnit) {
        return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    private static String digits(double value, boolean whole) {
        int decimals = whole || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
