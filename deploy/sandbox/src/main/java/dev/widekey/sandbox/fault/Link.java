package dev.widekey.sandbox.fault;

/** What a connection is used for. */
public enum Link {
    /** Statements and their answers; every connection begins as one. */
    SQL,
    /** The log is read: a connection becomes one when the client asks for the log. */
    BINLOG
}
