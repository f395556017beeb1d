package dev.widekey.daemon.cutover;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.fence.Nudge;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.Step;
import dev.widekey.flags.Stage;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fenced cutover: for a moment neither table takes a write, and in that moment both are equal. The protocol is {@code docs/models/Cutover.tla}, whose
 * actions are named here.
 *
 * <p>{@link Phase#FENCE}: the id gap is reserved, most of what changed is compared, the target is shut, the source's fence comes up; then the stream is
 * drained to the end of the log under the fence, and the rest of what changed is compared. Whatever goes wrong until here, {@link Phase#UNFENCE} takes
 * the source's fence down, and nothing was lost: writes were refused for a moment.
 *
 * <p>{@link Phase#FLIP}: both flags are flipped, while nobody can write. {@link Phase#OPEN}: the stream ends, the reverse position is stored, and the
 * target takes writes.
 *
 * <p>Used by the migration's thread.
 */
public final class Fenced {
    private static final Logger log = LoggerFactory.getLogger(Fenced.class);

    /** As many changed keys can be compared while the application waits. */
    private static final int FEW_KEYS = 2_000;

    /** What both flips and the opening take beside what a rehearsal does. */
    private static final Duration TO_FLIP_AND_OPEN = Duration.ofMillis(100);

    private static final long LOOK_AGAIN_NANOS = 100_000_000L;
    private static final String EQUAL = "both tables are equal under the fence";
    private static final String STOP = "a stop was asked for";

    /** How often the keys that changed are compared while writes go on, so that few are left for the moment in which they do not. */
    private static final int ROUNDS = 10;

    private final Flips flips;
    private final IdGap gap;
    private final Fence sourceFence;
    private final Fence targetFence;
    private final Nudge nudge;
    private final Cutover.Drain stream;
    private final Runnable endOfStream;
    private final Parity parity;
    private final SourceActivity activity;
    private final Supplier<Optional<String>> gate;
    private final Rehearsal rehearsal;
    private final Supplier<OptionalDouble> writeRate;
    private final Optional<Reverse> reverse;
    private final Pause pause;
    private final Retry reserving;
    private final Duration lockWait;
    private final Duration maxPause;
    private final Attempts attempts;
    private volatile Optional<String> waitsFor = Optional.empty();

    /** Whether this process has compared, under the fence that is up. */
    private boolean proven;

    /** Whether what was begun is a rehearsal. Its switch may be turned off meanwhile, and nobody has approved of more. */
    private boolean rehearsing;

    /** The first id of the application on the target. */
    private long first;

    /** Behind the last write to the table that was fenced last. */
    private @Nullable Position end;

    /** A cutover up to the flip, for whoever wants to know how it would go. A port. */
    public interface Rehearsal {
        /** Whether somebody wants one. */
        boolean isWanted();

        /** It is over, with this outcome. */
        void over(String outcome);
    }

    /** Whether a rehearsal is to begin: somebody wants one, and nothing but approval is missing. */
    boolean rehearses() {
        rehearsing = rehearsal.isWanted() && gate.get().isEmpty() && closed().isEmpty();
        return rehearsing;
    }

    /**
     * Wires it.
     *
     * @param nudge of the source
     * @param endOfStream ends the stream for good: nothing of it is written any more once this returns
     * @param gate why the cutover may not go on, looked at as long as nothing is fenced and once more under the fence; empty when it may
     * @param rehearsal whether somebody wants to see how it would go
     * @param writeRate rows per second the application writes, as far as known
     * @param reverse what follows the target afterwards; empty when there is no way back
     * @param reserving for reads and writes of the gap that fail for a passing reason
     * @param lockWait how long the fence may wait for open transactions at once
     * @param maxPause how long writes may be refused before the cutover is given up
     */
    public Fenced(
            Flips flips,
            IdGap gap,
            Fence sourceFence,
            Fence targetFence,
            Nudge nudge,
            Cutover.Drain stream,
            Runnable endOfStream,
            Parity parity,
            SourceActivity activity,
            Supplier<Optional<String>> gate,
            Rehearsal rehearsal,
            Supplier<OptionalDouble> writeRate,
            Optional<Reverse> reverse,
            Pause pause,
            Retry reserving,
            Duration lockWait,
            Duration maxPause,
            LongSupplier nanoTime) {
        this.flips = flips;
        this.gap = gap;
        this.sourceFence = sourceFence;
        this.targetFence = targetFence;
        this.nudge = nudge;
        this.stream = stream;
        this.endOfStream = endOfStream;
        this.parity = parity;
        this.activity = activity;
        this.gate = gate;
        this.rehearsal = rehearsal;
        this.writeRate = writeRate;
        this.reverse = reverse;
        this.pause = pause;
        this.reserving = reserving;
        this.lockWait = lockWait;
        this.maxPause = maxPause;
        this.attempts = new Attempts(nanoTime);
    }

    /** Why the next cutover does not begin yet, after one that was given up; empty when it may. */
    Optional<String> closed() {
        return attempts.closed();
    }

    /** What the fence waits for. */
    Optional<String> waitsFor() {
        return waitsFor;
    }

    Optional<Step> fence(BooleanSupplier stopping) throws SQLException, InterruptedException {
        proven = false;
        Optional<String> givenUp = attempt(stopping);
        waitsFor = Optional.empty();
        if (rehearsing) {
            rehearsing = false;
            String outcome = givenUp.map(why -> "rehearsed, and given up: " + why)
                    .orElseGet(() -> "rehearsed: a cutover would hold writes up for about "
                            + text(pause.elapsed().plus(TO_FLIP_AND_OPEN)));
            log.info("{}", outcome);
            rehearsal.over(outcome);
            return Step.to(Phase.UNFENCE, outcome);
        }
        if (givenUp.isPresent()) {
            attempts.failed();
            return Step.to(Phase.UNFENCE, givenUp.get());
        }
        proven = true;
        attempts.succeeded();
        return Step.to(Phase.FLIP, "both tables are equal and take no write; fenced for " + text(pause.elapsed()));
    }

    /** Returns why it was given up; empty when both sides are equal under both fences. */
    private Optional<String> attempt(BooleanSupplier stopping) throws SQLException, InterruptedException {
        try {
            Optional<String> givenUp = raiseBoth(stopping);
            return givenUp.isPresent() ? givenUp : proveUnderFence(stopping);
        } catch (InterruptedException stop) {
            if (stopping.getAsBoolean()) {
                return Optional.of(STOP);
            }
            throw stop;
        }
    }

    /** Gets both fences up. Returns why it was given up; empty when they are. */
    private Optional<String> raiseBoth(BooleanSupplier stopping) throws SQLException, InterruptedException {
        // Once more while nobody waits: the flags can be read, and say what they should.
        flips.require(Stage.BEFORE);
        if (reverse.isPresent()) {
            reverse.get().prepare();
        }
        Optional<String> givenUp = proveMost(stopping);
        if (givenUp.isPresent()) {
            return givenUp;
        }
        first = Retries.call(reserving, "the id gap cannot be reserved", () -> gap.reserve(writeRate.get()));
        log.info("ids from {} up will be the target's", first);
        givenUp = raise(targetFence, "target", stopping);
        if (givenUp.isPresent()) {
            return givenUp;
        }
        CrashPoint.TARGET_SHUT.reached();
        return raise(sourceFence, "source", stopping);
    }

    private Optional<String> raise(Fence fence, String side, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Attempts tries = attempts.ofLock();
        while (true) {
            Optional<String> closed = stopping.getAsBoolean() ? Optional.of(STOP) : gate.get();
            if (closed.isPresent()) {
                return closed;
            }
            if (fence.raise(lockWait, pause::begin) instanceof Fence.Result.Up up) {
                end = up.end();
                return Optional.empty();
            }
            tries.failed();
            String busy = "open transactions hold the " + side + " table for longer than cutover.lock-wait; "
                    + fence.holders();
            waitsFor = Optional.of(busy);
            log.warn("{}; trying again in {}", busy, text(tries.left()));
            tries.await(() -> stopping.getAsBoolean() || gate.get().isPresent());
        }
    }

    /** Compares what changed while writes go on, until little is left to compare while they do not. */
    private Optional<String> proveMost(BooleanSupplier stopping) throws SQLException, InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            Optional<Set<Long>> changed = activity.takeChanged();
            Optional<Position> end = stream.drain(stopping);
            if (end.isEmpty()) {
                return Optional.of(STOP);
            }
            if (changed.isEmpty()) {
                return Optional.of("too many rows have changed since every row was compared");
            }
            parity.prove(changed.get(), end.get(), stopping);
            if (changed.get().size() <= FEW_KEYS) {
                return Optional.empty();
            }
        }
        return Optional.of("rows change faster than they can be compared");
    }

    /** The model's {@code Mark} and {@code Drained}. Returns why it was given up; empty when both sides are equal. */
    private Optional<String> proveUnderFence(BooleanSupplier stopping) throws SQLException, InterruptedException {
        CrashPoint.FENCE_UP.reached();
        Duration fenced = pause.elapsed();
        BooleanSupplier over = () -> stopping.getAsBoolean() || pause.isLongerThan(maxPause);
        Position last = Objects.requireNonNull(end);
        boolean reached;
        try (Nudge.Going ignored = nudge.start()) {
            reached = stream.reach(last, over);
        }
        if (!reached) {
            return Optional.of(
                    stopping.getAsBoolean()
                            ? STOP
                            : "the stream was not at the end of the log within cutover.max-pause, " + text(maxPause));
        }
        Duration drained = pause.elapsed();
        if (!gap.isIntact(first)) {
            return Optional.of("the source has used up the id gap below " + first + " while the fence was awaited");
        }
        Optional<String> closed = gate.get();
        if (closed.isPresent()) {
            return closed;
        }
        Optional<Set<Long>> changed = activity.changed();
        if (changed.isEmpty() || changed.get().size() > FEW_KEYS * ROUNDS) {
            return Optional.of("too many rows changed while the fence was awaited");
        }
        String equal = parity.prove(changed.get(), last, stopping);
        log.info("{}; fenced after {}, drained after {}", equal, text(fenced), text(drained));
        CrashPoint.FENCE_PROVEN.reached();
        return pause.isLongerThan(maxPause)
                ? Optional.of("it took longer than cutover.max-pause, " + text(maxPause))
                : Optional.empty();
    }

    Optional<Step> unfence() throws SQLException {
        sourceFence.takeDown();
        log.warn("the source takes writes again; they were held up {}", pause.text());
        return Step.to(Phase.CATCH_UP, "the fence is down; nothing has moved");
    }

    Optional<Step> flip() {
        while (!flips.writesAreMoved()) {
            // A store that does not answer is no reason to refuse the application's writes for ever; one that may have
            // flipped is.
            if (!proven || pause.isLongerThan(maxPause)) {
                attempts.failed();
                return Step.to(
                        Phase.UNFENCE, "the write flag was not flipped within cutover.max-pause, " + text(maxPause));
            }
            flips.tryMoveWrites(EQUAL);
            if (!flips.writesAreMoved()) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            }
        }
        flips.moveReads(EQUAL);
        return Step.to(Phase.OPEN, flips.pair().toString());
    }

    Optional<Step> open() throws SQLException {
        endOfStream.run();
        if (reverse.isPresent()) {
            reverse.get().store();
        }
        CrashPoint.REVERSE_STORED.reached();
        targetFence.takeDown();
        CrashPoint.TARGET_OPENED.reached();
        String opened = "the target takes writes; they were held up " + pause.text();
        pause.end();
        log.info("{}", opened);
        return reverse.isPresent()
                ? Step.to(Phase.WATCH, opened)
                : Step.to(Phase.DONE, opened + "; the source refuses them for good");
    }

    private static String text(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
