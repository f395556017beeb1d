package dev.widekey.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the key space into chunks of about so many rows, one at a time, just before they are copied.
 *
 * <p>A bound is found by walking the primary key, so a hole of any size costs nothing and the pages are warm when the chunk is read. The
 * first and the last chunk are unbounded: together the chunks cover every key there can be, those of rows that appear later included.
 * No row count is needed. Not thread-safe.
 */
final class ChunkPlanner {
    private final SourceTable table;
    private final ChunkOrder order;
    private final int rows;

    ChunkPlanner(SourceTable table, ChunkOrder order, int rows) {
        this.table = table;
        this.order = order;
        this.rows = rows;
    }

    /** The chunk after {@code last}, empty when {@code last} is the end of the plan. */
    Optional<Chunk> next(DataSource source, @Nullable Chunk last) throws SQLException {
        if (last != null && order.isLast(last.range())) {
            return Optional.empty();
        }
        KeyRange rest = last == null ? KeyRange.ALL : order.rest(KeyRange.ALL, last.range());
        long number = last == null ? 0 : last.number() + 1;
        Long bound = bound(source, rest);
        return Optional.of(new Chunk(number, bound == null ? rest : order.range(rest, bound)));
    }

    private @Nullable Long bound(DataSource source, KeyRange rest) throws SQLException {
        Long open = rest.above() == null ? rest.upTo() : rest.above();
        try (Connection connection = source.getConnection();
                PreparedStatement query = connection.prepareStatement(order.boundSql(table, open != null))) {
            int parameter = 1;
            if (open != null) {
                query.setLong(parameter++, open);
            }
            query.setInt(parameter, order.offset(rows));
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : null;
            }
        }
    }
}
