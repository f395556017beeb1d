package dev.widekey.daemon.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The target's storage: tables, and transactions that are one another's business only through {@link Locks} and COMMIT.
 *
 * <p>READ COMMITTED: a plain read sees what is committed and its own writes, a locking read waits for others.
 */
final class Target {
    /** The tables there are. */
    enum Table {
        ROWS,
        OWNER,
        LEASE,
        CHUNK,
        STREAM,
        QUARANTINE
    }

    /** A row's place. */
    record Place(Table table, long key) {}

    /** A chunk's row. */
    record ChunkRow(Long above, Long upTo, boolean copied) {}

    /** The stream's row. */
    record StreamRow(String position, String delivered) {}

    /** Stands for a deleted row among a transaction's writes. */
    static final Object GONE = "gone";

    /** One transaction. */
    static final class Transaction {
        final Session session;
        Map<Place, Object> writes = new LinkedHashMap<>();
        /** Somebody else chose it as the victim of a deadlock. */
        boolean victim;

        Transaction(Session session) {
            this.session = session;
        }
    }

    private final Map<Table, TreeMap<Long, Object>> committed = new EnumMap<>(Table.class);

    final Locks locks = new Locks();

    Target() {
        for (Table table : Table.values()) {
            committed.put(table, new TreeMap<>());
        }
    }

    /** What is committed. */
    TreeMap<Long, Object> committed(Table table) {
        return committed.get(table);
    }

    /** The row as the transaction sees it; null when there is none. */
    Object read(Transaction transaction, Place place) {
        Object own = transaction == null ? null : transaction.writes.get(place);
        if (own != null) {
            return own == GONE ? null : own;
        }
        return committed.get(place.table()).get(place.key());
    }

    /** All rows of a table as the transaction sees them. */
    TreeMap<Long, Object> scan(Transaction transaction, Table table) {
        TreeMap<Long, Object> rows = new TreeMap<>(committed.get(table));
        if (transaction != null) {
            transaction.writes.forEach((place, row) -> {
                if (place.table() == table) {
                    if (row == GONE) {
                        rows.remove(place.key());
                    } else {
                        rows.put(place.key(), row);
                    }
                }
            });
        }
        return rows;
    }

    void commit(Transaction transaction) {
        transaction.writes.forEach((place, row) -> {
            if (row == GONE) {
                committed.get(place.table()).remove(place.key());
            } else {
                committed.get(place.table()).put(place.key(), row);
            }
        });
        locks.release(transaction);
    }

    void rollback(Transaction transaction) {
        transaction.writes.clear();
        locks.release(transaction);
    }

    /** The rows of the migrated table. */
    TreeMap<Long, String> rows() {
        TreeMap<Long, String> rows = new TreeMap<>();
        committed.get(Table.ROWS).forEach((key, value) -> rows.put(key, (String) value));
        return rows;
    }

    /** The keys of the rows in quarantine. */
    Set<Long> quarantined() {
        return Set.copyOf(committed.get(Table.QUARANTINE).keySet());
    }

    /** The chunks by number. */
    List<ChunkRow> chunks() {
        List<ChunkRow> chunks = new ArrayList<>();
        committed.get(Table.CHUNK).values().forEach(row -> chunks.add((ChunkRow) row));
        return chunks;
    }
}
