package dev.widekey.daemon.quarantine;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.StateSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The entries and the acceptances as people see them. An acceptance is added and never changed or removed, so they are the report of everything that
 * was ever left behind. Thread-safe.
 */
public final class EntryLog {
    /** No such table, no such schema. */
    private static final Set<Integer> NOTHING_YET = Set.of(1146, 1049);

    private static final int NAMED = 10;

    private final Database target;
    private final StateSchema state;
    private final String migration;

    /** The log of one migration; creates nothing. */
    public EntryLog(Database target, StateSchema state, String migration) {
        this.target = target;
        this.state = state;
        this.migration = migration;
    }

    /**
     * How many rows are in quarantine.
     *
     * @param accepted those a person has accepted; the others are open
     */
    public record Counts(long open, long accepted) {
        /** Nothing is in quarantine. */
        public static final Counts NONE = new Counts(0, 0);
    }

    /** Every entry by key; none before there is any state, or with that of an older daemon. */
    public List<Entry> entries() throws SQLException {
        String sql = "SELECT q.row_key, q.kind, q.code, q.reason, q.fingerprint, q.first_seen, q.last_seen, q.times,"
                + " a.accepted_by, a.why, a.accepted_at FROM " + state.name("quarantine") + " q LEFT JOIN "
                + state.name("acceptance") + " a ON a.seq = (SELECT MAX(b.seq) FROM " + state.name("acceptance")
                + " b WHERE b.migration = q.migration AND b.row_key = q.row_key AND b.fingerprint = q.fingerprint)"
                + " WHERE q.migration = ? ORDER BY q.row_key";
        return read(sql, row -> {
            long key = row.getLong(1);
            String by = row.getString(9);
            return new Entry(
                    key,
                    row.getString(2),
                    row.getInt(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getInt(8),
                    by == null
                            ? Optional.empty()
                            : Optional.of(new Acceptance(
                                    key,
                                    row.getString(5),
                                    row.getString(2),
                                    row.getString(4),
                                    by,
                                    row.getString(10),
                                    row.getString(11))));
        });
    }

    /** Everything that was ever accepted, in that order. */
    public List<Acceptance> accepted() throws SQLException {
        return read(
                "SELECT row_key, fingerprint, kind, reason, accepted_by, why, accepted_at FROM "
                        + state.name("acceptance") + " WHERE migration = ? ORDER BY seq",
                row -> new Acceptance(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7)));
    }

    /** Accepts these as they are now, all or none. */
    public void accept(Collection<Entry> entries, String by, String why) throws SQLException {
        try (Connection connection = target.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO " + state.name("acceptance")
                        + " (migration, row_key, fingerprint, kind, reason, accepted_by, why, accepted_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, NOW(6))")) {
            connection.setAutoCommit(false);
            for (Entry entry : entries) {
                insert.setString(1, migration);
                insert.setLong(2, entry.key());
                insert.setString(3, entry.fingerprint());
                insert.setString(4, entry.kind());
                insert.setString(5, entry.reason());
                insert.setString(6, by);
                insert.setString(7, why);
                insert.executeUpdate();
            }
            connection.commit();
        }
    }

    /** How many rows are in quarantine now. */
    public Counts counts() throws SQLException {
        List<Counts> counts = read(
                "SELECT COUNT(*), COALESCE(SUM(EXISTS (SELECT 1 FROM " + state.name("acceptance")
                        + " a WHERE a.migration = q.migration AND a.row_key = q.row_key AND a.fingerprint = q.fingerprint)), 0)"
                        + " FROM " + state.name("quarantine") + " q WHERE q.migration = ?",
                row -> new Counts(row.getLong(1) - row.getLong(2), row.getLong(2)));
        return counts.isEmpty() ? Counts.NONE : counts.get(0);
    }

    /** Whether the key has an entry now; none has with state of an older daemon. */
    public boolean holds(long key) throws SQLException {
        return !read(
                        "SELECT row_key FROM " + state.name("quarantine") + " WHERE migration = ? AND row_key = " + key,
                        row -> row.getLong(1))
                .isEmpty();
    }

    /** The first of the open ones, in words; empty when there is none. */
    public Optional<String> open() throws SQLException {
        List<Entry> open =
                entries().stream().filter(entry -> entry.acceptance().isEmpty()).toList();
        return open.isEmpty()
                ? Optional.empty()
                : Optional.of(open.size() + " rows are in quarantine: "
                        + open.stream().limit(NAMED).map(Entry::toString).collect(Collectors.joining(", "))
                        + (open.size() > NAMED ? ", ..." : ""));
    }

    private interface Of<T> {
        T row(ResultSet row) throws SQLException;
    }

    private <T> List<T> read(String sql, Of<T> of) throws SQLException {
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            List<T> rows = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    rows.add(of.row(row));
                }
            }
            return rows;
        } catch (SQLException missing) {
            if (NOTHING_YET.contains(missing.getErrorCode())) {
                return List.of();
            }
            throw missing;
        }
    }
}
