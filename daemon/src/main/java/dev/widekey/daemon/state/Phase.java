package dev.widekey.daemon.state;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a migration stands. Persisted by name before anything acts on it.
 *
 * <p>Legal moves: each phase to the next one, past {@link #INDEX} when there is nothing to build, and back to {@link #CATCH_UP} from every phase between it and the flip of the writes, since
 * parity proven by an earlier process is no evidence for this one. A cutover goes either through {@link #FLIP_WRITES}, {@link #DRAIN} and {@link
 * #FLIP_READS} (rolling) or through {@link #FENCE}, {@link #FLIP} and {@link #OPEN} (fenced). With a way back either leads to {@link #WATCH}.
 */
public enum Phase {
    /** Nothing has happened; waits for the start. */
    IDLE,
    /** Both servers are checked; the stream's start position is taken. */
    PREPARE,
    /** Chunks are copied while the stream is applied. */
    BACKFILL,
    /** All chunks are copied; the indexes that were set aside are built while the stream is applied. Left out when there are none. */
    INDEX,
    /** All chunks are copied; the stream is applied past the end of the log. */
    CATCH_UP,
    /** Every row is compared. */
    VERIFY,
    /** All gates hold; waits for approval unless the cutover is automatic. */
    READY,
    /** Both tables refuse the application's writes; the stream is drained to the end under the source's fence, and what changed is compared. */
    FENCE,
    /** The source's fence is taken down again; nothing has moved. */
    UNFENCE,
    /** Both flags are flipped while neither table takes a write. */
    FLIP,
    /** The reverse position is stored and the target's fence is taken down. */
    OPEN,
    /** Writes and reads are on the target; the source follows, so that the application can go back. */
    WATCH,
    /** As {@link #FENCE}, the other way round. */
    FENCE_BACK,
    /** As {@link #UNFENCE}, the other way round. */
    UNFENCE_BACK,
    /** As {@link #FLIP}, the other way round. */
    FLIP_BACK,
    /** The stream's new start position is stored and the source's fence is taken down. */
    OPEN_BACK,
    /** The way back of a rolling cutover: reads cover both sides again, until everybody has seen it. */
    RETURN_READS,
    /** The source's ids are lifted above the target's, the source takes writes again, and the write flag is flipped back. */
    RETURN_WRITES,
    /** As {@link #DRAIN}, the other way round. */
    DRAIN_BACK,
    /** As {@link #SEAL}, the other way round. */
    SEAL_BACK,
    /** The id gap is reserved and the write flag is flipped. */
    FLIP_WRITES,
    /** Stragglers still write to the source; their changes are applied until it is silent, then what changed is compared. */
    DRAIN,
    /** The silent source is fenced for good, the stream is drained to its end, and the rest of what changed is compared. Left out without a way back. */
    SEAL,
    /** The read flag is flipped. */
    FLIP_READS,
    /** Writes and reads are on the target; nothing is left to do. */
    DONE;

    /** The phases that may follow. */
    public Set<Phase> next() {
        return switch (this) {
            case IDLE -> EnumSet.of(PREPARE);
            case PREPARE -> EnumSet.of(BACKFILL);
            case BACKFILL -> EnumSet.of(INDEX, CATCH_UP);
            case INDEX -> EnumSet.of(CATCH_UP);
            case CATCH_UP -> EnumSet.of(VERIFY);
            case VERIFY -> EnumSet.of(READY, CATCH_UP);
            case READY -> EnumSet.of(FENCE, FLIP_WRITES, DRAIN, CATCH_UP);
            case FENCE -> EnumSet.of(FLIP, UNFENCE);
            case UNFENCE -> EnumSet.of(CATCH_UP);
            case FLIP -> EnumSet.of(OPEN, UNFENCE);
            case OPEN -> EnumSet.of(WATCH, DONE);
            case WATCH -> EnumSet.of(FENCE_BACK, RETURN_READS, DONE);
            case FENCE_BACK -> EnumSet.of(FLIP_BACK, UNFENCE_BACK);
            case UNFENCE_BACK -> EnumSet.of(WATCH);
            case FLIP_BACK -> EnumSet.of(OPEN_BACK, UNFENCE_BACK);
            case OPEN_BACK -> EnumSet.of(CATCH_UP);
            case RETURN_READS -> EnumSet.of(RETURN_WRITES, WATCH);
            case RETURN_WRITES -> EnumSet.of(DRAIN_BACK, RETURN_READS);
            case DRAIN_BACK -> EnumSet.of(SEAL_BACK);
            case SEAL_BACK -> EnumSet.of(CATCH_UP, DRAIN_BACK);
            case FLIP_WRITES -> EnumSet.of(DRAIN, CATCH_UP);
            case DRAIN -> EnumSet.of(SEAL, FLIP_READS);
            case SEAL -> EnumSet.of(FLIP_READS, DRAIN);
            case FLIP_READS -> EnumSet.of(WATCH, DONE, DRAIN);
            case DONE -> EnumSet.noneOf(Phase.class);
        };
    }

    /**
     * Whether the stream may go on, in this phase, on another server that has taken the source's place: as long as every row is still to be compared
     * before the application is moved.
     */
    public boolean followsFailover() {
        return switch (this) {
            case BACKFILL, INDEX, CATCH_UP, VERIFY, READY -> true;
            default -> false;
        };
    }

    /** Whether the stream is needed in this phase. Under both fences there is nothing left for it. */
    public boolean streams() {
        return switch (this) {
            case BACKFILL, INDEX, CATCH_UP, VERIFY, READY, FENCE, UNFENCE, FLIP_WRITES, DRAIN, SEAL, FLIP_READS -> true;
            case IDLE,
                    PREPARE,
                    FLIP,
                    OPEN,
                    WATCH,
                    FENCE_BACK,
                    UNFENCE_BACK,
                    FLIP_BACK,
                    OPEN_BACK,
                    RETURN_READS,
                    RETURN_WRITES,
                    DRAIN_BACK,
                    SEAL_BACK,
                    DONE -> false;
        };
    }

    /** Whether the reverse stream runs in this phase. */
    public boolean returns() {
        return switch (this) {
            case WATCH, FENCE_BACK, UNFENCE_BACK, FLIP_BACK, RETURN_READS, RETURN_WRITES, DRAIN_BACK, SEAL_BACK -> true;
            default -> false;
        };
    }

    /** Whether this phase, or one before it, has copied every row. */
    public boolean isCopied() {
        return compareTo(BACKFILL) > 0;
    }
}
