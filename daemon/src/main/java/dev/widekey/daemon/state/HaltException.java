package dev.widekey.daemon.state;

import java.sql.SQLException;

/**
 * The migration must not go on by itself: going on could lose or resurrect a row, or a person has to decide. Carries the named state and, in
 * the message, what was seen and what to do next.
 */
public final class HaltException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The named states a migration halts in. */
    public enum Reason {
        /** The binlog no longer holds what the stream needs. */
        POSITION_LOST,
        /** Another server answers, or the server has lost transactions. */
        SOURCE_CHANGED,
        /** The table's definition changed. */
        SCHEMA_CHANGED,
        /** The table was truncated. */
        TRUNCATED,
        /** Changes are invisible or unreadable. */
        UNREADABLE,
        /** A server refuses the user. */
        REFUSED,
        /** The target refuses so many rows for their content that they are no exceptions. */
        ROW_REJECTED,
        /** Rows differ. */
        DIVERGENT,
        /** There is no row on either side, so parity proves nothing. */
        NOTHING_TO_COMPARE,
        /** The source has reached ids that the application owns on the target. */
        GAP_EXHAUSTED,
        /** The application has changed old rows on the side that does not own them yet. */
        WRONG_SIDE,
        /** The flags stand where the daemon never puts them, or their state cannot be established. */
        FLAGS_UNEXPECTED,
        /** Another process owns the migration now. */
        OWNERSHIP_LOST,
        /** Something failed that the daemon has no name for. */
        FAILED
    }

    /** Halts in a named state. */
    public HaltException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Halts in a named state because of a failure. */
    public HaltException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The source has got into the ids from {@code first} up; what to do about it is the same whoever sees it. */
    public static HaltException gapExhausted(String seen, long first) {
        return new HaltException(
                Reason.GAP_EXHAUSTED,
                seen + ", but ids from " + first
                        + " up belong to the application on the target; stop the processes that still write to the source, insert their rows from id "
                        + first + " up into the target under new ids, delete them from the source, then start again");
    }

    /** A table is not there, or not as it was, in the server's own words. */
    public static HaltException ofTable(SQLException failure) {
        return new HaltException(
                Reason.SCHEMA_CHANGED,
                "a table is gone or has another definition: " + failure.getMessage()
                        + "; put it back as it was and start again; if rows went with it, begin again with an empty target",
                failure);
    }

    /** A server refuses the account, in its own words. */
    public static HaltException ofRefusal(String role, SQLException failure) {
        return new HaltException(
                Reason.REFUSED,
                "the " + role + " refuses the account: " + failure.getMessage()
                        + "; mend its password or its privileges (deploy/grants), then start again",
                failure);
    }

    /** The named state. */
    public Reason reason() {
        return reason;
    }
}
