package dev.widekey.daemon.config;

/** What comes first in a rolling cutover: the proof that both tables are equal, or the writes. */
public enum CutoverOrder {
    /** The writes move once every row is copied and equal. */
    PARITY_FIRST,
    /** The writes move before the first row is copied; the old rows are copied in below the id gap. */
    WRITE_FIRST
}
