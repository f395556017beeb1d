package dev.widekey.daemon.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One SQL condition over a table's columns, as somebody wrote it: text that stays one expression when it is put between parentheses, and that asks for
 * no lock. Whether it means something is for the server to say. Immutable.
 */
public record Condition(String sql) {

    /** Refuses what {@link #flaw} names. */
    public Condition {
        flaw(sql).ifPresent(what -> {
            throw new IllegalArgumentException("a condition that " + what);
        });
    }

    /** Why a text is no condition, as the rest of a sentence; empty when it is one. */
    static Optional<String> flaw(String sql) {
        return new Reading(sql).flaw();
    }

    @Override
    public String toString() {
        return sql;
    }

    /** One look at a text, from left to right, with the server's rules for what is quoted. */
    private static final class Reading {
        private final String sql;
        private int at;
        private int depth;
        private String last = "";

        Reading(String sql) {
            this.sql = sql;
        }

        Optional<String> flaw() {
            if (sql.isBlank()) {
                return Optional.of("is empty");
            }
            while (at < sql.length()) {
                Optional<String> flaw = token();
                if (flaw.isPresent()) {
                    return flaw;
                }
            }
            return depth == 0 ? Optional.empty() : Optional.of("leaves a parenthesis open");
        }

        private Optional<String> token() {
            char c = sql.charAt(at);
            if (c == '\'' || c == '"' || c == '`') {
                return skipQuoted(c);
            }
            if (isPartOfWord(c)) {
                return word();
            }
            if (c == '#' || sql.startsWith("--", at) || sql.startsWith("/*", at)) {
                return Optional.of("has a comment");
            }
            at++;
            return switch (c) {
                case ';' -> Optional.of("has a semicolon");
                case '?' -> Optional.of("has a question mark outside a text");
                case '(' -> {
                    depth++;
                    yield Optional.empty();
                }
                case ')' -> --depth < 0 ? Optional.of("closes a parenthesis that it did not open") : Optional.empty();
                default -> Optional.empty();
            };
        }

        private Optional<String> skipQuoted(char quote) {
            last = "";
            for (at++; at < sql.length(); at++) {
                char c = sql.charAt(at);
                if (c == '\\' && quote != '`') {
                    at++;
                } else if (c == quote) {
                    // A doubled quote begins the next text at once, which is all the same here.
                    at++;
                    return Optional.empty();
                }
            }
            return Optional.of("has a " + quote + " without its end");
        }

        private Optional<String> word() {
            int from = at;
            while (at < sql.length() && isPartOfWord(sql.charAt(at))) {
                at++;
            }
            String word = sql.substring(from, at).toUpperCase(Locale.ROOT);
            String pair = last + " " + word;
            last = word;
            return switch (pair) {
                case "FOR UPDATE", "FOR SHARE", "LOCK IN" -> Optional.of("locks rows");
                default ->
                    switch (word) {
                        case "INTO" -> Optional.of("writes its result somewhere");
                        case "GET_LOCK" -> Optional.of("takes a lock");
                        default -> Optional.empty();
                    };
            };
        }

        private static boolean isPartOfWord(char c) {
            return Character.isLetterOrDigit(c) || c == '_' || c == '$';
        }
    }
}
