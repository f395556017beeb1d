package dev.widekey.backfill.parity;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a comparison puts what it finds while it goes on. Called by several threads at once. */
public interface Findings {

    /**
     * Why a row with this key need not be on the target, in words; empty when it has to. A row that is excused and not there is counted and no
     * difference.
     *
     * @throws SQLException when that cannot be known; the comparison ends
     */
    default Optional<String> excuse(long key) throws SQLException {
        return Optional.empty();
    }

    /** So many rows of the source are not on the target, and are excused by this. */
    default void excused(String why, long rows) {}

    /**
     * Every row in scope up to and including this key was compared and is equal. Told one call at a time, each further than the one before, whatever
     * order the ranges ended in.
     *
     * @param rows how many that are
     * @throws SQLException when it cannot be kept; the comparison ends
     */
    default void equalUpTo(long key, long rows) throws SQLException {}

    /**
     * Differences, proven to stand still, with their columns.
     *
     * @throws SQLException when they cannot be kept; the comparison ends
     */
    void found(List<Difference> differences) throws SQLException;

    /** Whether enough is known: the comparison then ends early. */
    boolean isFull();

    /** Keeps the first so many and is full then. */
    static First first(int most) {
        return new First(most);
    }

    /** The first differences of a comparison, in memory. */
    final class First implements Findings {
        private final int most;
        private final List<Difference> differences = new ArrayList<>();

        private First(int most) {
            this.most = most;
        }

        @Override
        public synchronized void found(List<Difference> found) {
            differences.addAll(found.subList(0, Math.min(found.size(), most - differences.size())));
        }

        @Override
        public synchronized boolean isFull() {
            return differences.size() >= most;
        }

        /** What was found so far. */
        public synchronized List<Difference> differences() {
            return List.copyOf(differences);
        }
    }
}
