package dev.widekey.daemon.table;

import dev.widekey.backfill.RowBatch;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A batch of rows as the lines of a file for {@code LOAD DATA}, made while it is read: the values' bytes, the three that mean something with an escape in
 * front. They are control characters, which texts hardly ever hold. Used once, by one thread.
 */
final class RowStream extends InputStream {
    private static final byte ESCAPE = 0x10;
    private static final byte LINE = 0x1E;
    private static final byte FIELD = 0x1F;

    /** How the server has to read it. */
    static final String FORMAT = " FIELDS TERMINATED BY X'1F' ESCAPED BY X'10' LINES TERMINATED BY X'1E'";

    private static final int EMPTY = -1;

    /** Eight bytes at once. */
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long TENS = 0x1010_1010_1010_1010L;
    private static final long HIGH_HALVES = 0xF0F0_F0F0_F0F0_F0F0L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private final RowBatch rows;
    private final byte[] data;
    private final int cells;
    private int cell = -1;
    private int at;
    private int end;
    /** A byte that comes behind an escape and found no room. */
    private int held = EMPTY;
    /** Whether NULL comes next. */
    private boolean nothing;

    RowStream(RowBatch rows) {
        this.rows = rows;
        this.data = rows.data();
        this.cells = rows.size() * rows.columns();
    }

    /** Whether a column takes a field's bytes as they are when its parameter is this one. */
    static boolean takesBytes(String parameter) {
        return parameter.equals("?") || parameter.equals("CAST(? AS BINARY)");
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) {
        int to = offset;
        int limit = offset + length;
        while (to < limit) {
            if (held != EMPTY) {
                out[to++] = (byte) held;
                held = EMPTY;
            } else if (nothing) {
                out[to++] = ESCAPE;
                held = 'N';
                nothing = false;
            } else if (at < end) {
                to = copy(out, to, limit);
            } else if (cell == cells) {
                break;
            } else {
                to = next(out, to);
            }
        }
        return to == offset && length > 0 ? -1 : to - offset;
    }

    private int copy(byte[] out, int from, int limit) {
        int plain = plain(at, at + Math.min(end - at, limit - from)) - at;
        System.arraycopy(data, at, out, from, plain);
        at += plain;
        int to = from + plain;
        if (at < end && to < limit) {
            out[to++] = ESCAPE;
            held = data[at++];
        }
        return to;
    }

    /** The first byte that needs an escape, or {@code to} when there is none before it. */
    private int plain(int from, int to) {
        int next = from;
        while (next < to) {
            if (to - next >= Long.BYTES && !holdsControl((long) EIGHT.get(data, next))) {
                next += Long.BYTES;
            } else {
                for (int stop = Math.min(to, next + Long.BYTES); next < stop; next++) {
                    if (meansSomething(data[next])) {
                        return next;
                    }
                }
            }
        }
        return to;
    }

    /**
     * Whether one of eight bytes is from 0x10 to 0x1F, by the test for a zero byte of <a
     * href="https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord">Bit Twiddling Hacks</a>.
     */
    private static boolean holdsControl(long bytes) {
        long zeros = (bytes & HIGH_HALVES) ^ TENS;
        return ((zeros - ONES) & ~zeros & HIGH_BITS) != 0;
    }

    private static boolean meansSomething(byte value) {
        return value == ESCAPE || value == LINE || value == FIELD;
    }

    /** Ends the value that is written and begins the next one; writes one byte at most. */
    private int next(byte[] out, int from) {
        int to = from;
        if (cell >= 0) {
            out[to++] = (cell + 1) % rows.columns() == 0 ? LINE : FIELD;
        }
        cell++;
        if (cell == cells) {
            return to;
        }
        int row = cell / rows.columns();
        int column = cell % rows.columns();
        int size = rows.length(row, column);
        if (size < 0) {
            nothing = true;
            return to;
        }
        at = rows.start(row, column);
        end = at + size;
        return to;
    }
}
