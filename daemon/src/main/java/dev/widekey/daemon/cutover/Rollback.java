package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.fence.Nudge;
import dev.widekey.daemon.repair.Repairs;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.Step;
import dev.widekey.flags.Stage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time after a cutover, and the way back of a fenced one: the fenced cutover with the sides changed. {@link RollingBack} is that of a rolling one.
 *
 * <p>{@link Phase#WATCH}: the source follows the target through the reverse stream, behind its fence. Every row is compared once. It lasts until somebody
 * asks for the way back, or gives it up.
 *
 * <p>{@link Phase#FENCE_BACK}, {@link Phase#FLIP_BACK}, {@link Phase#OPEN_BACK}: as {@link Fenced} does it. Rows that do not fit the source any more are in
 * the reverse stream's quarantine, never clipped, and close the way back.
 *
 * <p>Used by the migration's thread.
 */
public final class Rollback {
    private static final Logger log = LoggerFactory.getLogger(Rollback.class);
    private static final long LOOK_AGAIN_NANOS = 200_000_000L;
    private static final long LOOKS_AT_REPAIRS = 5;
    private static final String EQUAL = "somebody asked for the way back; both tables are equal under the fence";
    private static final int MANY_KEYS = 20_000;

    private final Flips flips;
    private final Fence sourceFence;
    private final Fence targetFence;
    private final Nudge nudge;
    private final Reverse reverse;
    private final Forward forward;
    private final Likeness likeness;
    private final Repairs repairs;
    private final Back back;
    private final BooleanSupplier goBack;
    private final BooleanSupplier mayGoBack;
    private final BooleanSupplier finish;
    private final Pause pause;
    private final Duration lockWait;
    private final Duration maxPause;
    private final Attempts attempts;
    private volatile Optional<String> waitsFor = Optional.empty();

    /** Whether this process has compared, under the fence that is up. */
    private boolean proven;

    /**
     * How the way back begins.
     *
     * @param first its first phase
     * @param closed why it does not begin now, beyond what is looked at here; empty when it may. Nothing has moved before it is asked
     */
    public record Back(Phase first, Supplier<Optional<String>> closed) {}

    /** The stream from the source, as the way back sees it. A port. */
    public interface Forward {
        /** Makes the source hand out ids above every one the target has handed out, and stores where the stream begins again; once for each way back. */
        void store() throws SQLException;
    }

    /**
     * Wires it.
     *
     * @param nudge of the target
     * @param likeness of the source and the target
     * @param repairs of the source, from the target, which is right now
     * @param back how the way back begins
     * @param goBack whether somebody wants the application to go back
     * @param mayGoBack the same, and also while that is not known
     * @param finish whether somebody has given the way back up
     */
    public Rollback(
            Flips flips,
            Fence sourceFence,
            Fence targetFence,
            Nudge nudge,
            Reverse reverse,
            Forward forward,
            Likeness likeness,
            Repairs repairs,
            Back back,
            BooleanSupplier goBack,
            BooleanSupplier mayGoBack,
            BooleanSupplier finish,
            Pause pause,
            Duration lockWait,
            Duration maxPause,
            LongSupplier nanoTime) {
        this.flips = flips;
        this.sourceFence = sourceFence;
        this.targetFence = targetFence;
        this.nudge = nudge;
        this.reverse = reverse;
        this.forward = forward;
        this.likeness = likeness;
        this.repairs = repairs;
        this.back = back;
        this.goBack = goBack;
        this.mayGoBack = mayGoBack;
        this.finish = finish;
        this.pause = pause;
        this.lockWait = lockWait;
        this.maxPause = maxPause;
        this.attempts = new Attempts(nanoTime);
    }

    /** Why no cutover begins: the application was sent back on purpose. */
    Optional<String> closed() {
        return mayGoBack.getAsBoolean()
                ? Optional.of("the application was sent back; turn widekey.rollback off to try again")
                : Optional.empty();
    }

    /** What the way back waits for. */
    Optional<String> waitsFor() {
        return waitsFor;
    }

    /** The target was opened, and the reverse stream has written nothing: the tables are equal but for what it will show from now on. */
    void begins() {
        likeness.begins();
    }

    Optional<Step> watch(BooleanSupplier stopping) throws SQLException, InterruptedException {
        flips.require(Stage.READS_MOVED);
        reverse.start();
        for (long looks = 0; !stopping.getAsBoolean(); looks++) {
            // Before everything is compared: what somebody asks to repair is what was found to differ.
            if (looks % LOOKS_AT_REPAIRS == 0 && repairs.areAsked() && !repairs.run(() -> {}, stopping)) {
                return Optional.empty();
            }
            if (!likeness.isCompared()) {
                likeness.compareAll(
                        KeyRange.ALL, () -> stopping.getAsBoolean() || (likeness.isKnown() && goBack.getAsBoolean()));
            }
            Optional<Step> next = likeness.isKnown() ? wished() : Optional.empty();
            if (next.isPresent()) {
                return next;
            }
            if (likeness.changed() > MANY_KEYS) {
                likeness.proveMost(KeyRange.ALL, stopping);
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        return Optional.empty();
    }

    private Optional<Step> wished() {
        if (goBack.getAsBoolean()) {
            Optional<String> obstacle = reverse.obstacle().or(attempts::closed).or(back.closed());
            if (obstacle.isEmpty()) {
                waitsFor = Optional.empty();
                return Step.to(back.first(), "somebody asked for the way back");
            }
            if (!obstacle.equals(waitsFor)) {
                log.warn("the application cannot go back: {}", obstacle.get());
            }
            waitsFor = obstacle;
            return Optional.empty();
        }
        waitsFor = Optional.empty();
        if (finish.getAsBoolean() && likeness.isCompared()) {
            reverse.end();
            return Step.to(Phase.DONE, "somebody gave the way back up; the source refuses writes for good");
        }
        return Optional.empty();
    }

    Optional<Step> fence(BooleanSupplier stopping) throws SQLException, InterruptedException {
        proven = false;
        Optional<String> givenUp = attempt(stopping);
        if (givenUp.isPresent()) {
            attempts.failed();
            return Step.to(Phase.UNFENCE_BACK, givenUp.get());
        }
        proven = true;
        attempts.succeeded();
        return Step.to(Phase.FLIP_BACK, "both tables are equal and take no write");
    }

    /** Returns why it was given up; empty when both sides are equal under both fences. */
    private Optional<String> attempt(BooleanSupplier stopping) throws SQLException, InterruptedException {
        try {
            return proveUnderFence(stopping);
        } catch (InterruptedException stop) {
            if (stopping.getAsBoolean()) {
                return Optional.of("a stop was asked for");
            }
            throw stop;
        }
    }

    private Optional<String> proveUnderFence(BooleanSupplier stopping) throws SQLException, InterruptedException {
        if (!likeness.isKnown() || !likeness.proveMost(KeyRange.ALL, stopping)) {
            return Optional.of("what has changed since the cutover is not known; every row is compared first");
        }
        if (!(targetFence.raise(lockWait, pause::begin) instanceof Fence.Result.Up up)) {
            return Optional.of("open transactions hold the target table for longer than cutover.lock-wait; "
                    + targetFence.holders());
        }
        CrashPoint.FENCE_BACK_UP.reached();
        boolean drained;
        try (Nudge.Going ignored = nudge.start()) {
            drained = reverse.reach(up.end(), () -> stopping.getAsBoolean() || pause.isLongerThan(maxPause));
        }
        if (!drained) {
            return Optional.of("the reverse stream was not at the end of the log within cutover.max-pause");
        }
        if (!likeness.proveRest(KeyRange.ALL, up.end(), stopping)) {
            return Optional.of("too many rows have changed since every row was compared");
        }
        return pause.isLongerThan(maxPause)
                ? Optional.of("it took longer than cutover.max-pause, " + maxPause.toMillis() + " ms")
                : reverse.obstacle();
    }

    Optional<Step> unfence() throws SQLException {
        targetFence.takeDown();
        log.warn("the target takes writes again; they were held up {}", pause.text());
        return Step.to(Phase.WATCH, "the fence is down; nothing has moved");
    }

    Optional<Step> flip() {
        while (flips.stage() == Stage.READS_MOVED) {
            // As on the way there: a store that does not answer is no reason to refuse writes for ever.
            if (!proven || pause.isLongerThan(maxPause)) {
                attempts.failed();
                return Step.to(
                        Phase.UNFENCE_BACK,
                        "the read flag was not flipped back within cutover.max-pause, " + maxPause.toMillis() + " ms");
            }
            flips.tryReturnReads(EQUAL);
            if (flips.stage() == Stage.READS_MOVED) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            }
        }
        flips.returnWrites(EQUAL);
        return Step.to(Phase.OPEN_BACK, flips.pair().toString());
    }

    Optional<Step> open() throws SQLException {
        reverse.end();
        reverse.forget();
        forward.store();
        CrashPoint.FORWARD_STORED.reached();
        sourceFence.takeDown();
        CrashPoint.SOURCE_OPENED.reached();
        likeness.forget();
        String opened = "the source takes writes; they were held up " + pause.text();
        pause.end();
        log.info("{}", opened);
        return Step.to(Phase.CATCH_UP, opened);
    }
}
