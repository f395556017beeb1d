package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.KeyReader;
import dev.widekey.backfill.SourceTable;
import dev.widekey.cdc.Gtids;
import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;

/**
 * Reads rows of the source that the stream has touched and could not show exactly, with the expressions of the copy. Thread-safe.
 *
 * <p>Why this converges: a row is read only once its change is readable, so it is at least as new as the change. Whatever is newer, a deletion
 * included, lies behind in the stream and is applied later. So after the last change of a key the target holds what the source holds. In between it
 * may be ahead of the stored position, which replaying leads to again.
 */
public final class Rereading {
    /** The applier's place among the chunks that wait; no chunk has it. */
    private static final Chunk STREAM = new Chunk(-1, KeyRange.ALL);

    private final Database source;
    private final KeyReader reader;
    private final Visibility visibility;
    private volatile Gtids awaited = Gtids.empty();

    /** Wires it. */
    public Rereading(Database source, SourceTable table, Visibility visibility) {
        this.source = source;
        this.reader = new KeyReader(table);
        this.visibility = visibility;
    }

    /** Returns once everything delivered is readable. */
    void await(Gtids delivered) throws SQLException {
        try (Connection connection = source.pool().getConnection()) {
            visibility.await(connection, STREAM, delivered);
        }
        awaited = delivered;
    }

    /**
     * Hands on the rows with these keys, as they are now, from a server that has what was waited for last.
     *
     * @return the keys without a row
     */
    Set<Long> read(Collection<Long> keys, KeyReader.Sink sink) throws SQLException {
        try (Connection connection = source.pool().getConnection()) {
            visibility.confirm(connection, STREAM, awaited);
            return reader.read(connection, keys, sink);
        }
    }
}
