package dev.widekey.backfill;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows on their way, in key order, packed into one buffer.
 *
 * <p>A row is one value per projected column, each the bytes the source sent for it, or NULL. Nothing decodes them. The buffer is used again
 * for the rows that come next, so a batch holds what it was handed over with only until that call returns. Not thread-safe.
 */
public final class RowBatch {
    private final int columns;
    private byte[] data;
    /** For each value where it ends in {@link #data}; the complement of that for NULL. */
    private int[] ends = new int[1024];

    private int cells;

    /**
     * An empty batch.
     *
     * @param columns values of each row
     * @param bytes room to begin with; one row may be larger
     */
    RowBatch(int columns, int bytes) {
        this.columns = columns;
        this.data = new byte[bytes];
    }

    /** A batch of these rows, all of them with as many values. */
    public static RowBatch of(List<byte[] @Nullable []> rows) {
        RowBatch batch = new RowBatch(rows.isEmpty() ? 1 : rows.get(0).length, 64);
        for (byte[] @Nullable [] row : rows) {
            for (byte[] value : row) {
                batch.add(value);
            }
        }
        return batch;
    }

    /** Takes over the row the result stands at. */
    void add(ResultSet row) throws SQLException {
        for (int i = 1; i <= columns; i++) {
            add(row.getBytes(i));
        }
    }

    private void add(byte @Nullable [] value) {
        int used = end(cells - 1);
        if (cells == ends.length) {
            ends = Arrays.copyOf(ends, cells * 2);
        }
        if (value == null) {
            ends[cells++] = ~used;
            return;
        }
        int end = Math.addExact(used, value.length);
        if (end > data.length) {
            // Not twice as much: a buffer for rows of megabytes would be half empty.
            data = Arrays.copyOf(data, Math.addExact(end, end / 8));
        }
        System.arraycopy(value, 0, data, used, value.length);
        ends[cells++] = end;
    }

    private int end(int cell) {
        if (cell < 0) {
            return 0;
        }
        int end = ends[cell];
        return end < 0 ? ~end : end;
    }

    /** Makes room for other rows. */
    void clear() {
        cells = 0;
    }

    boolean isFull(int mostRows, long mostBytes) {
        return size() >= mostRows || bytes() >= mostBytes;
    }

    /** How many rows. */
    public int size() {
        return cells / columns;
    }

    /** Values of each row. */
    public int columns() {
        return columns;
    }

    /** Size of all values. */
    public long bytes() {
        return end(cells - 1);
    }

    /** The buffer itself, to be read where {@link #start} says. Not to be changed. */
    public byte[] data() {
        return data;
    }

    /** Where a value begins in {@link #data}. */
    public int start(int row, int column) {
        return end(row * columns + column - 1);
    }

    /** How long a value is; -1 for NULL. */
    public int length(int row, int column) {
        int cell = row * columns + column;
        return ends[cell] < 0 ? -1 : ends[cell] - end(cell - 1);
    }

    /** A copy of one value. */
    public byte @Nullable [] value(int row, int column) {
        int length = length(row, column);
        if (length < 0) {
            return null;
        }
        int start = start(row, column);
        return Arrays.copyOfRange(data, start, start + length);
    }

    /** A value that is a whole number and never NULL, as keys are. */
    long number(int row, int column) {
        byte[] text = value(row, column);
        if (text == null) {
            throw new IllegalStateException("column " + column + " of row " + row + " is NULL and no number");
        }
        return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
    }

    /** Copies of all rows. */
    public List<byte[] @Nullable []> rows() {
        List<byte[] @Nullable []> rows = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            byte[] @Nullable [] row = new byte[columns][];
            for (int column = 0; column < columns; column++) {
                row[column] = value(i, column);
            }
            rows.add(row);
        }
        return rows;
    }
}
