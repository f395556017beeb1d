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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares both tables while the application writes to the source and the stream to the target.
 *
 * <p>Ranges whose digests agree are equal. Of the others every differing key is judged by itself: read the source, let the stream settle, read the
 * target, read the source again. Equal is equal. A source that moved is looked at again, at most {@value #LOOKS} times. A difference is one that was seen
 * unchanged in {@value #CONFIRMED} looks in a row: in a single look a row that changed and changed back passes for one that stood still. Time plays
 * no part in it. Thread-safe; one comparison at a time makes sense.
 */
public final class ParityCheck {
    /** The most differences {@link #compareKeys} names. */
    public static final int DIFFERENCES_NAMED = 100;

    private static final int LOOKS = 8;
    private static final int CONFIRMED = 3;
    private static final int KEYS_AT_ONCE = 500;
    private static final int PAGE_ROWS = 20_000;

    /** How long one statement may take: less than a socket waits for an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A range that takes longer is compared in so many parts. */
    private static final int PARTS = 8;

    private final Side source;
    private final Digests sourceDigests;
    private final Digests targetDigests;
    private final Settling settling;
    private final Throttle throttle;
    private final Retry retry;
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
        this.settling = settling;
        this.throttle = throttle;
        this.retry = retry;
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
     * @param findings gets the differences; when it is full the comparison ends
     * @throws SQLException when a server cannot be read; nothing is proven then
     */
    public Verdict compare(KeyRange scope, Findings findings, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        compared.set(0);
        Work work = new Work(findings, stopping);
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
        if (!judge(keys, new Work(findings, stopping)) && !findings.isFull()) {
            throw new InterruptedException("stop asked for");
        }
    }

    /** Those of these keys whose rows are not the same at this moment; a change on its way counts too. */
    public Set<Long> unequal(Collection<Long> keys) throws SQLException {
        List<Long> all = List.copyOf(keys);
        Set<Long> unequal = new HashSet<>();
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            unequal.addAll(unequalOf(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE))));
        }
        return unequal;
    }

    private Set<Long> unequalOf(List<Long> some) throws SQLException {
        Map<Long, String> onSource = read(() -> sourceDigests.rows(some));
        Map<Long, String> onTarget = read(() -> targetDigests.rows(some));
        Set<Long> unequal = new HashSet<>(some);
        unequal.removeIf(key -> Objects.equals(onSource.get(key), onTarget.get(key)));
        return unequal;
    }

    /** Judges these keys, some at a time. Returns whether it came to the last. */
    private boolean judge(Collection<Long> keys, Work work) throws SQLException, InterruptedException {
        List<Long> all = new ArrayList<>(keys);
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            if (work.isOver()) {
                return false;
            }
            List<Long> some = all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE));
            work.found(named(due(looked(unequalOf(some)), work.findings)));
        }
        return true;
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
                Optional<KeyRange> range = read(walk::next);
                if (range.isEmpty()) {
                    break;
                }
                // The rows stay on their servers; only digests travel.
                turn.spent(compareRange(range.get(), rangeRows, work), 0);
                work.ranges.incrementAndGet();
            }
        }
    }

    /**
     * Compares a range, in parts when its digest takes too long.
     *
     * @param about how many rows it has
     * @return how many rows it has
     */
    private long compareRange(KeyRange range, int about, Work work) throws SQLException, InterruptedException {
        Digests.Sum onSource;
        Digests.Sum onTarget;
        try {
            onSource = read(() -> sourceDigests.sum(range));
            onTarget = read(() -> targetDigests.sum(range));
        } catch (Digests.TooSlowException slow) {
            return compareParts(range, about, work, slow);
        }
        long rows = Math.max(onSource.rows(), onTarget.rows());
        if (!onSource.equals(onTarget)) {
            drill(range, work);
        }
        compared.addAndGet(rows);
        return rows;
    }

    private long compareParts(KeyRange range, int about, Work work, Digests.TooSlowException slow)
            throws SQLException, InterruptedException {
        if (about == 1) {
            throw new SQLException(
                    slow.getMessage()
                            + ", though it holds about one row of the source; see what else the servers are busy with, then start again",
                    slow);
        }
        int part = Math.max(1, about / PARTS);
        RangeWalk walk = new RangeWalk(source, range, part);
        long rows = 0;
        for (Optional<KeyRange> next = read(walk::next); next.isPresent() && !work.isOver(); next = read(walk::next)) {
            rows += compareRange(next.get(), part, work);
        }
        return rows;
    }

    /** Names the keys of a range whose digests disagree, page by page, so that a side with any number of extra rows fits in memory. */
    private void drill(KeyRange range, Work work) throws SQLException, InterruptedException {
        KeyRange rest = range;
        while (true) {
            KeyRange page = rest;
            NavigableMap<Long, String> onSource = read(() -> sourceDigests.rows(page, PAGE_ROWS));
            NavigableMap<Long, String> onTarget = read(() -> targetDigests.rows(page, PAGE_ROWS));
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
            if (!judge(suspects, work) || cut == null) {
                return;
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

    private List<Difference> looked(Set<Long> keys) throws SQLException, InterruptedException {
        List<Difference> differences = new ArrayList<>();
        Set<Long> open = new HashSet<>(keys);
        Map<Long, Sighting> sightings = new HashMap<>();
        for (int look = 0; look < LOOKS && !open.isEmpty(); look++) {
            Set<Long> looked = new HashSet<>(open);
            Map<Long, String> before = read(() -> sourceDigests.rows(looked));
            settling.settle();
            Map<Long, String> onTarget = read(() -> targetDigests.rows(looked));
            Map<Long, String> after = read(() -> sourceDigests.rows(looked));
            for (Long key : looked) {
                String source = after.get(key);
                String target = onTarget.get(key);
                if (Objects.equals(source, target)) {
                    open.remove(key);
                } else if (!Objects.equals(source, before.get(key))) {
                    sightings.remove(key);
                } else {
                    Sighting seen = Sighting.again(sightings.get(key), source, target);
                    sightings.put(key, seen);
                    if (seen.times() == CONFIRMED) {
                        open.remove(key);
                        differences.add(new Difference(key, kind(source, target)));
                    }
                }
            }
        }
        open.forEach(key -> differences.add(new Difference(key, Difference.Kind.UNSETTLED)));
        return differences;
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

    /** The differences, with the columns of the rows that are there on both sides. */
    private List<Difference> named(List<Difference> differences) throws SQLException {
        List<Long> keys = differences.stream()
                .filter(difference -> difference.kind() == Difference.Kind.DIFFERENT)
                .map(Difference::key)
                .toList();
        Map<Long, List<@Nullable String>> onSource = read(() -> sourceDigests.columns(keys));
        Map<Long, List<@Nullable String>> onTarget = read(() -> targetDigests.columns(keys));
        return differences.stream()
                .map(difference -> new Difference(
                        difference.key(),
                        difference.kind(),
                        differing(onSource.get(difference.key()), onTarget.get(difference.key()))))
                .toList();
    }

    private List<String> differing(@Nullable List<@Nullable String> here, @Nullable List<@Nullable String> there) {
        if (here == null || there == null) {
            return List.of();
        }
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < here.size(); i++) {
            if (!Objects.equals(here.get(i), there.get(i))) {
                columns.add(source.columns().get(i));
            }
        }
        return columns;
    }

    private static Difference.Kind kind(@Nullable String source, @Nullable String target) {
        if (source == null) {
            return Difference.Kind.EXTRA;
        }
        return target == null ? Difference.Kind.MISSING : Difference.Kind.DIFFERENT;
    }

    private <T> T read(Callable<T> query) throws SQLException {
        try {
            return retry.executeCallable(query);
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new SQLException("comparison failed", failure);
        }
    }

    /** A difference, and in how many looks in a row it was seen just so. */
    private record Sighting(
            @Nullable String source, @Nullable String target, int times) {
        static Sighting again(@Nullable Sighting before, @Nullable String source, @Nullable String target) {
            if (before == null || !Objects.equals(before.source, source) || !Objects.equals(before.target, target)) {
                return new Sighting(source, target, 1);
            }
            return new Sighting(source, target, before.times + 1);
        }
    }

    /** One comparison, shared by its workers. */
    private static final class Work {
        private final Findings findings;
        private final BooleanSupplier stopping;
        private final AtomicLong differences = new AtomicLong();
        private final AtomicLong ranges = new AtomicLong();
        private volatile boolean failed;

        Work(Findings findings, BooleanSupplier stopping) {
            this.findings = findings;
            this.stopping = stopping;
        }

        void found(List<Difference> found) throws SQLException {
            if (!found.isEmpty()) {
                differences.addAndGet(found.size());
                findings.found(found);
            }
        }

        boolean isOver() {
            return failed || findings.isFull() || stopping.getAsBoolean();
        }
    }
}
