package dev.widekey.sandbox.csmh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * 128 bits that stand for all seven columns of a row. Immutable.
 *
 * @param high first half
 * @param low second half
 */
public record RowDigest(long high, long low) {

    /** Digests a row: every column with its length, NULL apart from empty, times as values. */
    static RowDigest of(HistoryRow row) {
        MessageDigest md5;
        try {
            md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
        Instant created = row.created().toInstant(ZoneOffset.UTC);
        ByteBuffer fixed = ByteBuffer.allocate(28)
                .putLong(row.id())
                .putLong(row.studentModule())
                .putLong(created.getEpochSecond())
                .putInt(created.getNano());
        md5.update(fixed.flip());
        text(md5, row.version());
        text(md5, row.state());
        number(md5, row.grade());
        number(md5, row.maxGrade());
        ByteBuffer digest = ByteBuffer.wrap(md5.digest());
        return new RowDigest(digest.getLong(), digest.getLong());
    }

    private static void text(MessageDigest md5, @Nullable ByteBuffer value) {
        md5.update(ByteBuffer.allocate(4)
                .putInt(value == null ? -1 : value.remaining())
                .flip());
        if (value != null) {
            md5.update(value.duplicate());
        }
    }

    private static void number(MessageDigest md5, @Nullable Double value) {
        String bits = value == null ? "NULL" : Long.toHexString(Double.doubleToRawLongBits(value));
        md5.update((bits + ";").getBytes(StandardCharsets.US_ASCII));
    }
}
