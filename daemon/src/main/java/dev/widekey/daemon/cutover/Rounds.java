package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.Throttle;
import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Verdict;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.state.HaltException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on comparing while the migration waits with parity proven: the keys that changed last, then a range of rows, then the next older one, round after
 * round. At most a twentieth of one connection's time goes into it, and what begins begins by the throttle. A difference is proof that somebody else
 * writes to the target. A row that never stands still is left to the comparison before the flip.
 *
 * <p>{@link #start}, {@link #stop}, {@link #end} and {@link #requireNone} by the migration's thread; the comparing has a thread of its own; {@link #progress} by any.
 */
public final class Rounds {
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);

    private static final int KEYS_AT_ONCE = 500;
    private static final int DIFFERENCES = 10_000;

    /** A piece of work is bounded by the patience of a statement; nobody waits for that. */
    private static final long END_MILLIS = 5_000;

    private final ParityCheck check;
    private final WorkTime throttle;
    private final SourceActivity activity;
    private final Parity parity;
    private final LongSupplier nanoTime;

    private volatile @Nullable Run running;

    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong differences = new AtomicLong();
    private volatile long roundEnded;

    /**
     * How far it is.
     *
     * @param rows compared in the background by this process
     * @param rounds that were completed
     * @param sinceRound how long ago the last one was; empty when there was none
     * @param differences found
     */
    public record Progress(long rows, long rounds, Optional<Duration> sinceRound, long differences) {
        /** Nothing was compared. */
        public static final Progress NONE = new Progress(0, 0, Optional.empty(), 0);
    }

    /**
     * Wires it; nothing runs before {@link #start}.
     *
     * @param checks makes the comparison, of one worker, that asks the given throttle
     */
    public Rounds(
            Function<Throttle, ParityCheck> checks,
            Throttle throttle,
            SourceActivity activity,
            Parity parity,
            LongSupplier nanoTime) {
        this.throttle = new WorkTime(throttle, nanoTime);
        this.check = checks.apply(this.throttle);
        this.activity = activity;
        this.parity = parity;
        this.nanoTime = nanoTime;
    }

    /** Begins a round, unless one is under way. */
    public void start() {
        if (running != null) {
            return;
        }
        Run run = new Run();
        running = run;
        run.thread.start();
    }

    /** Begins nothing more, and waits a moment for what is at work, whose last word then counts. */
    public void stop() throws InterruptedException {
        Run run = running;
        if (run != null) {
            run.over = true;
            LockSupport.unpark(run.thread);
            run.thread.join(END_MILLIS);
        }
    }

    /** Stops, and what was found counts no more. */
    public void end() throws InterruptedException {
        stop();
        running = null;
    }

    /**
     * Passes on what was found since {@link #start}, or why nothing could be found.
     *
     * @param position how far the stream is applied
     * @throws HaltException when rows differ, or when the comparison met a halt
     */
    public void requireNone(Position position) throws SQLException {
        Run run = running;
        if (run == null) {
            return;
        }
        List<Difference> found = run.found;
        if (!found.isEmpty()) {
            parity.refuteInBackground(rows.get(), found, position);
        }
        Throwable failure = run.failure;
        if (failure instanceof SQLException sql) {
            throw sql;
        }
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure != null) {
            throw new IllegalStateException("comparing in the background failed", failure);
        }
    }

    /** How far it is. */
    public Progress progress() {
        long completed = rounds.get();
        return new Progress(
                rows.get(),
                completed,
                completed == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - roundEnded)),
                differences.get());
    }

    /** From one start to its stop. */
    private final class Run {
        private final Thread thread = new Thread(this::run, "rounds");
        private volatile boolean over;
        private volatile List<Difference> found = List.of();
        private volatile @Nullable Throwable failure;
        private @Nullable Long upTo;
        private long rowsOfRound;

        private Run() {
            thread.setDaemon(true);
        }

        private void run() {
            try {
                while (!over && found.isEmpty()) {
                    rest(compareRecent());
                    if (!over && found.isEmpty()) {
                        rest(compareRange());
                    }
                }
            } catch (InterruptedException stop) {
                // A wait for the stream ends so when the process stops.
                log.debug("stopped: {}", stop.getMessage());
            } catch (Exception | Error unexpected) {
                if (!over) {
                    failure = unexpected;
                }
            }
        }

        private boolean compareRecent() throws SQLException, InterruptedException {
            Set<Long> keys = activity.takeRecent(KEYS_AT_ONCE);
            keys.removeIf(key -> !parity.everything().contains(key));
            if (keys.isEmpty()) {
                return false;
            }
            try (Throttle.Turn turn = throttle.await(this::isOver)) {
                if (!over) {
                    Found differ = parity.findings(DIFFERENCES);
                    check.compareKeys(keys, differ, this::isOver);
                    take(differ.differences());
                    turn.spent(keys.size(), 0);
                    rows.addAndGet(keys.size());
                }
            }
            return true;
        }

        private boolean compareRange() throws SQLException, InterruptedException {
            Long end = upTo;
            KeyRange range =
                    check.rangeEndingAt(end == null ? parity.everything().upTo() : end);
            Found differ = parity.findings(DIFFERENCES);
            Verdict verdict = check.compare(range, differ, this::isOver);
            if (verdict instanceof Verdict.Stopped) {
                return true;
            }
            take(differ.differences());
            long compared = check.compared();
            rows.addAndGet(compared);
            rowsOfRound += compared;
            upTo = range.above();
            if (upTo == null) {
                roundEnded = nanoTime.getAsLong();
                rounds.incrementAndGet();
                log.debug("a round is complete: {} rows", rowsOfRound);
                rowsOfRound = 0;
            }
            return true;
        }

        private void take(List<Difference> all) {
            List<Difference> still = all.stream()
                    .filter(difference -> difference.kind() != Difference.Kind.UNSETTLED)
                    .toList();
            if (!still.isEmpty()) {
                differences.addAndGet(still.size());
                found = still;
            }
        }

        private void rest(boolean worked) {
            if (!worked) {
                return;
            }
            long until = nanoTime.getAsLong() + throttle.rest().toNanos();
            for (long left = until - nanoTime.getAsLong(); !over && left > 0; left = until - nanoTime.getAsLong()) {
                LockSupport.parkNanos(this, left);
            }
        }

        private boolean isOver() {
            return over;
        }
    }
}
