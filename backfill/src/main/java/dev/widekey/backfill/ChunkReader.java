package dev.widekey.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one key range by one plain consistent read, row by row as the server sends them, without locks.
 *
 * <p>Memory is bounded by one batch plus one row, whatever the range holds. Values are the bytes of the text protocol, untouched; the
 * connection must not convert them ({@code character_set_results} NULL, time zone UTC). Thread-safe.
 */
final class ChunkReader {
    static final int BATCH_ROWS = 500;
    private static final long BATCH_BYTES = 1 << 20;

    private final SourceTable table;
    private final int batchRows;

    ChunkReader(SourceTable table) {
        this(table, BATCH_ROWS);
    }

    ChunkReader(SourceTable table, int batchRows) {
        this.table = table;
        this.batchRows = batchRows;
    }

    /** Where rows go. */
    interface Sink {
        void accept(RowBatch batch) throws SQLException;
    }

    /** What a read went through. */
    record Volume(long rows, long bytes) {}

    Volume read(Connection source, KeyRange range, Sink sink) throws SQLException {
        try (PreparedStatement query =
                source.prepareStatement(sql(range), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            bind(query, range);
            return stream(query, table.columns().size(), batchRows, sink);
        }
    }

    /** Hands on the rows of a query in batches. */
    static Volume stream(PreparedStatement query, int columns, int batchRows, Sink sink) throws SQLException {
        long rows = 0;
        long bytes = 0;
        // Connector/J's word for "stream": rows are taken off the wire one by one.
        query.setFetchSize(Integer.MIN_VALUE);
        try (ResultSet row = query.executeQuery()) {
            RowBatch batch = new RowBatch();
            while (row.next()) {
                byte[] @Nullable [] values = new byte[columns][];
                for (int i = 0; i < columns; i++) {
                    values[i] = row.getBytes(i + 1);
                }
                batch.add(values);
                if (batch.isFull(batchRows, BATCH_BYTES)) {
                    rows += batch.rows().size();
                    bytes += batch.bytes();
                    sink.accept(batch);
                    batch = new RowBatch();
                }
            }
            rows += batch.rows().size();
            bytes += batch.bytes();
            sink.accept(batch);
        }
        return new Volume(rows, bytes);
    }

    private String sql(KeyRange range) {
        return "SELECT " + table.selectList() + " FROM " + table.name() + " WHERE TRUE"
                + (range.above() == null ? "" : " AND " + table.keyName() + " > ?")
                + (range.upTo() == null ? "" : " AND " + table.keyName() + " <= ?")
                + " ORDER BY " + table.keyName();
    }

    private static void bind(PreparedStatement query, KeyRange range) throws SQLException {
        int parameter = 1;
        if (range.above() != null) {
            query.setLong(parameter++, range.above());
        }
        if (range.upTo() != null) {
            query.setLong(parameter, range.upTo());
        }
    }
}
