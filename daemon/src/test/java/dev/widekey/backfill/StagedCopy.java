package dev.widekey.backfill;

import io.github.resilience4j.retry.Retry;
import javax.sql.DataSource;

/** A copy whose crew somebody else directs, and whose chunks travel in batches of a few rows. */
public final class StagedCopy {
    private StagedCopy() {}

    /** Wires it; see {@link Backfill}. */
    public static Backfill of(
            DataSource source,
            SourceTable table,
            Plan plan,
            Windows windows,
            Throttle throttle,
            Retry retry,
            ChunkOrder order,
            int chunkRows,
            int workers,
            Crew crew,
            int batchRows) {
        return new Backfill(
                source,
                table,
                plan,
                windows,
                throttle,
                retry,
                order,
                ChunkSize.fixed(chunkRows),
                workers,
                crew,
                new ChunkReader(table, batchRows));
    }
}
