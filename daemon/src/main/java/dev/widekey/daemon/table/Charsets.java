package dev.widekey.daemon.table;

import java.util.Map;
import java.util.Set;

/** Which character sets hold the text of which others. Stateless. */
final class Charsets {

    /** The same text is the same bytes. */
    private static final Map<String, Set<String>> SAME_BYTES = Map.of(
            "ascii", Set.of("utf8mb3", "utf8mb4", "latin1"),
            "utf8mb3", Set.of("utf8mb4"));

    /** One byte a character, no two of them the same character. */
    private static final Set<String> SINGLE_BYTE = Set.of(
            "armscii8",
            "cp1250",
            "cp1251",
            "cp1256",
            "cp1257",
            "cp850",
            "cp852",
            "cp866",
            "dec8",
            "geostd8",
            "greek",
            "hebrew",
            "hp8",
            "keybcs2",
            "koi8r",
            "koi8u",
            "latin1",
            "latin2",
            "latin5",
            "latin7",
            "macce",
            "macroman",
            "swe7",
            "tis620");

    private static final Set<String> UNICODE = Set.of("utf16", "utf16le", "utf32");

    private static final Set<String> UTF8 = Set.of("ascii", "utf8mb3", "utf8mb4");

    private Charsets() {}

    /** Whether text moves from one column to the other as it is. */
    static boolean sameBytes(Column from, Column to) {
        String set = from.charset().orElse("");
        String other = to.charset().orElse("");
        return set.equals(other) || SAME_BYTES.getOrDefault(set, Set.of()).contains(other);
    }

    /** Whether the column's text is a part of utf8mb4, byte for byte. */
    static boolean isUtf8(Column column) {
        return UTF8.contains(column.charset().orElse(""));
    }

    /** Whether every text of the one column has exactly one form in the other. */
    static boolean fits(Column from, Column to) {
        String set = from.charset().orElse("");
        return switch (to.charset().orElse("")) {
            case "utf8mb4" ->
                sameBytes(from, to) || SINGLE_BYTE.contains(set) || UNICODE.contains(set) || set.equals("ucs2");
            case "utf8mb3" -> sameBytes(from, to) || SINGLE_BYTE.contains(set) || set.equals("ucs2");
            default -> sameBytes(from, to);
        };
    }

    /** The most bytes the text of one column takes in the other. */
    static long bytes(Column from, Column to) {
        if (sameBytes(from, to)) {
            return from.bytes();
        }
        int shortest = switch (from.charset().orElse("")) {
            case "utf32" -> 4;
            case "ucs2", "utf16", "utf16le" -> 2;
            default -> 1;
        };
        // A character of any set but these two-byte ones takes at most three bytes more than it took.
        return from.bytes() / shortest * (to.charset().orElse("").equals("utf8mb3") || shortest == 1 ? 3 : 4);
    }
}
