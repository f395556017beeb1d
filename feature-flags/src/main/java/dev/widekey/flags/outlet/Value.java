package dev.widekey.flags.outlet;

import java.util.Map;
import java.util.Optional;

/**
 * A value in a JSON or YAML text, with the place where it stands, so that it can be replaced and everything around it stays.
 * Immutable.
 *
 * @param text what a text says; empty for all other kinds
 * @param start of the value in the text
 * @param end behind the value; meaningless for a mapping
 * @param entries of a mapping, in the text's order
 * @param form how a mapping is written
 * @param first where the first key of a mapping stands; -1 when there is none
 */
record Value(Kind kind, String text, int start, int end, Map<String, Value> entries, Form form, int first) {

    enum Kind {
        TRUE,
        FALSE,
        TEXT,
        MAPPING,
        OTHER
    }

    enum Form {
        /** Braces and commas, keys in quotes. */
        FLOW,
        /** One entry on a line. */
        BLOCK
    }

    static Value scalar(Kind kind, String text, int start, int end) {
        return new Value(kind, text, start, end, Map.of(), Form.FLOW, -1);
    }

    static Value other(int start) {
        return scalar(Kind.OTHER, "", start, start);
    }

    static Value mapping(Map<String, Value> entries, int start, Form form, int first) {
        return new Value(Kind.MAPPING, "", start, start, entries, form, first);
    }

    Optional<Value> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    boolean isMapping() {
        return kind == Kind.MAPPING;
    }

    Optional<Boolean> truth() {
        return switch (kind) {
            case TRUE -> Optional.of(true);
            case FALSE -> Optional.of(false);
            case TEXT, MAPPING, OTHER -> Optional.empty();
        };
    }

    /** The whole text with this value replaced. */
    String replacedIn(String whole, String replacement) {
        return whole.substring(0, start) + replacement + whole.substring(end);
    }

    /** The whole text with an entry put in front of this mapping's first one. */
    String extendedIn(String whole, String key, String json) {
        if (first < 0) {
            int inside = whole.indexOf('{', start) + 1;
            return whole.substring(0, inside) + Json.quote(key) + ": " + json + whole.substring(inside);
        }
        String head = whole.substring(0, first);
        if (form == Form.BLOCK) {
            int line = head.lastIndexOf('\n') + 1;
            String end = whole.contains("\r\n") ? "\r\n" : "\n";
            return head + Yaml.key(key) + ": " + json + end + " ".repeat(first - line) + whole.substring(first);
        }
        String gap = head.substring(whole.indexOf('{', start) + 1);
        return head + Json.quote(key) + ": " + json + "," + (gap.isBlank() && !gap.isEmpty() ? gap : " ")
                + whole.substring(first);
    }
}
