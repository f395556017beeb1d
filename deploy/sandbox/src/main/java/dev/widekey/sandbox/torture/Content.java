package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.HistoryRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.OptionalLong;

/**
 * What a row says, worked out from its stamp: every write has a stamp of its own, so a row that is found tells which write it comes from, and
 * every byte of it can be held against what was written. Immutable.
 *
 * @param seed decides the content of every stamp
 * @param longest characters of the longest text
 */
record Content(long seed, int longest) {
    /** Modules the rows belong to, keyed from 1. */
    static final int MODULES = 64;

    private static final LocalDateTime FIRST = LocalDateTime.of(2015, 2, 1, 0, 0);
    private static final int SECONDS = 400 * 86_400;
    // All within three bytes of UTF-8: the old table knows no more.
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz ,.{}\"'\\%_0123456789\n\täöüßéñ€漢字Ωж";

    /** The row written with that stamp, under that key. */
    HistoryRow row(long id, long stamp) {
        Dice dice = Dice.of(seed, stamp);
        boolean graded = dice.chance(0.6);
        return new HistoryRow(
                id,
                1 + dice.below(MODULES),
                bytes(Long.toString(stamp)),
                FIRST.plusSeconds(dice.below(SECONDS)),
                dice.chance(0.05) ? null : bytes(text(dice)),
                graded ? dice.unit() * 100 : null,
                graded ? (double) dice.below(100) : null);
    }

    /** The stamp a row carries; empty when it carries none. */
    static OptionalLong stampOf(HistoryRow row) {
        ByteBuffer version = row.version();
        if (version == null) {
            return OptionalLong.empty();
        }
        String text = StandardCharsets.UTF_8.decode(version.duplicate()).toString();
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private String text(Dice dice) {
        int length = Math.min(longest, dice.lognormal(4, 1.3, longest));
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(LETTERS.charAt(dice.below(LETTERS.length())));
        }
        return text.toString();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
