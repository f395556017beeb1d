package dev.widekey.flags.client;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what reads return with the other side, beside the application. What differs is looked at again once the stream must have
 * passed: only a row that stood still meanwhile, and differs still, is a difference. That needs no time stamp in the row. Thread-safe.
 */
final class Shadow {

    /** Comparisons that run or wait for the stream at once. */
    static final int MOST = 16;

    /** Looks at one comparison before the lag counts as one that is never caught up with. */
    static final int LOOKS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(Shadow.class);

    private final Sides sides;
    private final Trips trips;
    private final Supplier<Optional<Duration>> lag;
    private final Consumer<Difference> listener;
    private final Later later;
    private final LongSupplier nanoTime;
    private final Semaphore places = new Semaphore(MOST);
    final LongAdder compared = new LongAdder();
    final LongAdder differences = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder skipped = new LongAdder();

    /** Runs something after a time, not on the caller's thread. */
    @FunctionalInterface
    interface Later {
        void run(Runnable work, Duration delay);
    }

    /** What is read, and how rows are told apart. */
    record Question<R>(Router.Work<List<R>> query, ToLongFunction<R> id, View view) {

        Map<Long, R> byId(List<R> rows) {
            Map<Long, R> found = new HashMap<>();
            rows.forEach(row -> found.put(id.applyAsLong(row), row));
            return found;
        }
    }

    /** What both sides had for one id. */
    private record Both<R>(Optional<R> shown, Optional<R> other) {
        boolean differ() {
            return !shown.equals(other);
        }
    }

    Shadow(
            Sides sides,
            Trips trips,
            Supplier<Optional<Duration>> lag,
            Consumer<Difference> listener,
            Later later,
            LongSupplier nanoTime) {
        this.sides = sides;
        this.trips = trips;
        this.lag = lag;
        this.listener = listener;
        this.later = later;
        this.nanoTime = nanoTime;
    }

    /**
     * Begins to compare what a read has found. Returns at once.
     *
     * @param shown the rows of the winning side
     */
    <R> void compare(Question<R> question, List<R> shown) {
        if (!question.view().isMirrored()) {
            return;
        }
        if (!places.tryAcquire()) {
            skipped.increment();
            return;
        }
        later.run(() -> ending(() -> firstLook(question, question.byId(shown))), Duration.ZERO);
    }

    /** Does a look, and gives the place back unless another look follows. */
    private void ending(Look look) {
        boolean goesOn = false;
        try {
            goesOn = look.goesOn();
        } catch (SQLException | RuntimeException failure) {
            unknown.increment();
            LOG.debug("a comparison failed", failure);
        } finally {
            if (!goesOn) {
                places.release();
            }
        }
    }

    @FunctionalInterface
    private interface Look {
        boolean goesOn() throws SQLException;
    }

    private <R> boolean firstLook(Question<R> question, Map<Long, R> shown) throws SQLException {
        View view = question.view();
        Map<Long, R> other = question.byId(sides.read(view.winner().other(), question.query()));
        Map<Long, Both<R>> suspects = differing(view, shown, other);
        if (suspects.isEmpty()) {
            compared.increment();
            return false;
        }
        return lookAgain(question, suspects, nanoTime.getAsLong(), 1);
    }

    /**
     * @param since when the suspects were all read
     * @param looks how many there were so far
     */
    private <R> boolean lookAgain(Question<R> question, Map<Long, Both<R>> suspects, long since, int looks) {
        Optional<Duration> behind = lag.get();
        if (behind.isEmpty() || looks == LOOKS) {
            unknown.increment();
            return false;
        }
        Duration wait = behind.get().minusNanos(nanoTime.getAsLong() - since);
        later.run(
                () -> ending(() -> settle(question, suspects, since, looks + 1)),
                wait.isNegative() ? Duration.ZERO : wait.plusMillis(1));
        return true;
    }

    private <R> boolean settle(Question<R> question, Map<Long, Both<R>> suspects, long since, int looks)
            throws SQLException {
        View view = question.view();
        Optional<Duration> behind = lag.get();
        // Everything committed before the first look is applied only if the lag now is younger than that look.
        if (behind.isEmpty() || behind.get().toNanos() > nanoTime.getAsLong() - since) {
            return lookAgain(question, suspects, since, looks);
        }
        Map<Long, R> other = question.byId(sides.read(view.winner().other(), question.query()));
        Map<Long, R> shown = question.byId(sides.read(view.winner(), question.query()));
        if (!trips.isInForce(view)) {
            unknown.increment();
            return false;
        }
        differing(view, shown, other).forEach((id, now) -> {
            Both<R> before = suspects.get(id);
            if (before != null && Objects.equals(before.shown(), now.shown())) {
                report(new Difference(
                        id, now.shown().map(row -> row), now.other().map(row -> row)));
            }
        });
        compared.increment();
        return false;
    }

    private void report(Difference difference) {
        differences.increment();
        try {
            listener.accept(difference);
        } catch (RuntimeException failure) {
            LOG.warn("the listener for differences failed: {}", failure.toString());
        }
    }

    /** Rows the target alone has are born there while rows live on both sides. */
    private static <R> Map<Long, Both<R>> differing(View view, Map<Long, R> shown, Map<Long, R> other) {
        Map<Long, Both<R>> found = new TreeMap<>();
        shown.forEach((id, row) -> found.put(id, new Both<>(Optional.of(row), Optional.ofNullable(other.get(id)))));
        if (!view.isSplit()) {
            other.forEach((id, row) -> found.putIfAbsent(id, new Both<>(Optional.empty(), Optional.of(row))));
        }
        found.values().removeIf(both -> !both.differ());
        return found;
    }
}
