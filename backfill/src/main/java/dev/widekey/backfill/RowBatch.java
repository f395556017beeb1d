package dev.widekey.backfill;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a chunk on their way, in key order.
 *
 * <p>A row is one value per projected column, each the bytes of MySQL's own text form of it, {@code null} for NULL. Not thread-safe.
 */
public final class RowBatch {
    private final List<byte[] @Nullable []> rows = new ArrayList<>();
    private long bytes;

    void add(byte[] @Nullable [] row) {
        rows.add(row);
        for (byte[] value : row) {
            bytes += value == null ? 0 : value.length;
        }
    }

    boolean isFull(int maxRows, long maxBytes) {
        return rows.size() >= maxRows || bytes >= maxBytes;
    }

    /** The rows, in key order. */
    public List<byte[] @Nullable []> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** Size of all values. */
    public long bytes() {
        return bytes;
    }
}
