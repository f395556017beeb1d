package dev.widekey.backfill;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A part of the key space, and how many of its rows are wanted for a sample: those with its lowest keys.
 *
 * @param from its lowest key
 * @param upTo its highest key
 * @param rows wanted at most
 */
public record SampleRange(long from, long upTo, long rows) {

    /** Refuses a range without a key. */
    public SampleRange {
        if (from > upTo) {
            throw new IllegalArgumentException("range " + from + ".." + upTo + " is upside down");
        }
    }

    /**
     * Cuts the key space between the lowest and the highest key into parts of equal width, so that rows of every age are among the sample.
     *
     * @param parts how many, fewer when there are fewer keys
     * @param rows wanted altogether
     * @return the parts in the order of their keys; none when the table is empty
     */
    public static List<SampleRange> of(DataSource source, SourceTable table, int parts, long rows) throws SQLException {
        KeySpan span = KeySpan.read(source, table);
        Long low = span.low();
        Long high = span.high();
        return low == null || high == null ? List.of() : cut(low, high, parts, rows);
    }

    static List<SampleRange> cut(long low, long high, int parts, long rows) {
        // The width of a span of 64-bit keys is a number without a sign.
        long width = high - low;
        int count = Long.compareUnsigned(width, parts) < 0 ? (int) width + 1 : parts;
        long step = count == 1 ? 0 : Long.divideUnsigned(width, count);
        List<SampleRange> ranges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long from = low + i * Math.max(1, step);
            long upTo = i == count - 1 ? high : low + (i + 1) * Math.max(1, step) - 1;
            ranges.add(new SampleRange(from, upTo, rows * (i + 1) / count - rows * i / count));
        }
        return ranges;
    }

    /** The upper half of it, with another number of rows. */
    public SampleRange upperHalf(long wanted) {
        return new SampleRange(from + Long.divideUnsigned(upTo - from, 2), upTo, wanted);
    }

    /** How many keys there can be up to this one. */
    public double keysUpTo(long key) {
        double width = (double) key - (double) from;
        // Close to each other the difference is exact, far apart it does not matter.
        return (Math.abs(width) < 1L << 53 ? key - from : width) + 1;
    }

    /** All its keys up to this one. */
    public KeyRange rangeUpTo(long key) {
        return new KeyRange(from == Long.MIN_VALUE ? null : from - 1, key);
    }
}
