package dev.widekey.flags;

import java.util.Optional;

/**
 * The three pairs of values the application's two flags may have, in the order of a cutover. The fourth pair, writes to the
 * source and reads from the target alone, hides every new row and does not exist here.
 */
public enum Stage {
    /** Writes go to the source, reads cover it. */
    BEFORE(false, false),
    /** Writes go to the target, reads still cover both tables. */
    WRITES_MOVED(true, false),
    /** Writes and reads use the target alone. */
    READS_MOVED(true, true);

    private final boolean writesToTarget;
    private final boolean readsTargetOnly;

    Stage(boolean writesToTarget, boolean readsTargetOnly) {
        this.writesToTarget = writesToTarget;
        this.readsTargetOnly = readsTargetOnly;
    }

    /** Whether new rows go to the target. */
    public boolean writesToTarget() {
        return writesToTarget;
    }

    /** Whether the source is no longer read. */
    public boolean readsTargetOnly() {
        return readsTargetOnly;
    }

    /** The stage with these two values; empty for the forbidden pair. */
    static Optional<Stage> of(boolean writesToTarget, boolean readsTargetOnly) {
        for (Stage stage : values()) {
            if (stage.writesToTarget == writesToTarget && stage.readsTargetOnly == readsTargetOnly) {
                return Optional.of(stage);
            }
        }
        return Optional.empty();
    }
}
