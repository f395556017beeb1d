package dev.widekey.daemon.cutover;

import dev.widekey.daemon.state.StreamPosition;

/**
 * How far a comparison of all rows had come when its process ended: every row with a key up to {@code upTo} was compared and was equal. What the stream has
 * changed since is behind {@code began} in the source's log.
 *
 * @param rows how many were compared
 * @param began the stream's position when the comparison began: what was applied before was applied before the first row was compared
 * @param comparison what was compared, and how; rows proven by another comparison prove nothing
 * @param epoch of the process that stored it
 */
record ProvenPrefix(long upTo, long rows, StreamPosition.Stored began, String comparison, long epoch) {

    /** The server whose rows were compared. */
    String server() {
        return began.position().serverUuid();
    }
}
