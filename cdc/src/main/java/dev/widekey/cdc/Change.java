package dev.widekey.cdc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row change, as the binlog holds it: the row's whole new image, its removal, or the mere fact that it was written.
 *
 * <p>A change of the primary key arrives as two changes of the same transaction, the removal of the old key first.
 *
 * @param key the row's primary key on the source
 * @param kind what the change says
 * @param row the new image of an {@link Kind#UPSERT}, one value per projected column in the projection's order, each value the bytes of MySQL's own
 *     text form of it (strings in the column's character set, numbers and times as text in UTC), {@code null} for NULL; the
 *     whole array is {@code null} for the other kinds. The array is not copied: nobody changes it.
 */
// A batch holds thousands of rows, and nobody compares them: a wrapper per row would buy nothing.
@SuppressWarnings("ArrayRecordComponent")
public record Change(long key, Kind kind, byte @Nullable [] @Nullable [] row) {

    /** What a change says about its row. */
    public enum Kind {
        /** The row now looks like the image. */
        UPSERT,
        /** The row was inserted or updated, and the stream cannot show every value exactly: it has to be read from the source. */
        TOUCH,
        /** The row is gone. */
        DELETE
    }

    /** The row now looks like this: it was inserted or updated. */
    public static Change upsert(long key, byte @Nullable [][] row) {
        return new Change(key, Kind.UPSERT, Objects.requireNonNull(row));
    }

    /** The row was inserted or updated; how it looks is to be read from the source. */
    public static Change touch(long key) {
        return new Change(key, Kind.TOUCH, null);
    }

    /** The row is gone. */
    public static Change delete(long key) {
        return new Change(key, Kind.DELETE, null);
    }

    /** Whether this change removes the row. */
    public boolean isDelete() {
        return kind == Kind.DELETE;
    }

    /** Whether the row has to be read from the source, at a moment at which this change is readable there. */
    public boolean isTouch() {
        return kind == Kind.TOUCH;
    }
}
