package dev.widekey.daemon.cutover;

import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.flags.Stage;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first half of a rolling cutover in the order write-first, done while the migration prepares: the id gap is reserved, looked at once more, and the write
 * flag is flipped. From then on the application's new rows are born above the gap, everything below it is the source's, and the copy fills it in.
 *
 * <p>Repeatable: before the flip everything is done again, behind it only who flipped is looked at. A flag that somebody else turned says nothing about
 * the gap, so it halts.
 *
 * <p>Used by the migration's thread.
 */
public final class WriteFirst {
    /** How long stragglers may go on writing to the source, who are waited for only behind copy and comparison: nobody may look at them before. */
    public static final Duration STRAGGLERS = Duration.ofDays(1);

    /**
     * Ids per second that are planned for at least. Nothing is streamed yet, so the rate is seen in two looks a moment apart; what a moment shows of a day is
     * little, and a quiet one shows nothing.
     */
    static final double LEAST_RATE = 100;

    private static final Logger log = LoggerFactory.getLogger(WriteFirst.class);
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final Flips flips;
    private final IdGap gap;
    private final Optional<Reverse> reverse;
    private final MigrationRecord record;
    private final Retry reserving;
    private final LongSupplier nanoTime;

    /**
     * Wires it.
     *
     * @param reverse what follows the target in the end; empty when there is no way back
     * @param reserving for reads and writes of the gap that fail for a passing reason; each may be repeated
     */
    public WriteFirst(
            Flips flips,
            IdGap gap,
            Optional<Reverse> reverse,
            MigrationRecord record,
            Retry reserving,
            LongSupplier nanoTime) {
        this.reverse = reverse;
        this.flips = flips;
        this.gap = gap;
        this.record = record;
        this.reserving = reserving;
        this.nanoTime = nanoTime;
    }

    /**
     * Sends the application's new rows to the target. Called when the stream's start position is stored, so that whatever the source takes from then on arrives.
     *
     * @throws HaltException when somebody else has turned the write flag, or when there is nothing to move
     */
    public void moveWrites() throws SQLException {
        if (flips.writesAreMoved()) {
            requireOwnFlip();
            log.info("an earlier process has flipped the write flag above the id gap: {}", flips.pair());
            return;
        }
        if (!passing(gap::hasSourceRow)) {
            // Behind the flip there is no going back, and an empty source leaves nothing by which parity could ever be
            // proven.
            throw new HaltException(
                    HaltException.Reason.NOTHING_TO_COMPARE,
                    "the source holds no row, so there is nothing to copy in below the application's new rows; check the table names in the configuration");
        }
        OptionalDouble rate = idsPerSecond();
        long first = passing(() -> gap.reserve(planned(rate)));
        log.info(
                "the id gap is planned for {} h of {} ids/s: {}",
                STRAGGLERS.toHours(),
                Math.ceil(planned(rate).orElseThrow()),
                rate.isEmpty() ? "the source handed out no id within a moment, which says nothing" : "seen " + rate);
        requireFree(first);
        if (reverse.isPresent()) {
            // Before anybody writes there: what the application writes to the target has to come back.
            reverse.get().prepare();
            reverse.get().store();
        }
        CrashPoint.BEFORE_WRITES_FLIPPED.reached();
        flips.moveWrites("ids from " + first + " are the target's; the rows below are copied in");
        CrashPoint.AFTER_WRITES_FLIPPED.reached();
        log.info("writes go to the target, from id {} up: {}", first, flips.pair());
    }

    /** The rate to plan for. One that is not known, or lower than {@link #LEAST_RATE}, is taken for that. */
    static OptionalDouble planned(OptionalDouble seen) {
        return OptionalDouble.of(Math.max(LEAST_RATE, seen.orElse(0)));
    }

    private OptionalDouble idsPerSecond() throws SQLException {
        long before = passing(gap::nextOnSource);
        long began = nanoTime.getAsLong();
        for (long left = MOMENT.toNanos(); left > 0; left = began + MOMENT.toNanos() - nanoTime.getAsLong()) {
            LockSupport.parkNanos(this, left);
        }
        long taken = passing(gap::nextOnSource) - before;
        double seconds = (nanoTime.getAsLong() - began) / 1e9;
        return taken > 0 ? OptionalDouble.of(taken / seconds) : OptionalDouble.empty();
    }

    /** The last look before the flip: behind it, an id that both sides use costs a row. */
    private void requireFree(long first) throws SQLException {
        if (!passing(() -> gap.isReserved(first))) {
            throw new HaltException(
                    HaltException.Reason.FAILED,
                    "the target hands out ids below " + first + ", which was reserved; start again");
        }
        passing(() -> {
            gap.requireIntact(first);
            return true;
        });
        long highest = passing(gap::highestOnTarget);
        if (highest >= first) {
            // No comparison reaches up there, so a row that is not the application's has to be seen now.
            throw new HaltException(
                    HaltException.Reason.FLAGS_UNEXPECTED,
                    "the target holds a row with id " + highest
                            + ", above the id gap, before the write flag is flipped: ids from "
                            + first
                            + " up belong to the application from the flip on. Find out who writes to the target, delete the row, then start again");
        }
    }

    private void requireOwnFlip() throws SQLException {
        Optional<Long> first = record.read().flatMap(MigrationRecord.Row::gapStart);
        if (flips.stage() != Stage.WRITES_MOVED
                || !flips.writesWereMovedByUs()
                || first.isEmpty()
                || !passing(() -> gap.isReserved(first.get()))) {
            throw flips.unexpected(
                    "the write flag was turned by somebody else before the id gap was reserved, so the target may have handed out ids that"
                            + " the source uses; with cutover.order: write-first the migration turns it itself");
        }
    }

    private <T> T passing(Callable<T> work) throws SQLException {
        return Retries.call(reserving, "the id gap cannot be reserved", work);
    }
}
