package dev.widekey.daemon.audit;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * A table an audit reads and cannot change: its sessions are read-only, begin no second statement, take no lock, and give up after a time. Names in
 * the expressions that are not qualified belong to the table's schema. Thread-safe.
 */
public final class AuditedTable {
    /** How long one statement may take; less than a socket waits for an answer. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A range that takes longer is looked at in so many parts. */
    private static final int PARTS = 8;

    private static final int OUT_OF_TIME = 3024;
    private static final int READ_ONLY = 1792;

    private final Database database;
    private final String schema;
    private final String table;
    private final String key;
    private final Retry retry;
    private final Duration patience;
    private final NavigableSet<Long> leftOut;

    /**
     * A table.
     *
     * @param key its primary key, one integer column
     * @param retry for reads that fail for a passing reason
     * @param patience how long one statement may take
     */
    public AuditedTable(Database database, String schema, String table, String key, Retry retry, Duration patience) {
        this(database, schema, table, key, retry, patience, new TreeSet<>());
    }

    private AuditedTable(
            Database database,
            String schema,
            String table,
            String key,
            Retry retry,
            Duration patience,
            NavigableSet<Long> leftOut) {
        this.leftOut = leftOut;
        this.database = database;
        this.schema = schema;
        this.table = table;
        this.key = key;
        this.retry = retry;
        this.patience = patience;
    }

    /** The same table without the rows with these keys. */
    public AuditedTable without(Collection<Long> keys) {
        return new AuditedTable(database, schema, table, key, retry, patience, new TreeSet<>(keys));
    }

    /** Makes something of a result. Called again when the connection is lost meanwhile. */
    @FunctionalInterface
    public interface Answer<T> {
        /** Reads the result, from before its first row. */
        T of(ResultSet rows) throws SQLException;
    }

    /** Work on a range that leaves nothing behind when it fails. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does it.
         *
         * @param rows about how many the range has
         * @throws TooSlowException when the range has to be done in parts
         */
        void on(Range range, int rows) throws SQLException, InterruptedException;
    }

    /** A name as SQL. */
    public static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** The table's name as SQL. */
    public String name() {
        return quoted(schema) + "." + quoted(table);
    }

    /** The key's name as SQL. */
    public String key() {
        return quoted(key);
    }

    /**
     * Reads expressions over the rows of a range.
     *
     * @param and a further condition on the rows, as SQL; empty for none
     * @param tail what stands behind the conditions, as SQL
     * @throws TooSlowException when it takes longer than the patience
     */
    public <T> T select(String expressions, Range range, String and, String tail, Answer<T> answer)
            throws SQLException {
        String sql = "SELECT /*+ MAX_EXECUTION_TIME(" + patience.toMillis() + ") */ " + expressions + " FROM " + name()
                + range.where(key()) + others(range) + (and.isEmpty() ? "" : " AND (" + and + ")") + tail;
        return retried(() -> {
            try (Connection connection = open();
                    PreparedStatement query = connection.prepareStatement(sql)) {
                range.bind(query, 1);
                try (ResultSet rows = query.executeQuery()) {
                    return answer.of(rows);
                }
            } catch (SQLException failure) {
                if (failure.getErrorCode() == OUT_OF_TIME) {
                    throw new TooSlowException(range, failure);
                }
                if (failure.getErrorCode() == READ_ONLY) {
                    // Elsewhere this passes with the server's state; here it is the statement that wants to write.
                    throw new SQLException(failure.getMessage(), failure.getSQLState(), 0, failure);
                }
                throw failure;
            }
        });
    }

    private String others(Range range) {
        List<String> keys =
                leftOut.stream().filter(range::contains).map(String::valueOf).toList();
        return keys.isEmpty() ? "" : " AND " + key() + " NOT IN (" + String.join(", ", keys) + ")";
    }

    /** Does work on a range, in smaller and smaller parts as long as it takes too long. */
    public void inParts(Range range, int rows, Work work) throws SQLException, InterruptedException {
        try {
            work.on(range, rows);
        } catch (TooSlowException slow) {
            if (rows == 1) {
                throw new SQLException(
                        slow.getMessage() + ", though they are about one row; see what else the server is busy with",
                        slow);
            }
            inRanges(range, Math.max(1, rows / PARTS), work);
        }
    }

    /** Does work on a range, about so many rows at a time. */
    public void inRanges(Range range, int rows, Work work) throws SQLException, InterruptedException {
        KeyWalk walk = new KeyWalk(this, range);
        for (Optional<Range> part = walk.next(rows); part.isPresent(); part = walk.next(rows)) {
            inParts(part.get(), rows, work);
        }
    }

    private Connection open() throws SQLException {
        Connection connection = database.pool().getConnection();
        try {
            connection.setReadOnly(true);
            connection.setCatalog(schema);
            return connection;
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
    }

    private <T> T retried(Callable<T> query) throws SQLException {
        return Retries.call(retry, "the audit failed", query);
    }
}
