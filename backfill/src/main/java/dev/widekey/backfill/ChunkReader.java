package dev.widekey.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads one key range by one plain consistent read, row by row as the server sends them, without locks.
 *
 * <p>Memory is bounded by one batch plus one row, whatever the range holds. Values are the bytes of the text protocol, untouched; the
 * connection must not convert them ({@code character_set_results} NULL, time zone UTC). Thread-safe.
 */
final class ChunkReader {
    private static final int BATCH_ROWS = 20_000;
    private static final int BATCH_BYTES = 1 << 20;

    /** A transaction is not allowed to become much larger than a chunk should be, however large the rows are. */
    private static final long MOST_BYTES = 32L << 20;

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

    /**
     * What a read went through.
     *
     * @param took reading the rows and handing them on, without what is waited for before and committed behind
     */
    record Volume(long rows, long bytes, Duration took) {}

    /** The rows of a chunk are too large for one transaction. Nothing of it is committed; it is to be split. */
    static final class TooLargeException extends SQLException {
        private static final long serialVersionUID = 1L;

        private final long half;

        TooLargeException(long half) {
            super("more than " + MOST_BYTES + " bytes up to key " + half);
            this.half = half;
        }

        /** A key that was read, and behind which others were. */
        long half() {
            return half;
        }
    }

    /**
     * Reads the range.
     *
     * @throws TooLargeException when it holds more than fits into one transaction; the connection is ended then, since it would have to read the rest
     */
    Volume read(Connection source, KeyRange range, Sink sink) throws SQLException {
        try (PreparedStatement query =
                source.prepareStatement(sql(range), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            bind(query, range);
            return stream(query, table.columns().size(), batchRows, new Sized(source, sink));
        }
    }

    /** Hands on the rows of a query in batches of one buffer's size. */
    static Volume stream(PreparedStatement query, int columns, int batchRows, Sink sink) throws SQLException {
        long begun = System.nanoTime();
        long rows = 0;
        long bytes = 0;
        // Connector/J's word for "stream": rows are taken off the wire one by one.
        query.setFetchSize(Integer.MIN_VALUE);
        RowBatch batch = new RowBatch(columns, BATCH_BYTES / 8);
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                batch.add(row);
                if (batch.isFull(batchRows, BATCH_BYTES)) {
                    rows += batch.size();
                    bytes += batch.bytes();
                    sink.accept(batch);
                    batch.clear();
                }
            }
            rows += batch.size();
            bytes += batch.bytes();
            sink.accept(batch);
        }
        return new Volume(rows, bytes, Duration.ofNanos(System.nanoTime() - begun));
    }

    /** Counts what goes by, and remembers where the first half of it ended. */
    private final class Sized implements Sink {
        private final Connection source;
        private final Sink sink;
        private long bytes;
        private @Nullable Long half;

        Sized(Connection source, Sink sink) {
            this.source = source;
            this.sink = sink;
        }

        @Override
        public void accept(RowBatch batch) throws SQLException {
            Long key = half;
            if (key != null && batch.size() > 0 && bytes + batch.bytes() > MOST_BYTES) {
                // Closing the result would read the rest of it off the wire.
                source.abort(Runnable::run);
                throw new TooLargeException(key);
            }
            sink.accept(batch);
            bytes += batch.bytes();
            if (batch.size() > 0 && (key == null || bytes <= MOST_BYTES / 2)) {
                half = batch.number(batch.size() - 1, table.keyIndex());
            }
        }
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
