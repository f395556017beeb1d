package dev.widekey.sandbox.csmh;

/** Which table a history row is born in. */
public enum Side {
    /** The table with the 32-bit key on the source. */
    OLD,
    /** The table with the 64-bit key on the target. */
    EXTENDED
}
