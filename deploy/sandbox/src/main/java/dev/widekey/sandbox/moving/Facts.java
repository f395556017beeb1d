package dev.widekey.sandbox.moving;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the servers have acknowledged, row by row. A row has one writer. Thread-safe.
 */
public final class Facts {
    private static final int EXAMPLES = 10;

    private final Map<Long, Fact> facts = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Long> twice = new ConcurrentLinkedQueue<>();

    /** What is known of a row: its content, empty when it was deleted; or that an answer was lost or is awaited. */
    record Fact(Optional<String> content, boolean sure) {}

    void inserted(long key, String content) {
        if (facts.put(key, new Fact(Optional.of(content), true)) != null) {
            twice.add(key);
        }
    }

    void is(long key, Optional<String> content) {
        facts.put(key, new Fact(content, true));
    }

    void unsure(long key) {
        facts.computeIfPresent(key, (k, fact) -> new Fact(fact.content(), false));
    }

    Optional<Fact> of(long key) {
        return Optional.ofNullable(facts.get(key));
    }

    /** The rows there were before anybody wrote. */
    public void load(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, v FROM " + table)) {
            while (row.next()) {
                is(row.getLong(1), Optional.of(row.getString(2)));
            }
        }
    }

    /**
     * What is wrong with a table that nobody writes to.
     *
     * @param lost rows acknowledged and not there
     * @param ghost rows there that nobody was told of, or whose deletion was acknowledged
     * @param stale rows with another content than the one acknowledged last
     * @param twice keys that were handed out to two rows
     */
    public record Wrong(List<Long> lost, List<Long> ghost, List<Long> stale, List<Long> twice) {
        /** Whether nothing is. */
        public boolean isNothing() {
            return lost.isEmpty() && ghost.isEmpty() && stale.isEmpty() && twice.isEmpty();
        }

        @Override
        public String toString() {
            return "lost=" + lost.size() + " ghost=" + ghost.size() + " stale=" + stale.size() + " twice="
                    + twice.size()
                    + (isNothing() ? "" : " " + first(lost) + first(ghost) + first(stale) + first(twice));
        }

        private static List<Long> first(List<Long> keys) {
            return keys.subList(0, Math.min(EXAMPLES, keys.size()));
        }
    }

    /** Compares a table with what is known. Rows of which an answer was lost may be either way. */
    public Wrong check(Connection connection, String table) throws SQLException {
        List<Long> ghost = new ArrayList<>();
        List<Long> stale = new ArrayList<>();
        Map<Long, Fact> left = new HashMap<>(facts);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, v FROM " + table)) {
            while (row.next()) {
                Fact fact = left.remove(row.getLong(1));
                if (fact == null || (fact.sure() && fact.content().isEmpty())) {
                    ghost.add(row.getLong(1));
                } else if (fact.sure() && !fact.content().equals(Optional.of(row.getString(2)))) {
                    stale.add(row.getLong(1));
                }
            }
        }
        List<Long> lost = left.entrySet().stream()
                .filter(entry ->
                        entry.getValue().sure() && entry.getValue().content().isPresent())
                .map(Map.Entry::getKey)
                .toList();
        return new Wrong(lost, ghost, stale, List.copyOf(twice));
    }
}
