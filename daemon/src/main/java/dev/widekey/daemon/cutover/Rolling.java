package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.Step;
import dev.widekey.flags.Stage;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rolling cutover, which refuses no write of anybody who follows the flags. Each phase is repeatable, so a crash anywhere is answered by doing the
 * phase again. The protocol is {@code docs/models/Rolling.tla}.
 *
 * <p>{@link Phase#FLIP_WRITES}: compare what changed since the full comparison, reserve the id gap, flip the write flag. After a crash before the flip the
 * migration goes back and proves parity anew; after it, it goes on.
 *
 * <p>{@link Phase#DRAIN}: processes that read the flag at their start still write to the source. Their rows keep flowing. The source counts as silent when
 * no row was inserted or updated there for the quiet time and the stream is applied past the end of the log; then what changed is compared. That
 * everybody has seen the flag is thereby observed, not acknowledged.
 *
 * <p>{@link Phase#SEAL}: with a way back, the silent source is fenced, so that whoever comes later is refused and not lost, and compared to the end. A seal
 * that does not hold is lifted, and the drain is done again.
 *
 * <p>{@link Phase#FLIP_READS}: flip the read flag. After a crash before it, the drain is done again.
 *
 * <p>Used by the migration's thread.
 */
public final class Rolling {
    private static final Logger log = LoggerFactory.getLogger(Rolling.class);
    private static final long LOOK_AGAIN_NANOS = 100_000_000L;
    private static final long LOOK_AT_QUARANTINE_NANOS = 1_000_000_000L;
    private static final long LOOKS_AT_FLAGS = 20;

    private final Flips flips;
    private final IdGap gap;
    private final Cutover.Drain stream;
    private final Parity parity;
    private final SourceActivity activity;
    private final Fence targetFence;
    private final Supplier<Optional<String>> lagReason;
    private final Supplier<OptionalDouble> writeRate;
    private final Supplier<Optional<String>> quarantined;
    private final Supplier<Optional<String>> held;
    private final Optional<Sealing> sealing;
    private final MigrationRecord record;
    private final Retry reserving;
    private final Duration quiet;
    private volatile Optional<String> waitsFor = Optional.empty();

    /**
     * What a cutover with a way back has in addition.
     *
     * @param wire on the target
     * @param seal of the source
     * @param endOfStream ends the stream for good: nothing of it is written any more once this returns
     */
    public record Sealing(Reverse reverse, WrongSide wire, Seal seal, Runnable endOfStream, Attempts attempts) {}

    /**
     * Wires the cutover.
     *
     * @param targetFence left by a fenced cutover that was given up, or by a way back
     * @param lagReason why the stream is not close enough to believe that silence is silence; empty when it is
     * @param quarantined why rows in quarantine forbid to move the application; empty when they do not
     * @param held why the reads may not be moved: rows in quarantine, or instances that do not follow the flip yet; empty when they may
     * @param sealing empty when there is no way back
     * @param writeRate rows per second the application writes, as far as known
     * @param reserving for reads and writes of the gap that fail for a passing reason; each may be repeated
     * @param quiet how long the source must be silent
     */
    public Rolling(
            Flips flips,
            IdGap gap,
            Cutover.Drain stream,
            Parity parity,
            SourceActivity activity,
            Fence targetFence,
            Supplier<Optional<String>> lagReason,
            Supplier<OptionalDouble> writeRate,
            Supplier<Optional<String>> quarantined,
            Supplier<Optional<String>> held,
            Optional<Sealing> sealing,
            MigrationRecord record,
            Retry reserving,
            Duration quiet) {
        this.flips = flips;
        this.gap = gap;
        this.stream = stream;
        this.parity = parity;
        this.activity = activity;
        this.targetFence = targetFence;
        this.lagReason = lagReason;
        this.writeRate = writeRate;
        this.quarantined = quarantined;
        this.held = held;
        this.sealing = sealing;
        this.record = record;
        this.reserving = reserving;
        this.quiet = quiet;
    }

    /**
     * Does the work of one phase of the cutover.
     *
     * @return the phase that follows; empty when a stop was asked for
     * @throws HaltException when the cutover must not go on by itself
     */
    public Optional<Step> run(Phase phase, BooleanSupplier stopping) throws SQLException, InterruptedException {
        return switch (phase) {
            case FLIP_WRITES -> flipWrites(stopping);
            case DRAIN -> drain(stopping);
            case SEAL -> seal(stopping);
            case FLIP_READS -> flipReads();
            default -> throw new IllegalArgumentException(phase + " is no phase of the cutover");
        };
    }

    /** Why the reads are not moved although the source is silent; empty when nothing but silence is waited for. For any thread. */
    public Optional<String> waitsFor() {
        return waitsFor;
    }

    private Optional<Step> flipWrites(BooleanSupplier stopping) throws SQLException, InterruptedException {
        if (!flips.writesAreMoved()) {
            if (sealing.isPresent()) {
                sealing.get().reverse().prepare();
            }
            Optional<Position> end = stream.drain(stopping);
            if (end.isEmpty()) {
                return Optional.empty();
            }
            Optional<String> proof = proveTail(KeyRange.ALL, end.get(), stopping);
            if (proof.isEmpty()) {
                return Optional.empty();
            }
            Optional<String> refused = quarantined.get();
            if (refused.isPresent()) {
                return Step.to(Phase.CATCH_UP, refused.get());
            }
            long first = Retries.call(reserving, "the id gap cannot be reserved", () -> gap.reserve(writeRate.get()));
            if (sealing.isPresent()) {
                // Before anybody writes there: what the application writes to the target has to come back.
                sealing.get().reverse().store();
                sealing.get().wire().raise(first);
                CrashPoint.WIRE_RAISED.reached();
            }
            targetFence.takeDown();
            CrashPoint.BEFORE_WRITES_FLIPPED.reached();
            flips.moveWrites("parity at " + end.get() + "; ids from " + first + " are the target's");
            CrashPoint.AFTER_WRITES_FLIPPED.reached();
        } else {
            requireOwnFlip();
        }
        return Step.to(Phase.DRAIN, "writes go to the target; " + flips.pair());
    }

    private Optional<Step> drain(BooleanSupplier stopping) throws SQLException, InterruptedException {
        flips.require(Stage.WRITES_MOVED);
        long first = gapStart().orElseThrow();
        if (sealing.isPresent()) {
            sealing.get().seal().lift();
            sealing.get().wire().mend(first);
        }
        long writesBefore = activity.writes();
        activity.beginQuiet();
        long looks = 0;
        while (!stopping.getAsBoolean()) {
            if (activity.quietNanos() < quiet.toNanos()
                    || lagReason.get().isPresent()
                    || sealing.flatMap(with -> with.attempts().closed()).isPresent()) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
                if (++looks % LOOKS_AT_FLAGS == 0) {
                    flips.require(Stage.WRITES_MOVED);
                    requireRightSide();
                }
                continue;
            }
            Optional<Position> end = stream.drain(stopping);
            if (end.isEmpty() || activity.quietNanos() < quiet.toNanos()) {
                continue;
            }
            flips.require(Stage.WRITES_MOVED);
            requireRightSide();
            gap.requireIntact(first);
            if (isHeld()) {
                LockSupport.parkNanos(this, LOOK_AT_QUARANTINE_NANOS);
                continue;
            }
            Optional<String> proof = proveTail(below(first), end.get(), stopping);
            // A straggler that wrote during the comparison may have written behind it.
            if (proof.isPresent()
                    && activity.quietNanos() >= quiet.toNanos()
                    && lagReason.get().isEmpty()
                    && !isHeld()) {
                log.info("stragglers wrote {} rows to the source after the flip", activity.writes() - writesBefore);
                return Step.to(
                        sealing.isPresent() ? Phase.SEAL : Phase.FLIP_READS,
                        "the source was silent for " + quiet.toSeconds() + " s; " + proof.get());
            }
        }
        return Optional.empty();
    }

    private static KeyRange below(long first) {
        return new KeyRange(null, first - 1);
    }

    /** Whether a row in quarantine, or an instance, forbids to move the reads. Looked at before the comparison, which is not to be made and stored at every look. */
    private boolean isHeld() {
        Optional<String> refused = held.get();
        if (refused.isPresent() && !refused.equals(waitsFor)) {
            log.warn("the reads stay where they are: {}", refused.get());
        }
        waitsFor = refused;
        return refused.isPresent();
    }

    private void requireRightSide() throws SQLException {
        if (sealing.isPresent()) {
            sealing.get().wire().require();
        }
    }

    private Optional<Step> seal(BooleanSupplier stopping) throws SQLException, InterruptedException {
        Sealing with = sealing.orElseThrow(() -> new IllegalStateException("nothing is sealed without a way back"));
        long first = gapStart().orElseThrow();
        Optional<String> open = sealed(with, first, stopping);
        if (open.isPresent()) {
            with.attempts().failed();
            with.seal().lift();
            return Step.to(Phase.DRAIN, open.get());
        }
        with.attempts().succeeded();
        CrashPoint.SEAL_PROVEN.reached();
        return Step.to(Phase.FLIP_READS, "the source refuses writes for good, and both sides are equal below " + first);
    }

    /** Returns why the seal does not hold; empty when it does, and nothing differs behind it. */
    private Optional<String> sealed(Sealing with, long first, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Seal.Result result;
        try {
            result = with.seal().put(stopping);
        } catch (InterruptedException stop) {
            if (stopping.getAsBoolean()) {
                return Optional.of("a stop was asked for");
            }
            throw stop;
        }
        if (result instanceof Seal.Result.Not not) {
            return Optional.of(not.why());
        }
        if (isHeld()) {
            return waitsFor;
        }
        requireRightSide();
        gap.requireIntact(first);
        Optional<Set<Long>> changed = activity.changed();
        Optional<Set<Long>> deleted = with.wire().deleted();
        if (changed.isEmpty() || deleted.isEmpty()) {
            return Optional.of("too many rows have changed since every row was compared");
        }
        changed.get().removeIf(key -> key >= first);
        changed.get().addAll(deleted.get());
        parity.prove(changed.get(), ((Seal.Result.Holds) result).end(), stopping);
        return Optional.empty();
    }

    private Optional<Step> flipReads() throws SQLException {
        switch (flips.stage()) {
            case BEFORE -> throw flips.unexpected("the write flag points back to the source");
            case WRITES_MOVED -> {
                if (sealing.isPresent()) {
                    sealing.get().reverse().skipBelow(gapStart().orElseThrow());
                }
                CrashPoint.BEFORE_READS_FLIPPED.reached();
                flips.moveReads("the source is silent and equal");
                CrashPoint.AFTER_READS_FLIPPED.reached();
            }
            case READS_MOVED -> {}
        }
        String moved = "reads go to the target; " + flips.pair();
        if (sealing.isEmpty()) {
            return Step.to(Phase.DONE, moved);
        }
        sealing.get().wire().takeDown();
        sealing.get().endOfStream().run();
        return Step.to(Phase.WATCH, moved);
    }

    /** Compares the keys that changed since the last comparison; all rows when they are not known. */
    private Optional<String> proveTail(KeyRange scope, Position position, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Optional<Set<Long>> changed = activity.takeChanged();
        if (changed.isPresent()) {
            Set<Long> keys = changed.get();
            keys.removeIf(key -> !scope.contains(key));
            return Optional.of(parity.prove(keys, position, stopping));
        }
        return parity.prove(scope, position, stopping);
    }

    /** A flag that somebody else turned says nothing about the gap: the target may already hand out ids that the source uses. */
    private void requireOwnFlip() throws SQLException {
        Optional<Long> first = gapStart();
        if (!flips.writesWereMovedByUs() || first.isEmpty() || !gap.isReserved(first.get())) {
            throw flips.unexpected("the write flag was turned by somebody else, or before the id gap was reserved");
        }
    }

    private Optional<Long> gapStart() throws SQLException {
        return record.read().flatMap(MigrationRecord.Row::gapStart);
    }
}
