package dev.widekey.daemon.table;

/**
 * Something only the source's rows can answer: whether one of them holds a value that its column allows and that cannot be moved. Immutable.
 *
 * @param column the source's column
 * @param condition SQL that is true for such a row
 * @param what what such a row has, to be put behind the number of rows
 * @param fix what to do about it
 */
public record Question(Kind kind, String column, String condition, String what, String fix) {

    /** What is asked for. */
    public enum Kind {
        NEGATIVE_VALUES,
        KEY_TOO_LARGE,
        INVALID_LABEL,
        IMPOSSIBLE_DATES,
        JSON_NOT_TEXT,
        /** Only where the column's type is too narrow, which by itself refuses the target. */
        NOT_FITTING
    }
}
