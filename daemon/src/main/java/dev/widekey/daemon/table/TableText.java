package dev.widekey.daemon.table;

import java.util.ArrayList;
import java.util.List;

/** Takes apart what {@code SHOW CREATE TABLE} prints: text with names in backticks, and strings in quotes with backslashes. Stateless. */
final class TableText {

    private TableText() {}

    /**
     * What stands in the first parentheses, cut at its own commas: columns and indexes of a table, or the parts of an index.
     *
     * @throws IllegalArgumentException when there are none, or they do not close
     */
    static List<String> elements(String text) {
        List<String> elements = new ArrayList<>();
        int depth = 0;
        int start = 0;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '`' || c == '\'' || c == '"') {
                i = behindQuoted(text, i);
                continue;
            }
            if (c == '(' && ++depth == 1) {
                start = i + 1;
            } else if (c == ',' && depth == 1) {
                elements.add(text.substring(start, i).strip());
                start = i + 1;
            } else if (c == ')' && --depth == 0) {
                elements.add(text.substring(start, i).strip());
                return elements;
            }
            i++;
        }
        throw new IllegalArgumentException("no complete list in parentheses: " + text);
    }

    /** The name in backticks that begins at {@code from}, as it is without them. */
    static String name(String text, int from) {
        return text.substring(from + 1, behindQuoted(text, from) - 1).replace("``", "`");
    }

    /** The place behind what is quoted from {@code from} on. A doubled quote is part of it; so is one behind a backslash, except in a name. */
    static int behindQuoted(String text, int from) {
        char quote = text.charAt(from);
        int i = from + 1;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '`') {
                i++;
            } else if (c == quote) {
                boolean isDoubled = i + 1 < text.length() && text.charAt(i + 1) == quote;
                if (!isDoubled) {
                    return i + 1;
                }
                i++;
            }
            i++;
        }
        throw new IllegalArgumentException("a quote does not close: " + text.substring(from));
    }
}
