package dev.widekey.backfill.parity;

import dev.widekey.backfill.KeyRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Digests of one side, made by its server. Thread-safe. */
final class Digests {
    /** The server's word for a statement that has used up its time. */
    private static final int OUT_OF_TIME = 3024;

    private final Side side;
    private final Duration patience;

    /**
     * Digests of a side.
     *
     * @param patience how long the digest of a range may take; shorter than the connection's own
     */
    Digests(Side side, Duration patience) {
        this.side = side;
        this.patience = patience;
    }

    /** A range takes longer than it may: it is to be compared in parts. */
    static final class TooSlowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooSlowException(KeyRange range, SQLException cause) {
            super("the digest of " + range + " takes too long", cause);
        }
    }

    /**
     * The digest of a range.
     *
     * @param rows in the range
     * @param sum exclusive or of the rows' 128-bit digests, in hexadecimal
     */
    record Sum(long rows, String sum) {}

    /** @throws TooSlowException when it takes longer than the patience */
    Sum sum(KeyRange range) throws SQLException {
        String sql = "SELECT /*+ MAX_EXECUTION_TIME(" + patience.toMillis() + ") */ COUNT(*), HEX(BIT_XOR(UNHEX("
                + side.rowDigest() + "))) FROM " + side.from() + where(range);
        try (Connection connection = side.connections().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            bind(query, range);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Sum(row.getLong(1), row.getString(2));
            }
        } catch (SQLException failure) {
            if (failure.getErrorCode() == OUT_OF_TIME) {
                throw new TooSlowException(range, failure);
            }
            throw failure;
        }
    }

    /** The digests of the first {@code limit} rows of a range, by key. */
    NavigableMap<Long, String> rows(KeyRange range, int limit) throws SQLException {
        String sql = "SELECT " + side.keyName() + ", " + side.rowDigest() + " FROM " + side.from() + where(range)
                + " ORDER BY " + side.keyName() + " LIMIT " + limit;
        try (Connection connection = side.connections().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            bind(query, range);
            NavigableMap<Long, String> digests = new TreeMap<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    digests.put(row.getLong(1), row.getString(2));
                }
            }
            return digests;
        }
    }

    /** The digests of these keys; a key without a row is absent. */
    Map<Long, String> rows(Collection<Long> keys) throws SQLException {
        return read(keys, side.rowDigest(), row -> row.getString(2));
    }

    /** For each of these keys the digest of each of its columns, null for NULL; a key without a row is absent. */
    Map<Long, List<@Nullable String>> columns(Collection<Long> keys) throws SQLException {
        List<String> each =
                side.canonical().stream().map(value -> "MD5(" + value + ")").toList();
        return read(keys, String.join(", ", each), row -> {
            List<@Nullable String> digests = new ArrayList<>();
            for (int i = 0; i < each.size(); i++) {
                digests.add(row.getString(2 + i));
            }
            return digests;
        });
    }

    private <T> Map<Long, T> read(Collection<Long> keys, String expressions, Of<T> of) throws SQLException {
        Map<Long, T> found = new HashMap<>();
        if (keys.isEmpty()) {
            return found;
        }
        String sql = "SELECT " + side.keyName() + ", " + expressions + " FROM " + side.from() + " WHERE "
                + side.keyName() + " IN (" + String.join(", ", Collections.nCopies(keys.size(), "?")) + ")";
        try (Connection connection = side.connections().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            int parameter = 1;
            for (Long key : keys) {
                query.setLong(parameter++, key);
            }
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.put(row.getLong(1), of.row(row));
                }
            }
        }
        return found;
    }

    private interface Of<T> {
        T row(ResultSet row) throws SQLException;
    }

    private String where(KeyRange range) {
        return " WHERE TRUE" + (range.above() == null ? "" : " AND " + side.keyName() + " > ?")
                + (range.upTo() == null ? "" : " AND " + side.keyName() + " <= ?");
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
