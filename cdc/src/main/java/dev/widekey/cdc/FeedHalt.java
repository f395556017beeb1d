package dev.widekey.cdc;

/**
 * Why the stream stopped for good, and what a person should do about it.
 *
 * @param reason the named state
 * @param message what was seen and what to do next, one or two sentences
 */
public record FeedHalt(Reason reason, String message) {

    /** The named states of a stream that must not go on. */
    public enum Reason {
        /** Binlogs that hold changes not yet delivered are purged. */
        POSITION_LOST,
        /** The server at the other end is not the one the position comes from, or has lost transactions delivered before. */
        SOURCE_CHANGED,
        /** The table's definition is not the one the position was taken under, or DDL on it went by. */
        SCHEMA_CHANGED,
        /** TRUNCATE on the table went by. */
        TRUNCATED,
        /** A setting or an event makes changes invisible or unreadable: format, row image, XA, partial JSON. */
        UNREADABLE,
        /** The source refuses the user: wrong password or missing privilege. */
        REFUSED,
        /** The receiver failed. */
        RECEIVER_FAILED
    }
}
