package dev.widekey.daemon.audit.totals;

import dev.widekey.backfill.parity.Settling;
import dev.widekey.daemon.audit.AuditedTable;
import dev.widekey.daemon.audit.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Compares what the rows of both sides amount to. The keys are cut into spans; a span is counted on both sides in every dimension, and counted again, at
 * most {@value #RECOUNTS} times, behind the stream, as long as it differs. Used once; its workers are threads.
 */
public final class Totals {
    /** How often a span that differs is counted again. */
    public static final int RECOUNTS = 3;

    private final Plan plan;
    private final SideCounter source;
    private final SideCounter target;
    private final Optional<Settling> stream;
    private final Set<Integer> tooMany = ConcurrentHashMap.newKeySet();
    private final Counts sourceTotals;
    private final Counts targetTotals;
    private final Map<Range, Amount> sourceSpans = new HashMap<>();
    private final Map<Range, Amount> targetSpans = new HashMap<>();
    private int moving;
    private volatile boolean failed;

    /**
     * Totals of two tables.
     *
     * @param stream what runs between them; empty when nothing does, and then nothing is counted twice
     */
    public Totals(Plan plan, AuditedTable source, AuditedTable target, Optional<Settling> stream) {
        this.plan = plan;
        this.source = new SideCounter(
                source,
                plan.sourceBytes(),
                plan.groupings().stream().map(Plan.Grouping::onSource).toList(),
                plan.nullable(),
                tooMany);
        this.target = new SideCounter(
                target,
                plan.targetBytes(),
                plan.groupings().stream().map(Plan.Grouping::onTarget).toList(),
                plan.nullable(),
                tooMany);
        this.stream = stream;
        this.sourceTotals = this.source.none();
        this.targetTotals = this.target.none();
    }

    /**
     * What came of it.
     *
     * @param upTo the highest key counted; what is written behind it while this runs is left out
     * @param moving how many id ranges differ that were still changing when they were counted for the last time
     */
    public record Result(long upTo, Amount source, Amount target, int moving, List<Dimension> dimensions) {

        /** Keeps its own copy. */
        public Result {
            dimensions = List.copyOf(dimensions);
        }

        /** Whether every dimension was compared and is equal. */
        public boolean isEqual() {
            return dimensions.stream().allMatch(Dimension::isEqual);
        }
    }

    /** Counts the keys of a scope; empty when neither side has a row there. */
    public Optional<Result> compare(Range scope, int workers) throws SQLException, InterruptedException {
        List<Range> ends = new ArrayList<>();
        source.ends(scope).ifPresent(ends::add);
        target.ends(scope).ifPresent(ends::add);
        if (ends.isEmpty()) {
            return Optional.empty();
        }
        long least = ends.stream().mapToLong(Totals::first).min().orElseThrow();
        long greatest = ends.stream().mapToLong(Totals::last).max().orElseThrow();
        List<Range> spans = Spans.of(least, greatest);
        count(spans, workers);
        List<Dimension> dimensions = new ArrayList<>();
        dimensions.add(byIdRange(spans, least));
        for (int i = 0; i < plan.groupings().size(); i++) {
            String name = plan.groupings().get(i).name();
            dimensions.add(
                    tooMany.contains(i)
                            ? Dimension.tooMany(name)
                            : Dimension.of(
                                    name, sourceTotals.groups(i), targetTotals.groups(i), Comparator.naturalOrder()));
        }
        if (!plan.nullable().isEmpty()) {
            dimensions.add(Dimension.of(
                    "null class", nullClasses(sourceTotals), nullClasses(targetTotals), Comparator.naturalOrder()));
        }
        return Optional.of(new Result(greatest, sourceTotals.all(), targetTotals.all(), moving, dimensions));
    }

    private static long first(Range ends) {
        return ends.above() == null ? Long.MIN_VALUE : ends.above();
    }

    private static long last(Range ends) {
        return ends.upTo() == null ? Long.MAX_VALUE : ends.upTo();
    }

    private void count(List<Range> spans, int workers) throws SQLException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        Callable<Boolean> work = () -> {
            boolean ended = false;
            try {
                for (int i = next.getAndIncrement(); i < spans.size() && !failed; i = next.getAndIncrement()) {
                    count(spans.get(i));
                }
                ended = true;
            } finally {
                failed = failed || !ended;
            }
            return ended;
        };
        AtomicInteger names = new AtomicInteger();
        ExecutorService threads =
                Executors.newFixedThreadPool(workers, task -> new Thread(task, "totals-" + names.incrementAndGet()));
        try {
            for (Future<Boolean> end : threads.invokeAll(Collections.nCopies(workers, work))) {
                end.get();
            }
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new SQLException("the totals cannot be counted: " + failure.getMessage(), failure.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void count(Range span) throws SQLException, InterruptedException {
        Counts here = source.count(span);
        Counts there = target.count(span);
        boolean isStill = true;
        for (int again = 0; again < RECOUNTS && stream.isPresent() && !here.isLike(there); again++) {
            Counts before = here;
            here = source.count(span);
            isStill = here.isLike(before);
            // What is counted now is on the target by then, so that only what changes meanwhile still differs.
            stream.get().settle();
            there = target.count(span);
        }
        synchronized (this) {
            moving += isStill || here.isLike(there) ? 0 : 1;
            sourceTotals.add(here);
            targetTotals.add(there);
            sourceSpans.put(span, here.all());
            targetSpans.put(span, there.all());
        }
    }

    private Dimension byIdRange(List<Range> spans, long least) {
        Map<String, Amount> here = new LinkedHashMap<>();
        Map<String, Amount> there = new LinkedHashMap<>();
        Map<String, Integer> order = new HashMap<>();
        for (Range span : spans) {
            String label = Spans.label(span, least);
            order.put(label, order.size());
            put(here, label, sourceSpans.getOrDefault(span, Amount.NONE));
            put(there, label, targetSpans.getOrDefault(span, Amount.NONE));
        }
        return Dimension.of("id range", here, there, Comparator.comparing(order::get));
    }

    private static void put(Map<String, Amount> groups, String label, Amount amount) {
        if (amount.rows() > 0) {
            groups.put(label, amount);
        }
    }

    private Map<String, Amount> nullClasses(Counts totals) {
        Map<String, Amount> all = new HashMap<>();
        for (int i = 0; i < plan.nullable().size(); i++) {
            all.putAll(totals.nullClasses(plan.nullable().get(i), i));
        }
        return all;
    }
}
