package dev.widekey.daemon.table;

/**
 * One reason why rows of the source table do not fit the target table exactly. Immutable.
 *
 * @param where schema, table and column with dots
 * @param what what does not fit, in one sentence
 * @param fix what to do about it
 */
public record Mismatch(Reason reason, String where, String what, String fix) {

    /** The kinds of reasons. */
    public enum Reason {
        SOURCE_KEY_MISSING,
        SOURCE_KEY_COMPOSITE,
        SOURCE_KEY_NOT_INTEGER,
        TARGET_KEY_DIFFERENT,
        TARGET_KEY_NOT_AUTO_INCREMENT,
        TARGET_COLUMN_MISSING,
        TARGET_COLUMN_WITHOUT_DEFAULT,
        TARGET_COLUMN_GENERATED,
        TARGET_COLUMN_NOT_GENERATED,
        TARGET_COLUMN_OTHER_TYPE,
        TARGET_COLUMN_NARROWER,
        TARGET_COLUMN_NOT_NULL,
        TARGET_COLUMN_OTHER_CHARSET,
        TARGET_COLUMN_OTHER_LABELS,
        TARGET_UNIQUE_KEY,
        TARGET_FOREIGN_KEY,
        SOURCE_TYPE_UNSUPPORTED,
        WAY_BACK_INEXACT
    }
}
