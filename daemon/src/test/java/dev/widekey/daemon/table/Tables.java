package dev.widekey.daemon.table;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Definitions made by hand from short texts, with the numbers a server would give. */
public final class Tables {

    private static final Pattern TYPE = Pattern.compile("([a-z]+)(?:\\((\\d+)(?:,(\\d+))?\\))?( unsigned)?");
    private static final Pattern CHARSET = Pattern.compile(" (utf8mb4|utf8mb3|utf8|latin1|ascii)\\b");
    private static final Map<String, Integer> WIDTHS =
            Map.of("utf8mb4", 4, "utf8mb3", 3, "utf8", 3, "latin1", 1, "ascii", 1);
    private static final Map<String, Long> TEXTS =
            Map.of("tiny", 255L, "", 65_535L, "medium", 16_777_215L, "long", 4_294_967_295L);

    private Tables() {}

    /** A table whose key is id, from texts like {@code "id int auto"} or {@code "name varchar(9) latin1 null"}. */
    public static TableDefinition table(String... columns) {
        return table(List.of("id"), columns);
    }

    public static TableDefinition table(List<String> key, String... columns) {
        return new TableDefinition(
                "s",
                "t",
                "InnoDB",
                Arrays.stream(columns).map(Tables::column).toList(),
                key,
                Map.of(),
                List.of(),
                List.of());
    }

    private static Column column(String text) {
        String name = text.substring(0, text.indexOf(' '));
        String rest = text.substring(name.length() + 1);
        Matcher type = TYPE.matcher(rest);
        if (!type.lookingAt()) {
            throw new IllegalArgumentException(text);
        }
        String data = type.group(1);
        int first = Optional.ofNullable(type.group(2)).map(Integer::valueOf).orElse(0);
        Optional<Integer> second = Optional.ofNullable(type.group(3)).map(Integer::valueOf);
        boolean isText = ColumnType.of(data) == ColumnType.TEXT;
        boolean isBinary = ColumnType.of(data) == ColumnType.BINARY;
        Matcher set = CHARSET.matcher(rest);
        String charset = set.find() ? set.group(1) : "utf8mb4";
        long bytes = 0;
        long characters = 0;
        if (data.endsWith("text") || data.endsWith("blob")) {
            bytes = TEXTS.get(data.substring(0, data.length() - 4));
            characters = bytes;
        } else if (isText || isBinary) {
            characters = first;
            bytes = isText ? (long) first * WIDTHS.get(charset) : first;
        }
        boolean timed = data.equals("datetime") || data.equals("timestamp") || data.equals("time");
        return new Column(
                name,
                data,
                type.group(),
                rest.contains(" null"),
                isText ? Optional.of(charset) : Optional.empty(),
                isText ? Optional.of(charset + "_bin") : Optional.empty(),
                timed ? first : 0,
                characters,
                bytes,
                timed || isText || isBinary ? 0 : first,
                data.equals("decimal") ? Optional.of(second.orElse(0)) : second,
                rest.contains(" default") ? Optional.of("x") : Optional.empty(),
                rest.contains(" generated"),
                rest.contains(" invisible"),
                rest.contains(" auto"));
    }
}
