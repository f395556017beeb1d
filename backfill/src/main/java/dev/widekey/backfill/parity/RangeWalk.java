package dev.widekey.backfill.parity;

import dev.widekey.backfill.KeyRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a scope into ranges of about so many source rows, without a gap: each begins where the one before ended, the first and the last reach to
 * the ends of the scope. Thread-safe.
 */
final class RangeWalk {
    private final Side side;
    private final KeyRange scope;
    private final int rows;
    private @Nullable Long above;
    private boolean ended;

    RangeWalk(Side side, KeyRange scope, int rows) {
        this.side = side;
        this.scope = scope;
        this.rows = rows;
        this.above = scope.above();
    }

    synchronized Optional<KeyRange> next() throws SQLException {
        if (ended) {
            return Optional.empty();
        }
        Long bound = bound();
        ended = bound == null || (scope.upTo() != null && bound >= scope.upTo());
        KeyRange range = new KeyRange(above, ended ? scope.upTo() : bound);
        above = bound;
        return Optional.of(range);
    }

    /** The range of about so many source rows that ends with this key, or with the newest row; open below when no row is left there. */
    static KeyRange endingAt(Side side, @Nullable Long upTo, int rows) throws SQLException {
        String sql = "SELECT " + side.keyName() + " FROM " + side.from()
                + (upTo == null ? "" : " WHERE " + side.keyName() + " <= ?") + " ORDER BY " + side.keyName()
                + " DESC LIMIT 1 OFFSET ?";
        try (Connection connection = side.connections().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            int parameter = 1;
            if (upTo != null) {
                query.setLong(parameter++, upTo);
            }
            query.setInt(parameter, rows);
            try (ResultSet row = query.executeQuery()) {
                return new KeyRange(row.next() ? row.getLong(1) : null, upTo);
            }
        }
    }

    private @Nullable Long bound() throws SQLException {
        String sql = "SELECT " + side.keyName() + " FROM " + side.from()
                + (above == null ? "" : " WHERE " + side.keyName() + " > ?") + " ORDER BY " + side.keyName()
                + " LIMIT 1 OFFSET ?";
        try (Connection connection = side.connections().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            int parameter = 1;
            if (above != null) {
                query.setLong(parameter++, above);
            }
            query.setInt(parameter, rows - 1);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : null;
            }
        }
    }
}
