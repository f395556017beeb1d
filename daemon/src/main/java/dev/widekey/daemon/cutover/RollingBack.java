package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.daemon.database.Retries;
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
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back of a rolling cutover: {@link Rolling} with the sides changed. The protocol is {@code docs/models/Rolling.tla}.
 *
 * <p>{@link Phase#RETURN_READS}: reads cover both sides again, and the target's row counts, until everybody has seen it. Up to its end everything can be
 * undone by moving the reads again.
 *
 * <p>{@link Phase#RETURN_WRITES}: the source's ids are lifted above the target's, the stream's new start position is stored, the source takes writes, and the
 * write flag is flipped back.
 *
 * <p>{@link Phase#DRAIN_BACK}: stragglers still write to the target, and the reverse stream carries that over, until the target is silent. {@link
 * Phase#SEAL_BACK}: the target is fenced and compared to the end. From then on the migration stands where it stood before the cutover.
 *
 * <p>Used by the migration's thread.
 */
public final class RollingBack {
    private static final Logger log = LoggerFactory.getLogger(RollingBack.class);
    private static final long LOOK_AGAIN_NANOS = 100_000_000L;
    private static final String WISH = "somebody asked for the way back";

    private final Flips flips;
    private final IdGap gap;
    private final Reverse reverse;
    private final Forward forward;
    private final Likeness likeness;
    private final SourceActivity activity;
    private final WrongSide wire;
    private final Seal sourceSeal;
    private final Seal targetSeal;
    private final Returning returning;
    private final BooleanSupplier wanted;
    private final Supplier<Optional<String>> followed;
    private final MigrationRecord record;
    private final Retry reserving;
    private final Duration quiet;
    private final Attempts attempts;
    private final LongSupplier nanoTime;
    private volatile Optional<String> waitsFor = Optional.empty();

    /** The stream from the source, as this way back sees it. A port. */
    public interface Forward {
        /** Stores where the stream begins again, here and now, while the source takes no write but the reverse stream's. */
        void store() throws SQLException;

        /** Every id is the source's again. */
        void free();
    }

    /** Tells the application's clients that they are on the way back. A port. */
    public interface Returning {
        /** Says so, or that it is over; returns when it is stored. */
        void say(boolean on, String reason);

        /** Whether it is said, as it is stored. */
        boolean isSaid();
    }

    /**
     * Wires it.
     *
     * @param gap of the source's ids above the target's
     * @param activity what the application does on the target
     * @param wire on the source
     * @param wanted whether somebody still wants it; an unknown counts as yes
     * @param followed who does not follow the flags yet; empty when everybody does
     * @param quiet how long to give those who do not acknowledge, and how long the target must be silent
     */
    public RollingBack(
            Flips flips,
            IdGap gap,
            Reverse reverse,
            Forward forward,
            Likeness likeness,
            SourceActivity activity,
            WrongSide wire,
            Seal sourceSeal,
            Seal targetSeal,
            Returning returning,
            BooleanSupplier wanted,
            Supplier<Optional<String>> followed,
            MigrationRecord record,
            Retry reserving,
            Duration quiet,
            LongSupplier nanoTime) {
        this.flips = flips;
        this.gap = gap;
        this.reverse = reverse;
        this.forward = forward;
        this.likeness = likeness;
        this.activity = activity;
        this.wire = wire;
        this.sourceSeal = sourceSeal;
        this.targetSeal = targetSeal;
        this.returning = returning;
        this.wanted = wanted;
        this.followed = followed;
        this.record = record;
        this.reserving = reserving;
        this.quiet = quiet;
        this.attempts = new Attempts(nanoTime);
        this.nanoTime = nanoTime;
    }

    /**
     * Does the work of one phase of the way back.
     *
     * @return the phase that follows; empty when a stop was asked for
     * @throws HaltException when it must not go on by itself
     */
    Optional<Step> run(Phase phase, BooleanSupplier stopping) throws SQLException, InterruptedException {
        if (phase == Phase.SEAL_BACK && isOver()) {
            // Nothing of the target's may be written any more to what the application changes on the source.
            return end();
        }
        reverse.start();
        return switch (phase) {
            case RETURN_READS -> returnReads(stopping);
            case RETURN_WRITES -> returnWrites();
            case DRAIN_BACK -> drain(stopping);
            case SEAL_BACK -> seal(stopping);
            default -> throw new IllegalArgumentException(phase + " is no phase of the way back");
        };
    }

    /** Why it does not begin now: the last attempt was given up a moment ago, or the ids do not suffice; empty when it may. */
    public Optional<String> closed() {
        return attempts.closed().or(() -> gap.obstacle(rate()));
    }

    /** What it waits for; empty when there is nothing to say. For any thread. */
    Optional<String> waitsFor() {
        return waitsFor;
    }

    private Optional<Step> returnReads(BooleanSupplier stopping) throws SQLException, InterruptedException {
        // A process that died between opening the source and the flip has left it open.
        while (!sourceSeal.shut()) {
            if (stopping.getAsBoolean()) {
                return Optional.empty();
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        if (!likeness.isKnown()) {
            return Step.to(Phase.WATCH, moveReadsAgain("every row is compared first"));
        }
        Optional<String> closed = obstacle();
        if (closed.isPresent()) {
            return Step.to(Phase.WATCH, moveReadsAgain(closed.get()));
        }
        returning.say(true, WISH);
        flips.returnReads(WISH);
        CrashPoint.READS_RETURNED.reached();
        long began = nanoTime.getAsLong();
        while (!stopping.getAsBoolean()) {
            Optional<String> obstacle = obstacle();
            if (obstacle.isPresent()) {
                return Step.to(Phase.WATCH, moveReadsAgain(obstacle.get()));
            }
            waitsFor = followed.get();
            if (waitsFor.isEmpty() && nanoTime.getAsLong() - began >= quiet.toNanos()) {
                return likeness.proveMost(KeyRange.ALL, stopping)
                        ? Step.to(Phase.RETURN_WRITES, "everybody reads both sides")
                        : Step.to(Phase.WATCH, moveReadsAgain("what has changed since the cutover is not known"));
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        return Optional.empty();
    }

    private Optional<String> obstacle() {
        return wanted.getAsBoolean()
                ? reverse.obstacle().or(() -> gap.obstacle(rate()))
                : Optional.of("nobody wants the way back any more");
    }

    private String moveReadsAgain(String why) {
        attempts.failed();
        if (flips.stage() == Stage.WRITES_MOVED) {
            flips.moveReads(why);
        }
        returning.say(false, why);
        waitsFor = Optional.empty();
        log.warn("the application stays on the target: {}", why);
        return why;
    }

    private Optional<Step> returnWrites() throws SQLException {
        if (flips.stage() != Stage.BEFORE) {
            Optional<String> obstacle = likeness.isKnown() ? obstacle() : Optional.of("every row is compared first");
            if (obstacle.isPresent()) {
                return Step.to(Phase.RETURN_READS, obstacle.get());
            }
            long first = Retries.call(reserving, "the id gap cannot be reserved", () -> gap.reserve(rate()));
            CrashPoint.SOURCE_LIFTED.reached();
            wire.raise(first);
            if (sourceSeal.isOn()) {
                forward.store();
            }
            CrashPoint.FORWARD_STORED.reached();
            sourceSeal.lift();
            CrashPoint.SOURCE_OPENED.reached();
            flips.returnWrites(WISH + "; ids from " + first + " are the source's");
            CrashPoint.WRITES_RETURNED.reached();
        }
        attempts.succeeded();
        return Step.to(Phase.DRAIN_BACK, "writes go to the source; " + flips.pair());
    }

    private OptionalDouble rate() {
        return activity.writesPerSecond();
    }

    private Optional<Step> drain(BooleanSupplier stopping) throws SQLException, InterruptedException {
        flips.require(Stage.BEFORE);
        long first = gapStart();
        KeyRange old = new KeyRange(null, first - 1);
        targetSeal.lift();
        wire.mend(first);
        returning.say(true, WISH);
        reverse.reserve(first);
        activity.beginQuiet();
        while (!stopping.getAsBoolean()) {
            flips.require(Stage.BEFORE);
            wire.require();
            waitsFor = followed.get();
            if (waitsFor.isPresent()
                    || activity.quietNanos() < quiet.toNanos()
                    || attempts.closed().isPresent()) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
                continue;
            }
            if (!likeness.proveMost(old, stopping)) {
                likeness.compareAll(old, stopping);
            }
            // A straggler that wrote during the comparison may have written behind it.
            if (likeness.isKnown() && activity.quietNanos() >= quiet.toNanos()) {
                return Step.to(Phase.SEAL_BACK, "the target was silent for " + quiet.toSeconds() + " s");
            }
        }
        return Optional.empty();
    }

    /**
     * Whether everything behind the seal was found equal. From the moment this is said the application changes old rows on the source, so there is no way
     * from here but to the end, for a process that finds it so too (the model's {@code SealHoldsBack}).
     */
    boolean isOver() {
        return !returning.isSaid();
    }

    private Optional<Step> seal(BooleanSupplier stopping) throws SQLException, InterruptedException {
        long first = gapStart();
        Optional<String> open = sealed(first, stopping);
        if (open.isPresent()) {
            attempts.failed();
            targetSeal.lift();
            return Step.to(Phase.DRAIN_BACK, open.get());
        }
        attempts.succeeded();
        CrashPoint.SEAL_PROVEN.reached();
        returning.say(false, "the target refuses writes, and both sides are equal below " + first);
        CrashPoint.RETURNED.reached();
        return end();
    }

    private Optional<Step> end() throws SQLException {
        reverse.end();
        reverse.reserveNone();
        wire.takeDown();
        forward.free();
        likeness.forget();
        return Step.to(Phase.CATCH_UP, "the application is on the source again");
    }

    /** Returns why the seal does not hold; empty when it does, and nothing differs behind it. */
    private Optional<String> sealed(long first, BooleanSupplier stopping) throws SQLException, InterruptedException {
        Seal.Result result;
        try {
            result = targetSeal.put(stopping);
        } catch (InterruptedException stop) {
            if (stopping.getAsBoolean()) {
                return Optional.of("a stop was asked for");
            }
            throw stop;
        }
        if (result instanceof Seal.Result.Not not) {
            return Optional.of(not.why());
        }
        wire.require();
        return likeness.proveRest(new KeyRange(null, first - 1), ((Seal.Result.Holds) result).end(), stopping)
                ? Optional.empty()
                : Optional.of("too many rows have changed since every row was compared");
    }

    private long gapStart() throws SQLException {
        return record.read()
                .flatMap(MigrationRecord.Row::gapStart)
                .orElseThrow(() -> new IllegalStateException("the source's gap is not stored"));
    }
}
