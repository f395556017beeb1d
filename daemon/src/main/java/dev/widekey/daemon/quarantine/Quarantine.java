package dev.widekey.daemon.quarantine;

import dev.widekey.backfill.KeyRange;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.StateSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The entries of rows the target does not take, one for each key, written in the transaction that would have written the row: the model's {@code
 * entries}.
 *
 * <p>Between a chunk and the stream the entries and the rows themselves are the locks. A stream's transaction makes its entry before it deletes the row;
 * a chunk's inserts its rows before it looks for entries. Whichever comes second waits for the other or finds what it did. The same holds for a
 * chunk that makes an entry and then looks for the row, against a stream's transaction that writes the row and then takes the entry away.
 *
 * <p>Thread-safe; {@link #load} first. What takes a connection works on the caller's transaction.
 */
public final class Quarantine {
    /** More rows than this are no exceptions: something is wrong with the table. */
    static final int MOST = 10_000;

    private static final int AT_ONCE = 500;

    private final Database target;
    private final StateSchema state;
    private final String migration;

    /**
     * Every key that may have an entry, so that the stream need not look for those of all the others. A key stays, since a chunk that is about to
     * make an entry may have noted it again.
     */
    private final Set<Long> noted = ConcurrentHashMap.newKeySet();

    /** The quarantine of one migration; reads nothing yet. */
    public Quarantine(Database target, StateSchema state, String migration) {
        this.target = target;
        this.state = state;
        this.migration = migration;
    }

    /** Reads the entries an earlier process has left. Once this process owns the migration nobody else makes any. */
    public void load() throws SQLException {
        noted.addAll(fingerprints().keySet());
    }

    /**
     * Says that an entry may be made. The stream, which may write this row at the same time, looks for the entry from now on.
     *
     * @throws HaltException when there are too many
     */
    void note(Refusal refusal) {
        noted.add(refusal.key());
        if (noted.size() > MOST) {
            throw new HaltException(
                    HaltException.Reason.ROW_REJECTED,
                    "the target refuses more than " + MOST + " rows, the last of them " + refusal
                            + "; that many are no exceptions: mend the column on the target or the rows on the source, then start again");
        }
    }

    /** Makes entries, or says of those that exist that the row was refused again. */
    public void enter(Connection transaction, Collection<Refusal> refusals) throws SQLException {
        if (refusals.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = transaction.prepareStatement("INSERT INTO " + name()
                + " (migration, row_key, kind, code, reason, fingerprint, first_seen, last_seen, times)"
                + " VALUES (?, ?, ?, ?, ?, ?, NOW(6), NOW(6), 1) AS new ON DUPLICATE KEY UPDATE kind = new.kind,"
                + " code = new.code, reason = new.reason, fingerprint = new.fingerprint, last_seen = new.last_seen,"
                + " times = " + name() + ".times + 1")) {
            for (Refusal refusal : refusals) {
                insert.setString(1, migration);
                insert.setLong(2, refusal.key());
                insert.setString(3, refusal.kind().name());
                insert.setInt(4, refusal.code());
                insert.setString(5, refusal.reason());
                insert.setString(6, refusal.fingerprint());
                insert.executeUpdate();
            }
        }
    }

    /** Takes the entries of these keys away, those that exist: the row is on the target now, or nowhere any more. */
    public void leave(Connection transaction, Collection<Long> keys) throws SQLException {
        if (noted.isEmpty()) {
            return;
        }
        List<Long> some = keys.stream().filter(noted::contains).toList();
        for (int from = 0; from < some.size(); from += AT_ONCE) {
            List<Long> these = some.subList(from, Math.min(some.size(), from + AT_ONCE));
            try (PreparedStatement delete = transaction.prepareStatement("DELETE FROM " + name()
                    + " WHERE migration = ? AND row_key IN ("
                    + String.join(", ", Collections.nCopies(these.size(), "?")) + ")")) {
                delete.setString(1, migration);
                for (int i = 0; i < these.size(); i++) {
                    delete.setLong(2 + i, these.get(i));
                }
                delete.executeUpdate();
            }
        }
    }

    /** The keys in a range that have an entry; waits for whoever is about to make or to end one. */
    public List<Long> held(Connection transaction, KeyRange range) throws SQLException {
        String sql = "SELECT row_key FROM " + name() + " WHERE migration = ?"
                + (range.above() == null ? "" : " AND row_key > ?")
                + (range.upTo() == null ? "" : " AND row_key <= ?") + " FOR SHARE";
        try (PreparedStatement query = transaction.prepareStatement(sql)) {
            int parameter = 1;
            query.setString(parameter++, migration);
            if (range.above() != null) {
                query.setLong(parameter++, range.above());
            }
            if (range.upTo() != null) {
                query.setLong(parameter, range.upTo());
            }
            List<Long> keys = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    keys.add(row.getLong(1));
                }
            }
            return keys;
        }
    }

    /** Whether no key has an entry, and none had one in this process. */
    public boolean isUntouched() {
        return noted.isEmpty();
    }

    /** Whether the key has an entry now. */
    public boolean holds(long key) throws SQLException {
        if (!noted.contains(key)) {
            return false;
        }
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT 1 FROM " + name() + " WHERE migration = ? AND row_key = ?")) {
            query.setString(1, migration);
            query.setLong(2, key);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Every entry's key and fingerprint. */
    public SortedMap<Long, String> fingerprints() throws SQLException {
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT row_key, fingerprint FROM " + name() + " WHERE migration = ?")) {
            query.setString(1, migration);
            SortedMap<Long, String> entries = new TreeMap<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    entries.put(row.getLong(1), row.getString(2));
                }
            }
            return entries;
        }
    }

    private String name() {
        return state.name("quarantine");
    }
}
