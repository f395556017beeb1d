package dev.widekey.backfill;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The copy's own read, taken apart so that a test can act between reading and writing. */
public final class ReadChunk {

    private ReadChunk() {}

    /** What was read and not yet written. */
    public record Rows(List<RowBatch> batches) {
        /** Writes all of it. */
        public void into(Window window) throws SQLException {
            for (RowBatch batch : batches) {
                window.insert(batch);
            }
        }
    }

    /** Reads the chunk. */
    public static Rows rows(Connection source, SourceTable table, Chunk chunk) throws SQLException {
        List<RowBatch> batches = new ArrayList<>();
        new ChunkReader(table).read(source, chunk.range(), batch -> batches.add(RowBatch.of(batch.rows())));
        return new Rows(batches);
    }

    /** Reads the chunk and writes it. */
    public static void into(Connection source, SourceTable table, Chunk chunk, Window window) throws SQLException {
        rows(source, table, chunk).into(window);
    }
}
