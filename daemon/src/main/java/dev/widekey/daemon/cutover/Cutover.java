package dev.widekey.daemon.cutover;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.config.CutoverMode;
import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.Step;
import dev.widekey.flags.Stage;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The move of the application, and the way back. Each phase is repeatable, so a crash anywhere is answered by doing the phase again, but for what only
 * the process that saw it can vouch for: {@link #resumed} says where a new process goes from there.
 *
 * <p>Used by the migration's thread.
 */
public final class Cutover {
    private static final Logger log = LoggerFactory.getLogger(Cutover.class);

    private final CutoverMode mode;
    private final Flips flips;
    private final Rolling rolling;
    private final Fenced fenced;
    private final Optional<Rollback> rollback;
    private final Optional<RollingBack> rollingBack;
    private final Fence sourceFence;
    private final Fence targetFence;

    /** A stream, as the cutover sees it. */
    public interface Drain {
        /** Waits until the stream is applied past the end of the log as it is now; empty when given up. */
        Optional<Position> drain(BooleanSupplier giveUp) throws SQLException, InterruptedException;

        /** Waits until the stream is applied past a place in the log; false when given up. */
        boolean reach(Position end, BooleanSupplier giveUp) throws InterruptedException;
    }

    /**
     * Wires the cutover.
     *
     * @param rollback the time afterwards, and the way back of a fenced cutover; empty when there is no way back
     * @param rollingBack the way back of a rolling cutover; empty when there is none
     */
    public Cutover(
            CutoverMode mode,
            Flips flips,
            Rolling rolling,
            Fenced fenced,
            Optional<Rollback> rollback,
            Optional<RollingBack> rollingBack,
            Fence sourceFence,
            Fence targetFence) {
        this.mode = mode;
        this.flips = flips;
        this.rolling = rolling;
        this.fenced = fenced;
        this.rollback = rollback;
        this.rollingBack = rollingBack;
        this.sourceFence = sourceFence;
        this.targetFence = targetFence;
    }

    /** The phase that follows when every gate holds. */
    public Phase first() {
        return mode == CutoverMode.FENCED ? Phase.FENCE : Phase.FLIP_WRITES;
    }

    /**
     * Does the work of one phase.
     *
     * @return the phase that follows; empty when a stop was asked for
     * @throws HaltException when the cutover must not go on by itself
     */
    public Optional<Step> run(Phase phase, BooleanSupplier stopping) throws SQLException, InterruptedException {
        return switch (phase) {
            case FENCE -> fenced.fence(stopping);
            case UNFENCE -> fenced.unfence();
            case FLIP -> fenced.flip();
            case OPEN -> {
                Optional<Step> opened = fenced.open();
                rollback.ifPresent(Rollback::begins);
                yield opened;
            }
            case WATCH -> rollback().watch(stopping);
            case FENCE_BACK -> rollback().fence(stopping);
            case UNFENCE_BACK -> rollback().unfence();
            case FLIP_BACK -> rollback().flip();
            case OPEN_BACK -> rollback().open();
            case FLIP_WRITES, DRAIN, SEAL -> rolling.run(phase, stopping);
            case FLIP_READS -> {
                Optional<Step> moved = rolling.run(phase, stopping);
                rollback.ifPresent(Rollback::begins);
                yield moved;
            }
            case RETURN_READS, RETURN_WRITES, DRAIN_BACK, SEAL_BACK ->
                rollingBack().run(phase, stopping);
            default -> throw new IllegalArgumentException(phase + " is no phase of the cutover");
        };
    }

    /**
     * Where a new process goes from the phase it finds: what the old one saw under a fence, or of a silent source, is no evidence for this one. Empty
     * when the phase is done again.
     */
    public Optional<Step> resumed(Phase phase) {
        return switch (phase) {
            case FENCE -> Step.to(Phase.UNFENCE, "resumed: a fence that this process did not raise is taken down");
            case FLIP ->
                flips.writesAreMoved()
                        ? Optional.empty()
                        : Step.to(Phase.UNFENCE, "resumed: no flag was flipped; the fence is taken down");
            case FENCE_BACK ->
                Step.to(Phase.UNFENCE_BACK, "resumed: a fence that this process did not raise is taken down");
            case FLIP_BACK ->
                flips.stage() == Stage.READS_MOVED
                        ? Step.to(Phase.UNFENCE_BACK, "resumed: no flag was flipped back; the fence is taken down")
                        : Optional.empty();
            case FLIP_WRITES ->
                flips.writesAreMoved()
                        ? Optional.empty()
                        : Step.to(
                                Phase.CATCH_UP,
                                "resumed: the write flag was not flipped; parity is proven again by this process");
            case FLIP_READS ->
                flips.stage() == Stage.READS_MOVED
                        ? Optional.empty()
                        // A straggler may have written while nobody ran.
                        : Step.to(
                                Phase.DRAIN,
                                "resumed: the read flag was not flipped; the source has to be silent again");
            case SEAL -> Step.to(Phase.DRAIN, "resumed: a seal that this process did not put is lifted");
            case SEAL_BACK ->
                rollingBack().isOver()
                        ? Optional.empty()
                        : Step.to(Phase.DRAIN_BACK, "resumed: a seal that this process did not put is lifted");
            case RETURN_WRITES ->
                flips.writesAreMoved()
                        ? Step.to(Phase.RETURN_READS, "resumed: the write flag was not flipped back")
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /**
     * The process ends with a failure in this phase. A fence behind which nothing has moved is taken down at once; the next process would do it, but the
     * application need not wait for that.
     */
    public void abandon(Phase phase, Exception failure) {
        if (failure instanceof HaltException halt && halt.reason() == HaltException.Reason.OWNERSHIP_LOST) {
            return;
        }
        try {
            if (phase == Phase.FENCE || phase == Phase.SEAL || (phase == Phase.FLIP && !flips.writesAreMoved())) {
                sourceFence.takeDown();
            } else if (phase == Phase.FENCE_BACK
                    || (phase == Phase.SEAL_BACK && !rollingBack().isOver())
                    || (phase == Phase.FLIP_BACK && flips.stage() == Stage.READS_MOVED)) {
                targetFence.takeDown();
            }
        } catch (SQLException | RuntimeException worse) {
            failure.addSuppressed(worse);
            log.error("a fence may be up; the next start takes it down: {}", worse.getMessage());
        }
    }

    /** What a phase of the cutover waits for; empty when there is nothing to say. For any thread. */
    public Optional<String> waitsFor(Phase phase) {
        return switch (phase) {
            case DRAIN -> rolling.waitsFor();
            case FENCE -> fenced.waitsFor();
            case WATCH, FENCE_BACK -> rollback.flatMap(Rollback::waitsFor);
            case RETURN_READS, DRAIN_BACK -> rollingBack.flatMap(RollingBack::waitsFor);
            default -> Optional.empty();
        };
    }

    /** Whether a rehearsal is to begin, which needs no approval. */
    public boolean rehearses() {
        return mode == CutoverMode.FENCED && fenced.rehearses();
    }

    /** Why a cutover may not begin although it would be the next thing to do; empty when it may. */
    public Optional<String> closed() {
        return fenced.closed().or(() -> rollback.flatMap(Rollback::closed));
    }

    private RollingBack rollingBack() {
        return rollingBack.orElseThrow(() -> new IllegalStateException("there is no way back"));
    }

    private Rollback rollback() {
        return rollback.orElseThrow(() -> new IllegalStateException("there is no way back"));
    }
}
