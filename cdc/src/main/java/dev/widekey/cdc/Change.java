package dev.widekey.cdc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row change, as the binlog holds it: the row's whole new image, or its removal.
 *
 * <p>A change of the primary key arrives as two changes of the same transaction, the removal of the old key first.
 *
 * @param key the row's primary key on the source
 * @param row the new image, one value per projected column in the projection's order, each value the bytes of MySQL's own
 *     text form of it (strings in the column's character set, numbers and times as text in UTC), {@code null} for NULL; the
 *     whole array is {@code null} when the row was deleted. The array is not copied: nobody changes it.
 */
// A batch holds thousands of rows, and nobody compares them: a wrapper per row would buy nothing.
@SuppressWarnings("ArrayRecordComponent")
public record Change(long key, byte @Nullable [] @Nullable [] row) {

    /** The row now looks like this: it was inserted or updated. */
    public static Change upsert(long key, byte @Nullable [][] row) {
        return new Change(key, Objects.requireNonNull(row));
    }

    /** The row is gone. */
    public static Change delete(long key) {
        return new Change(key, null);
    }

    /** Whether this change removes the row. */
    public boolean isDelete() {
        return row == null;
    }
}
