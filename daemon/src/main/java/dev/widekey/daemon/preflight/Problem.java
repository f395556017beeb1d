package dev.widekey.daemon.preflight;

import dev.widekey.daemon.table.Mismatch;

/**
 * One reason not to start. Immutable.
 *
 * @param what what is wrong, in one sentence
 * @param where the side and its server, and the table or column if one is meant
 * @param fix what to do about it, a statement to run where one does it
 */
public record Problem(Code code, String what, String where, String fix) {

    /** The kinds of problems; stable names. */
    public enum Code {
        UNREACHABLE,
        ACCESS_DENIED,
        TLS_FAILED,
        CHECK_FAILED,
        NOT_MYSQL,
        VERSION_TOO_OLD,
        MISSING_PRIVILEGE,
        REPLICA_UNREADABLE,
        BINLOG_OFF,
        BINLOG_FORMAT,
        BINLOG_ROW_IMAGE,
        BINLOG_PARTIAL_JSON,
        BINLOG_FILTERED,
        BINLOG_ORDER_COMMITS,
        GTID_MODE,
        HTTP_ADDRESS,
        FLAG_OUTLET,
        FLAGS_UNEXPECTED,
        HOOK,
        NOT_STARTED,
        AUDIT_CONDITION,
        AUDIT_COLUMN,
        DIFFERENCES_FILE,
        MIGRATION_BEGUN,
        PILOT_RUNNING,
        OTHER_FORMAT,
        OTHER_TABLES,
        POSITION_LOST,
        STREAM_CANNOT_RESUME,
        XA_PREPARED,
        XA_UNKNOWN,
        SQL_MODE_NOT_STRICT,
        PACKET_TOO_SMALL,
        SCHEMA_MISSING,
        TABLE_MISSING,
        SAME_TABLE,
        NOT_INNODB,
        CASCADING_FOREIGN_KEY,
        TARGET_NOT_EMPTY,
        TARGET_TRIGGER,
        SOURCE_TRIGGER,
        SOURCE_UNIQUE_KEY,
        TRIGGERS_FORBIDDEN,
        NEGATIVE_VALUES,
        KEY_TOO_LARGE,
        INVALID_LABEL,
        IMPOSSIBLE_DATES,
        JSON_NOT_TEXT,
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

    /** What keeps rows of one table from fitting into the other. */
    public static Problem of(Mismatch mismatch) {
        return new Problem(Code.valueOf(mismatch.reason().name()), mismatch.what(), mismatch.where(), mismatch.fix());
    }

    /** The problem on one line. */
    @Override
    public String toString() {
        return code + " at " + where + ": " + what + "; fix: " + fix;
    }
}
