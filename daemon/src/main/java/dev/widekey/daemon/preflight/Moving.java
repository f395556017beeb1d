package dev.widekey.daemon.preflight;

/** What the cutover asks of the two servers beyond copy and stream. */
public enum Moving {
    /** Nothing: no write is refused. */
    ROLLING,
    /** Both tables get a fence. */
    FENCED,
    /** Both tables get a fence, and afterwards the source follows the target. */
    FENCED_WITH_WAY_BACK;

    boolean fences() {
        return this != ROLLING;
    }

    boolean returns() {
        return this == FENCED_WITH_WAY_BACK;
    }
}
