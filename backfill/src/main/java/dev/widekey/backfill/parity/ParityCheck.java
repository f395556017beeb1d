package dev.widekey.backfill.parity;

import dev.widekey.backfill.Crew;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.Throttle;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares both tables while the application writes to the source and the stream to the target.
 *
 * <p>Ranges whose digests agree are equal. Of the others every differing key is judged by itself: read the source, let the stream settle, read the
 * target, read the source again. Equal is equal. A source that moved is looked at again, at most {@value Looks#LOOKS} times. A difference is one that was seen
 * unchanged in {@value Looks#CONFIRMED} looks in a row: in a single look a row that changed and changed back passes for one that stood still. Time plays
 * no part in it. Thread-safe; one comparison at a time makes sense.
 */
public final class ParityCheck {
    /** The most differences {@link #compareKeys} names. */
    public static final int DIFFERENCES_NAMED = 100;

    private static final int KEYS_AT_ONCE = 500;
    private static final int PAGE_ROWS = 20_000;

    /** How long one statement may take: less than a socket waits for an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A range that takes longer is compared in so many parts. */
    private static final int PARTS = 8;

    private final Side source;
    private final Digests sourceDigests;
    private final Digests targetDigests;
    private final Looks looks;
    private final Throttle throttle;
    private final Reads reads;
    private final int workers;
    private final int rangeRows;
    private final AtomicLong compared = new AtomicLong();

    /**
     * Wires a comparison.
     *
     * @param throttle asked before each range; keys that are compared one by one are not held back
     * @param retry for reads that fail for a passing reason
     * @param rangeRows about how many rows one pair of digests covers
     */
    public ParityCheck(
            Side source, Side target, Settling settling, Throttle throttle, Retry retry, int workers, int rangeRows) {
        this(source, target, settling, throttle, retry, workers, rangeRows, PATIENCE);
    }

    /** A comparison with a patience of somebody's own. */
    ParityCheck(
            Side source,
            Side target,
            Settling settling,
            Throttle throttle,
            Retry retry,
            int workers,
            int rangeRows,
            Duration patience) {
        this.source = source;
        this.sourceDigests = new Digests(source, patience);
        this.targetDigests = new Digests(target, patience);
        this.reads = new Reads(retry);
        this.looks = new Looks(source.columns(), sourceDigests, targetDigests, settling, reads);
        this.throttle = throttle;
        this.workers = workers;
        this.rangeRows = rangeRows;
    }

    /** Rows compared by the comparison that runs or ran last. */
    public long compared() {
        return compared.get();
    }

    /**
     * Compares every row in the scope, in both directions.
     *
     * @param findings gets the differences and how far it is; when it is full the comparison ends
     * @throws SQLException when a server cannot be read; nothing is proven then
     */
    public Verdict compare(KeyRange scope, Findings findings, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        compared.set(0);
        Work work = new Work(scope, findings, stopping);
        RangeWalk walk = new RangeWalk(source, scope, rangeRows);
        Crew.ofThreads().run("parity", workers, () -> compareUntilOneFails(walk, work));
        if (work.differences.get() > 0) {
            return new Verdict.Divergent(work.differences.get(), compared.get());
        }
        if (stopping.getAsBoolean()) {
            return new Verdict.Stopped();
        }
        return compared.get() == 0 ? new Verdict.Nothing() : new Verdict.Equal(compared.get(), work.ranges.get());
    }

    /**
     * Compares these keys only, present or absent.
     *
     * @return the first of the differences, empty when there are none
     * @throws InterruptedException when {@code stopping} became true, since a part of the keys proves nothing
     */
    public List<Difference> compareKeys(Collection<Long> keys, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Findings.First first = Findings.first(DIFFERENCES_NAMED);
        compareKeys(keys, first, stopping);
        return first.differences();
    }

    /**
     * Compares these keys only, present or absent.
     *
     * @param findings gets the differences; when it is full the comparison ends
     * @throws InterruptedException when {@code stopping} became true, since a part of the keys proves nothing
     */
    public void compareKeys(Collection<Long> keys, Findings findings, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        if (judge(keys, new Work(KeyRange.ALL, findings, stopping)).isEmpty() && !findings.isFull()) {
            throw new InterruptedException("stop asked for");
        }
    }

    /**
     * A range of about as many source rows as one pair of digests covers, for somebody who goes from the newest rows to the oldest: the next one ends
     * where this one begins.
     *
     * @param upTo where it ends, {@code null} for behind the newest row
     * @return open below when no row is left there
     */
    public KeyRange rangeEndingAt(@Nullable Long upTo) throws SQLException {
        return reads.of(() -> RangeWalk.endingAt(source, upTo, rangeRows));
    }

    /** Those of these keys whose rows are not the same at this moment; a change on its way counts too. */
    public Set<Long> unequal(Collection<Long> keys) throws SQLException {
        List<Long> all = List.copyOf(keys);
        Set<Long> unequal = new HashSet<>();
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            unequal.addAll(looks.unequal(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE))));
        }
        return unequal;
    }

    /** Judges these keys, some at a time. Returns how many differ; empty when it did not come to the last. */
    private OptionalLong judge(Collection<Long> keys, Work work) throws SQLException, InterruptedException {
        List<Long> all = new ArrayList<>(keys);
        long different = 0;
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            if (work.isOver()) {
                return OptionalLong.empty();
            }
            List<Long> some = all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE));
            List<Difference> differences = due(looks.judge(some), work.findings);
            work.found(differences);
            different += differences.size();
        }
        return OptionalLong.of(different);
    }

    /** Returns whether it went to the end. */
    private boolean compareUntilOneFails(RangeWalk walk, Work work) throws SQLException, InterruptedException {
        boolean ended = false;
        try {
            compareRanges(walk, work);
            ended = true;
        } finally {
            if (!ended) {
                work.failed = true;
            }
        }
        return ended;
    }

    private void compareRanges(RangeWalk walk, Work work) throws SQLException, InterruptedException {
        while (!work.isOver()) {
            try (Throttle.Turn turn = throttle.await(work::isOver)) {
                if (work.isOver()) {
                    break;
                }
                Optional<KeyRange> range = reads.of(walk::next);
                if (range.isEmpty()) {
                    break;
                }
                Compared result = compareRange(range.get(), rangeRows, work);
                // The rows stay on their servers; only digests travel.
                turn.spent(result.rows(), 0);
                work.ended(range.get(), result);
            }
        }
    }

    /**
     * Compares a range, in parts when its digest takes too long.
     *
     * @param about how many rows it has
     */
    private Compared compareRange(KeyRange range, int about, Work work) throws SQLException, InterruptedException {
        Digests.Sum onSource;
        Digests.Sum onTarget;
        try {
            onSource = reads.of(() -> sourceDigests.sum(range));
            onTarget = reads.of(() -> targetDigests.sum(range));
        } catch (Digests.TooSlowException slow) {
            return compareParts(range, about, work, slow);
        }
        long rows = Math.max(onSource.rows(), onTarget.rows());
        boolean equal = onSource.equals(onTarget) || drill(range, work);
        compared.addAndGet(rows);
        return new Compared(rows, equal);
    }

    private Compared compareParts(KeyRange range, int about, Work work, Digests.TooSlowException slow)
            throws SQLException, InterruptedException {
        if (about == 1) {
            throw new SQLException(
                    slow.getMessage()
                            + ", though it holds about one row of the source; see what else the servers are busy with, then start again",
                    slow);
        }
        int part = Math.max(1, about / PARTS);
        RangeWalk walk = new RangeWalk(source, range, part);
        Compared all = new Compared(0, true);
        for (Optional<KeyRange> next = reads.of(walk::next); next.isPresent(); next = reads.of(walk::next)) {
            if (work.isOver()) {
                return new Compared(all.rows(), false);
            }
            all = all.and(compareRange(next.get(), part, work));
        }
        return all;
    }

    /**
     * Names the keys of a range whose digests disagree, page by page, so that a side with any number of extra rows fits in memory.
     *
     * @return whether every row of it was looked at and is equal
     */
    private boolean drill(KeyRange range, Work work) throws SQLException, InterruptedException {
        KeyRange rest = range;
        boolean equal = true;
        while (true) {
            KeyRange page = rest;
            NavigableMap<Long, String> onSource = reads.of(() -> sourceDigests.rows(page, PAGE_ROWS));
            NavigableMap<Long, String> onTarget = reads.of(() -> targetDigests.rows(page, PAGE_ROWS));
            Long cut = lower(cut(onSource), cut(onTarget));
            Set<Long> suspects = new HashSet<>();
            Map<String, Long> excused = new HashMap<>();
            for (Map.Entry<Long, String> row : upTo(onSource, cut).entrySet()) {
                String there = onTarget.get(row.getKey());
                Optional<String> excuse = there == null ? work.findings.excuse(row.getKey()) : Optional.empty();
                if (excuse.isPresent()) {
                    excused.merge(excuse.get(), 1L, Long::sum);
                } else if (!row.getValue().equals(there)) {
                    suspects.add(row.getKey());
                }
            }
            excused.forEach(work.findings::excused);
            upTo(onTarget, cut).keySet().stream()
                    .filter(key -> !onSource.containsKey(key))
                    .forEach(suspects::add);
            OptionalLong different = judge(suspects, work);
            equal &= excused.isEmpty() && different.equals(OptionalLong.of(0));
            if (different.isEmpty() || cut == null) {
                return equal;
            }
            rest = new KeyRange(cut, range.upTo());
        }
    }

    private static @Nullable Long cut(NavigableMap<Long, String> page) {
        return page.size() < PAGE_ROWS ? null : page.lastKey();
    }

    private static @Nullable Long lower(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.min(one, other);
    }

    private static NavigableMap<Long, String> upTo(NavigableMap<Long, String> page, @Nullable Long cut) {
        return cut == null ? page : page.headMap(cut, true);
    }

    /** Without the rows that are missing and need not be there, which a row may have become while it was looked at. */
    private static List<Difference> due(List<Difference> differences, Findings findings) throws SQLException {
        List<Difference> due = new ArrayList<>();
        for (Difference difference : differences) {
            Optional<String> excuse =
                    difference.kind() == Difference.Kind.MISSING ? findings.excuse(difference.key()) : Optional.empty();
            excuse.ifPresentOrElse(why -> findings.excused(why, 1), () -> due.add(difference));
        }
        return due;
    }

    /**
     * What became of a range.
     *
     * @param equal whether every row of it was compared and is equal
     */
    private record Compared(long rows, boolean equal) {
        Compared and(Compared other) {
            return new Compared(rows + other.rows, equal && other.equal);
        }
    }

    /** One comparison, shared by its workers. */
    private static final class Work {
        private final Findings findings;
        private final BooleanSupplier stopping;
        private final AtomicLong differences = new AtomicLong();
        private final AtomicLong ranges = new AtomicLong();
        private final EqualPrefix prefix;
        private volatile boolean failed;

        Work(KeyRange scope, Findings findings, BooleanSupplier stopping) {
            this.prefix = new EqualPrefix(scope);
            this.findings = findings;
            this.stopping = stopping;
        }

        void found(List<Difference> found) throws SQLException {
            if (!found.isEmpty()) {
                differences.addAndGet(found.size());
                findings.found(found);
            }
        }

        void ended(KeyRange range, Compared result) throws SQLException {
            ranges.incrementAndGet();
            if (!result.equal()) {
                return;
            }
            // Told in order, also by workers that end a range at the same moment.
            synchronized (prefix) {
                Optional<EqualPrefix.Reached> reached = prefix.ended(range, result.rows());
                if (reached.isPresent()) {
                    findings.equalUpTo(reached.get().upTo(), reached.get().rows());
                }
            }
        }

        boolean isOver() {
            return failed || findings.isFull() || stopping.getAsBoolean();
        }
    }
}
