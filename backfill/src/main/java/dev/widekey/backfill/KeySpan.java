package dev.widekey.backfill;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The lowest and the highest key when the copy began, used for nothing but the estimate of progress.
 *
 * @param low {@code null} with {@code high} when the table was empty
 */
record KeySpan(@Nullable Long low, @Nullable Long high) {

    static KeySpan read(DataSource source, SourceTable table) throws SQLException {
        String sql = "SELECT MIN(" + table.keyName() + "), MAX(" + table.keyName() + ") FROM " + table.name();
        try (Connection connection = source.getConnection();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(sql)) {
            row.next();
            long low = row.getLong(1);
            if (row.wasNull()) {
                return new KeySpan(null, null);
            }
            return new KeySpan(low, row.getLong(2));
        }
    }

    /** The share of the span that lies behind the range handed out furthest. */
    double fraction(ChunkOrder order, @Nullable KeyRange furthest) {
        if (furthest == null) {
            return 0;
        }
        if (low == null || high == null || order.isLast(furthest)) {
            return 1;
        }
        double width = Math.max(1.0, (double) high - low);
        Long upTo = furthest.upTo();
        Long above = furthest.above();
        double behind = order == ChunkOrder.ASCENDING
                ? (upTo == null ? width : (double) upTo - low)
                : (above == null ? width : (double) high - above);
        return Math.min(1, Math.max(0, behind / width));
    }
}
