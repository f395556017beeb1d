package dev.widekey.daemon.preflight;

/** What the cutover asks of the two servers beyond copy and stream. */
public enum Moving {
    /** Nothing: no write is refused, and nothing comes back. */
    ROLLING,
    /** Both tables get a fence. */
    FENCED,
    /** Both tables get a fence, at once or as a seal, and afterwards the source follows the target. */
    WITH_WAY_BACK;

    boolean fences() {
        return this != ROLLING;
    }

    boolean returns() {
        return this == WITH_WAY_BACK;
    }
}
