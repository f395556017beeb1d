package dev.widekey.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads single rows by their keys, with the expressions the copy reads with and like it without locks. Memory is bounded by one batch plus one row.
 * Thread-safe.
 */
public final class KeyReader {
    private static final int KEYS_AT_ONCE = 500;

    private final SourceTable table;

    /** A reader of this table. */
    public KeyReader(SourceTable table) {
        this.table = table;
    }

    /** Where rows go. */
    public interface Sink {
        /** Takes over some rows. */
        void accept(RowBatch batch) throws SQLException;
    }

    /**
     * Hands on the rows that exist, as they are now.
     *
     * @return the keys without a row
     */
    public Set<Long> read(Connection source, Collection<Long> keys, Sink sink) throws SQLException {
        Set<Long> missing = new HashSet<>(keys);
        List<Long> all = List.copyOf(keys);
        int keyIndex = table.keyIndex();
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            List<Long> some = all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE));
            String sql = "SELECT " + table.selectList() + " FROM " + table.name() + " WHERE " + table.keyName()
                    + " IN (" + String.join(", ", Collections.nCopies(some.size(), "?")) + ")";
            try (PreparedStatement query =
                    source.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
                int parameter = 1;
                for (Long key : some) {
                    query.setLong(parameter++, key);
                }
                ChunkReader.stream(query, table.columns().size(), KEYS_AT_ONCE, batch -> {
                    for (int row = 0; row < batch.size(); row++) {
                        missing.remove(batch.number(row, keyIndex));
                    }
                    sink.accept(batch);
                });
            }
        }
        return missing;
    }
}
