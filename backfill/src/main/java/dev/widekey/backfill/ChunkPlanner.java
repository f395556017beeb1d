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

    ChunkPlanner(SourceTable table, ChunkOrder order) {
        this.table = table;
        this.order = order;
    }

    /** The range of about so many rows behind {@code furthest}, empty when that is the end of the plan. */
    Optional<KeyRange> next(DataSource source, @Nullable KeyRange furthest, int rows) throws SQLException {
        if (furthest != null && order.isLast(furthest)) {
            return Optional.empty();
        }
        KeyRange rest = furthest == null ? KeyRange.ALL : order.rest(KeyRange.ALL, furthest);
        Long bound = bound(source, rest, rows);
        return Optional.of(bound == null ? rest : order.range(rest, bound));
    }

    private @Nullable Long bound(DataSource source, KeyRange rest, int rows) throws SQLException {
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
