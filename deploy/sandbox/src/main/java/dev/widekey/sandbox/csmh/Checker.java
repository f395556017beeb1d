package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.csmh.CheckReport.Finding;
import dev.widekey.sandbox.csmh.Ledger.Entry;
import dev.widekey.sandbox.csmh.Ledger.Status;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares every row of both tables with each other and with the ledger, byte for byte, in code and SQL of its own.
 *
 * <p>Nobody may write meanwhile. Memory does not grow with the tables. Not thread-safe.
 */
public final class Checker {
    private static final int EXAMPLES = 10;

    private final World world;
    private final Ledger ledger;
    private final boolean follows;
    private final Set<Long> leftBehind;
    private final Map<Finding, Long> counts = new EnumMap<>(Finding.class);
    private final Map<Finding, List<Long>> examples = new EnumMap<>(Finding.class);
    private long sourceRows;
    private long targetRows;

    private Checker(World world, Ledger ledger, boolean follows, Set<Long> leftBehind) {
        this.leftBehind = leftBehind;
        this.world = world;
        this.ledger = ledger;
        this.follows = follows;
    }

    /** Walks both tables once. */
    public static CheckReport check(World world, Ledger ledger) throws SQLException {
        return new Checker(world, ledger, false, Set.of()).run();
    }

    /**
     * Walks both tables once.
     *
     * @param leftBehind keys that the old table has and the extended one must not have
     */
    public static CheckReport check(World world, Ledger ledger, Set<Long> leftBehind) throws SQLException {
        return new Checker(world, ledger, false, leftBehind).run();
    }

    /** Walks both tables once, of which each holds every row, whichever side it was born on. */
    public static CheckReport checkBoth(World world, Ledger ledger) throws SQLException {
        return new Checker(world, ledger, true, Set.of()).run();
    }

    private CheckReport run() throws SQLException {
        // Rows that are in neither table are missed by the walk, so the rows seen are counted against the ledger.
        Seen seen = new Seen();
        try (HistoryRows source = HistoryRows.open(world.source(), world.sourceSchema(), World.OLD_TABLE);
                HistoryRows target = HistoryRows.open(world.target(), world.targetSchema(), World.EXTENDED_TABLE)) {
            HistoryRow old = source.next();
            HistoryRow extended = target.next();
            while (old != null || extended != null) {
                long id = Math.min(
                        old == null ? Long.MAX_VALUE : old.id(), extended == null ? Long.MAX_VALUE : extended.id());
                HistoryRow oldHere = old != null && old.id() == id ? old : null;
                HistoryRow extendedHere = extended != null && extended.id() == id ? extended : null;
                compare(id, oldHere, extendedHere);
                seen.add(id);
                if (oldHere != null) {
                    sourceRows++;
                    old = source.next();
                }
                if (extendedHere != null) {
                    targetRows++;
                    extended = target.next();
                }
            }
        }
        long unknown = 0;
        for (Map.Entry<Long, Entry> known : ledger.entries().entrySet()) {
            Status status = known.getValue().status();
            unknown += isUnsure(status) ? 1 : 0;
            if (status == Status.PRESENT && !seen.contains(known.getKey())) {
                found(Finding.LOST, known.getKey());
            }
        }
        ledger.takenTwice().forEach(id -> found(Finding.TAKEN_TWICE, id));
        return new CheckReport(sourceRows, targetRows, unknown, counts, examples);
    }

    private void compare(long id, @Nullable HistoryRow old, @Nullable HistoryRow extended) {
        Entry entry = ledger.entry(id).orElse(null);
        if (entry != null && isUnsure(entry.status())) {
            return;
        }
        boolean acknowledged = entry != null && entry.status() == Status.PRESENT;
        if (!isAsTold(entry, old)) {
            found(Finding.SOURCE_WRONG, id);
        }
        if (leftBehind.contains(id)) {
            requireLeftBehind(id, old, extended);
        } else if (extended == null) {
            found(Finding.LOST, id);
        } else if (entry == null && old == null) {
            found(Finding.EXTRA, id);
        } else if (entry != null && !acknowledged) {
            found(Finding.GHOST, id);
        } else {
            compareContent(id, entry, old, extended);
        }
    }

    private void requireLeftBehind(long id, @Nullable HistoryRow old, @Nullable HistoryRow extended) {
        if (extended != null) {
            found(Finding.EXTRA, id);
        } else if (old == null) {
            found(Finding.LOST, id);
        }
    }

    /** The old table holds exactly the rows that were loaded or acknowledged there; when it follows, those of the other side too. */
    private boolean isAsTold(@Nullable Entry entry, @Nullable HistoryRow old) {
        if (entry == null || entry.status() != Status.PRESENT || (entry.side() != Side.OLD && !follows)) {
            return old == null;
        }
        return old != null && old.digest().equals(entry.digest());
    }

    private void compareContent(long id, @Nullable Entry entry, @Nullable HistoryRow old, HistoryRow extended) {
        RowDigest digest = extended.digest();
        boolean asAcknowledged = entry == null || digest.equals(entry.digest());
        boolean asSource = old == null || extended.equals(old);
        if (asAcknowledged && asSource) {
            return;
        }
        found(entry != null && digest.equals(entry.older()) ? Finding.STALE : Finding.DIFFERENT, id);
    }

    /** Whoever left a change unanswered cannot say what the row is. */
    private static boolean isUnsure(Status status) {
        return status == Status.UNKNOWN || status == Status.CHANGING;
    }

    private void found(Finding finding, long id) {
        counts.merge(finding, 1L, Long::sum);
        List<Long> keys = examples.computeIfAbsent(finding, key -> new ArrayList<>());
        if (keys.size() < EXAMPLES) {
            keys.add(id);
        }
    }
}
