package dev.widekey.sandbox.torture;

import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * The keys a round begins with: three of four have a row, the fourth is free for a row to be put there or moved there. Blocks of 64 belong to the
 * writers in turn. Immutable.
 *
 * @param rows how many rows
 */
record LoadedKeys(int rows) {
    private static final int BLOCK = 64;

    /** The highest key. */
    long last() {
        return key(rows - 1);
    }

    /** The key of the n-th row. */
    static long key(int row) {
        return row / 3 * 4L + row % 3 + 1;
    }

    /** The keys with a row that belong to one of so many writers. */
    List<Long> live(int writer, int writers) {
        return keys(writer, writers, id -> id % 4 != 0);
    }

    /** The keys without a row that belong to one of so many writers. */
    List<Long> free(int writer, int writers) {
        return keys(writer, writers, id -> id % 4 == 0);
    }

    private List<Long> keys(int writer, int writers, LongPredicate wanted) {
        return LongStream.rangeClosed(1, last())
                .filter(id -> id / BLOCK % writers == writer)
                .filter(wanted)
                .boxed()
                .toList();
    }
}
