package dev.widekey.daemon.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.RowBatch;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowStreamTest {
    private static final long SEED = Long.getLong("widekey.seed", System.nanoTime());

    @Test
    void onlyTheThreeBytesThatMeanSomethingAreEscaped() {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        assertThat(read(List.<byte[][]>of(new byte[][] {every}), 1 << 10)).isEqualTo(expected(new byte[][] {every}));
    }

    @Test
    void nullsEmptyValuesAndRowsAreToldApart() {
        byte[] @Nullable [] nothing = {null, new byte[0], null};
        byte[] @Nullable [] something = {new byte[] {'N'}, null, new byte[] {0x10, 'N'}};
        assertThat(read(List.of(nothing, something), 64)).isEqualTo(expected(nothing, something));
    }

    @Test
    void itIsTheSameHoweverItIsRead() {
        Random random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            List<byte[] @Nullable []> rows = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                rows.add(new byte[][] {value(random), value(random), value(random)});
            }
            byte[] all = expected(rows.toArray(byte[][][]::new));
            for (int size : new int[] {1, 2, 7, 8, 9, 1 + random.nextInt(100), 1 << 12}) {
                assertThat(read(rows, size))
                        .as("seed %d, round %d, %d bytes at once", SEED, round, size)
                        .isEqualTo(all);
            }
        }
    }

    /** Long runs of plain text, with few or many control characters in between. */
    private static byte @Nullable [] value(Random random) {
        if (random.nextInt(8) == 0) {
            return null;
        }
        byte[] value = new byte[random.nextInt(60)];
        int often = 1 + random.nextInt(30);
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (random.nextInt(often) == 0 ? 0x0F + random.nextInt(0x12) : random.nextInt(256));
        }
        return value;
    }

    private static byte[] read(List<byte[] @Nullable []> rows, int atOnce) {
        RowStream stream = new RowStream(RowBatch.of(rows));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[atOnce];
        for (int count = stream.read(some, 0, atOnce); count >= 0; count = stream.read(some, 0, atOnce)) {
            all.write(some, 0, count);
        }
        return all.toByteArray();
    }

    /** The format, byte by byte. */
    private static byte[] expected(byte[] @Nullable []... rows) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] @Nullable [] row : rows) {
            for (int column = 0; column < row.length; column++) {
                byte[] value = row[column];
                if (value == null) {
                    all.write(0x10);
                    all.write('N');
                } else {
                    for (byte next : value) {
                        if (next == 0x10 || next == 0x1E || next == 0x1F) {
                            all.write(0x10);
                        }
                        all.write(next);
                    }
                }
                all.write(column + 1 < row.length ? 0x1F : 0x1E);
            }
        }
        return all.toByteArray();
    }
}
