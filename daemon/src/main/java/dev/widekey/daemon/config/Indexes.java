package dev.widekey.daemon.config;

/** When the target's secondary indexes are built. */
public enum Indexes {
    /** They stay, and every row is entered as it is copied. */
    KEEP,
    /** They are dropped while the target is empty and built in one pass after the copy. */
    LATE
}
