package dev.widekey.sandbox.csmh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * One history row of either table. Texts are bytes, so that equality knows case, trailing spaces and every other byte. Immutable as
 * long as nobody moves the buffers' positions.
 *
 * @param id primary key
 * @param studentModule the module it belongs to
 * @param version never set by the application
 * @param created UTC; whole seconds in the old table, microseconds in the extended one; {@link #ZERO_DATE} for the date that is none
 * @param state JSON text in UTF-8
 * @param grade points reached
 * @param maxGrade points possible
 */
public record HistoryRow(
        long id,
        long studentModule,
        @Nullable ByteBuffer version,
        LocalDateTime created,
        @Nullable ByteBuffer state,
        @Nullable Double grade,
        @Nullable Double maxGrade) {
    /** Stands for {@code 0000-00-00 00:00:00}, which no calendar has. */
    static final LocalDateTime ZERO_DATE = LocalDateTime.MIN;

    /** A row as the application writes it: no version. */
    static HistoryRow written(
            long id, long studentModule, LocalDateTime created, String state, @Nullable Double grade, Double maxGrade) {
        return new HistoryRow(id, studentModule, null, created, bytes(state), grade, grade == null ? null : maxGrade);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    /** The same row under another key. */
    HistoryRow withId(long newId) {
        return new HistoryRow(newId, studentModule, version, created, state, grade, maxGrade);
    }

    /** The same row some seconds earlier or later. */
    HistoryRow shifted(long seconds) {
        return new HistoryRow(id, studentModule, version, created.plusSeconds(seconds), state, grade, maxGrade);
    }

    RowDigest digest() {
        return RowDigest.of(this);
    }

    /** A copy of the state's bytes, null when the state is NULL. */
    public byte @Nullable [] stateBytes() {
        if (state == null) {
            return null;
        }
        byte[] copy = new byte[state.remaining()];
        state.duplicate().get(copy);
        return copy;
    }
}
