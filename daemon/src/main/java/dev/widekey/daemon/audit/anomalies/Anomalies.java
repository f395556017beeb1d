package dev.widekey.daemon.audit.anomalies;

import dev.widekey.backfill.Crew;
import dev.widekey.daemon.audit.AuditedTable;
import dev.widekey.daemon.audit.KeyWalk;
import dev.widekey.daemon.audit.Range;
import dev.widekey.daemon.audit.TooSlowException;
import dev.widekey.daemon.database.Faults;
import dev.widekey.daemon.preflight.Problem;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Goes once over a table and counts the rows of every class, as they are when their range is read. One statement counts all classes of a range; a
 * range that takes too long is counted in parts, and a class for which a single row takes too long is given up by name. Used once; its workers are threads.
 */
public final class Anomalies {
    /** How many keys are kept for each class. */
    public static final int SAMPLES = 10;

    private static final int MOST_ROWS = 5_000;

    /** A range that takes too long makes the next ones smaller, down to this, and quick ones make them larger again. */
    private static final int LEAST_ROWS = 100;

    private static final long QUICK_NANOS = 1_000_000_000L;

    private final AuditedTable table;
    private final int mostRows;
    private final List<Tally> tallies;
    private final AtomicLong rows = new AtomicLong();
    private volatile int size;
    private volatile boolean failed;

    /** An audit of a table. */
    public Anomalies(AuditedTable table, List<AnomalyClass> classes) {
        this(table, classes, MOST_ROWS);
    }

    /** An audit in ranges of so many rows, at most. */
    Anomalies(AuditedTable table, List<AnomalyClass> classes, int mostRows) {
        this.table = table;
        this.mostRows = mostRows;
        this.size = mostRows;
        this.tallies = classes.stream().map(Tally::new).toList();
    }

    /**
     * Tries the operator's conditions before the first range.
     *
     * @throws RefusedConditionsException with every condition the server refuses
     */
    public void tryConditions() throws SQLException {
        List<Problem> problems = new ArrayList<>();
        for (Tally tally : tallies) {
            if (tally.of().setting().isPresent()) {
                // No row first: what is wrong whatever the rows. Then one, for what only a value brings out.
                Optional<Problem> problem = problem(tally.of(), counted(tally.of()), new Range(0L, 0L), "");
                if (problem.isEmpty()) {
                    problem = problem(tally.of(), "(" + tally.of().condition() + ") IS TRUE", Range.ALL, " LIMIT 1");
                }
                problem.ifPresent(problems::add);
            }
        }
        if (!problems.isEmpty()) {
            throw new RefusedConditionsException(problems);
        }
    }

    /**
     * Goes over the table.
     *
     * @return what was found of each class, in their order
     * @throws RefusedConditionsException when a value brings out that the server refuses conditions
     */
    public List<Finding> run(int workers) throws SQLException, InterruptedException {
        KeyWalk walk = new KeyWalk(table, Range.ALL);
        Crew.ofThreads().run("audit", workers, () -> {
            boolean ended = false;
            try {
                int about = size;
                for (Optional<Range> range = walk.next(about); range.isPresent() && !failed; range = walk.next(about)) {
                    long begun = System.nanoTime();
                    table.inParts(range.get(), about, this::count);
                    if (System.nanoTime() - begun < QUICK_NANOS) {
                        size = Math.min(mostRows, 2 * about);
                    }
                    about = size;
                }
                ended = true;
            } finally {
                failed = failed || !ended;
            }
            return ended;
        });
        return tallies.stream().map(Tally::finding).toList();
    }

    /** Rows looked at. */
    public long rows() {
        return rows.get();
    }

    private void count(Range range, int about) throws SQLException {
        List<Tally> open = tallies.stream().filter(tally -> !tally.isGivenUp()).toList();
        try {
            rows.addAndGet(count(range, open));
        } catch (TooSlowException slow) {
            if (about > 1) {
                size = Math.min(mostRows, Math.max(LEAST_ROWS, about / 2));
                throw slow;
            }
            rows.addAndGet(countOneByOne(range, open));
        } catch (SQLException failure) {
            throw refused(range, open, failure);
        }
    }

    /** Counts the rows of some classes; returns how many rows there are. */
    private long count(Range range, List<Tally> open) throws SQLException {
        String sums = open.stream().map(tally -> ", " + counted(tally.of())).collect(Collectors.joining());
        long[] counts = table.select("COUNT(*)" + sums, range, "", "", row -> {
            row.next();
            long[] each = new long[open.size() + 1];
            for (int i = 0; i < each.length; i++) {
                each[i] = row.getLong(i + 1);
            }
            return each;
        });
        List<List<BigInteger>> samples = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
            samples.add(counts[i + 1] > 0 ? keys(range, open.get(i)) : List.of());
        }
        for (int i = 0; i < open.size(); i++) {
            open.get(i).add(counts[i + 1]);
            open.get(i).sample(samples.get(i));
        }
        return counts[0];
    }

    private List<BigInteger> keys(Range range, Tally tally) throws SQLException {
        int wanted = tally.wanted();
        if (wanted == 0) {
            return List.of();
        }
        String tail = " ORDER BY " + table.key() + " LIMIT " + wanted;
        return table.select(table.key(), range, tally.of().condition(), tail, row -> {
            List<BigInteger> keys = new ArrayList<>();
            while (row.next()) {
                keys.add(new BigInteger(row.getString(1)));
            }
            return keys;
        });
    }

    /** Counts a row whose classes take too long together; the ones that take too long alone are given up. */
    private long countOneByOne(Range range, List<Tally> open) throws SQLException {
        for (Tally tally : open) {
            try {
                count(range, List.of(tally));
            } catch (TooSlowException slow) {
                tally.giveUp("given up, because " + slow.getMessage() + " for a single row");
            } catch (SQLException failure) {
                throw refused(range, List.of(tally), failure);
            }
        }
        return count(range, List.of());
    }

    private static String counted(AnomalyClass of) {
        return "SUM(IF((" + of.condition() + "), 1, 0))";
    }

    /** Finds out which conditions a failure is about; fails with it when it is about none. */
    private RuntimeException refused(Range range, List<Tally> open, SQLException failure) throws SQLException {
        if (Faults.passes(failure)) {
            throw failure;
        }
        List<Problem> problems = new ArrayList<>();
        for (Tally tally : open) {
            if (tally.of().setting().isPresent()) {
                problem(tally.of(), counted(tally.of()), range, "").ifPresent(problems::add);
            }
        }
        if (problems.isEmpty()) {
            throw failure;
        }
        return new RefusedConditionsException(problems);
    }

    /** Why the server refuses a condition; empty when it takes it, or is too slow to say. */
    private Optional<Problem> problem(AnomalyClass of, String expression, Range range, String tail)
            throws SQLException {
        try {
            table.select(expression, range, "", tail, row -> row.next());
            return Optional.empty();
        } catch (TooSlowException slow) {
            // Slow is not wrong.
            return Optional.empty();
        } catch (SQLException failure) {
            if (Faults.passes(failure)) {
                throw failure;
            }
            return Optional.of(new Problem(
                    Problem.Code.AUDIT_CONDITION,
                    "the source refuses the condition " + of.condition() + ": " + failure.getMessage(),
                    of.setting().orElseThrow(),
                    Faults.isRefusal(failure)
                            ? "GRANT SELECT on the table that it reads to the account of the source, or take the class out"
                            : "make it one condition on the source's columns that only reads, or take the class out"));
        }
    }
}
