package dev.widekey.daemon.hook;

import dev.widekey.daemon.state.HaltException;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one hook everything there is to tell, in order and one event at a time, on a thread of its own: no phase waits for it, and nothing that goes
 * wrong here reaches one. The mark is stored behind the receiver's answer, so an event is told at least once or given up with a warning.
 *
 * <p>{@link #run} is for its thread, the rest for any.
 */
final class Courier implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Courier.class);
    private static final long LOOK_AGAIN_NANOS = 500_000_000L;

    private final Hook hook;
    private final Ledger ledger;
    private final Retry retry;
    private final RateLimiter pace;
    private final Duration patience;
    private final BooleanSupplier over;
    private final LongSupplier nanoTime;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong givenUp = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private volatile boolean ending;
    private volatile boolean closed;

    private @Nullable Mark mark;
    private int toldOfMove;
    private long begunAt;
    private boolean unstored;
    private boolean failing;

    /** What one look came to. */
    private enum Look {
        NOTHING_LEFT,
        TOLD,
        FAILED
    }

    /** What became of one event. */
    private enum Outcome {
        SENT,
        GIVEN_UP,
        NOT_NOW
    }

    /**
     * Tells nothing yet.
     *
     * @param retries makes the retry of what fails, as long as it is worth it
     * @param pace how many attempts a second there may be
     * @param patience how long an event is tried
     * @param over whether the process ends, so that what is left is for the next one
     */
    Courier(
            Hook hook,
            Ledger ledger,
            Function<BooleanSupplier, Retry> retries,
            RateLimiter pace,
            Duration patience,
            BooleanSupplier over,
            LongSupplier nanoTime) {
        this.hook = hook;
        this.ledger = ledger;
        this.pace = pace;
        this.patience = patience;
        this.over = over;
        this.nanoTime = nanoTime;
        this.retry = retries.apply(this::isWorthAnotherTry);
    }

    @Override
    public void run() {
        while (goesOn()) {
            boolean last = ending;
            Look look = look();
            if (look == Look.NOTHING_LEFT && last) {
                return;
            }
            if (look != Look.TOLD) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            }
        }
    }

    /** Makes {@link #run} return once there is nothing left to tell. */
    void end() {
        ending = true;
    }

    /** Makes {@link #run} return soon; the thread is to be interrupted too. */
    void close() {
        closed = true;
    }

    /** Events the receiver has taken from this process. */
    long sent() {
        return sent.get();
    }

    /** Events this process has given up. */
    long givenUp() {
        return givenUp.get();
    }

    /** Events that wait, as far as was looked ahead. */
    long pending() {
        return pending.get();
    }

    Hook hook() {
        return hook;
    }

    private Look look() {
        // Whatever is thrown, the thread goes on: nobody would hear of its end.
        try {
            Mark from = mark == null ? ledger.mark(hook.name()) : mark;
            mark = from;
            store(from);
            List<Move> moves = ledger.after(from);
            pending.set(count(moves));
            failing = false;
            return tell(from, moves);
        } catch (HaltException lost) {
            log.info("hook {} is left to another process: {}", hook.name(), lost.getMessage());
            closed = true;
            return Look.FAILED;
        } catch (SQLException | RuntimeException failure) {
            if (!failing && goesOn()) {
                log.warn("hook {} waits for the state: {}", hook.name(), failure.getMessage());
            }
            failing = true;
            return Look.FAILED;
        }
    }

    private Look tell(Mark from, List<Move> moves) throws SQLException {
        Mark now = from;
        for (Move move : moves) {
            long lost = 0;
            for (Event event : move.events()) {
                Outcome outcome = tell(event);
                if (outcome == Outcome.NOT_NOW) {
                    toldOfMove = 0;
                    return Look.FAILED;
                }
                lost += outcome == Outcome.GIVEN_UP ? 1 : 0;
                toldOfMove++;
                pending.decrementAndGet();
            }
            toldOfMove = 0;
            now = now.past(move, lost);
            mark = now;
            unstored |= !move.events().isEmpty();
            store(now);
        }
        return moves.isEmpty() ? Look.NOTHING_LEFT : Look.TOLD;
    }

    /** A mark that cannot be stored stays for the next look: the receiver is not told again for it, unless the process ends before. */
    private void store(Mark now) throws SQLException {
        if (unstored) {
            ledger.store(hook.name(), now);
            unstored = false;
        }
    }

    private Outcome tell(Event event) {
        begunAt = nanoTime.getAsLong();
        try {
            retry.executeCallable(() -> {
                attempt(event);
                return true;
            });
        } catch (Exception failure) {
            if (!goesOn()) {
                return Outcome.NOT_NOW;
            }
            givenUp.incrementAndGet();
            log.warn(
                    "{} has not taken {} in {} s, it is given up: {}; {}",
                    hook,
                    event,
                    patience.toSeconds(),
                    event.json(),
                    failure.getMessage());
            return Outcome.GIVEN_UP;
        }
        sent.incrementAndGet();
        log.info("{} has taken {}", hook, event);
        return Outcome.SENT;
    }

    private void attempt(Event event) throws HookException {
        lookAhead();
        if (!pace.acquirePermission()) {
            throw new HookException("no turn to tell " + hook);
        }
        hook.send(event);
    }

    /** An event that is tried for long must not hide how many wait behind it. */
    private void lookAhead() {
        Mark from = mark;
        try {
            if (from != null) {
                pending.set(count(ledger.after(from)) - toldOfMove);
            }
        } catch (SQLException unknown) {
            log.debug("how many events wait cannot be seen: {}", unknown.getMessage());
        }
    }

    private static long count(List<Move> moves) {
        return moves.stream().mapToLong(move -> move.events().size()).sum();
    }

    private boolean isWorthAnotherTry() {
        return goesOn() && nanoTime.getAsLong() - begunAt < patience.toNanos();
    }

    private boolean goesOn() {
        return !closed && !over.getAsBoolean();
    }
}
