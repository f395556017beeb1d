package dev.widekey.daemon.audit.totals;

/** How many rows a group has, and how many bytes their values. Immutable. */
public record Amount(long rows, long bytes) {
    /** Of a group that is not there. */
    static final Amount NONE = new Amount(0, 0);

    Amount plus(Amount other) {
        return new Amount(rows + other.rows, bytes + other.bytes);
    }
}
