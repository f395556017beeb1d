package dev.widekey.daemon.table;

import dev.widekey.backfill.RowBatch;
import dev.widekey.daemon.database.Faults;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements that write rows. A row is one value per projected column, as bytes; they reach the server as binary strings, so nothing between
 * the two tables decodes them.
 *
 * <p>The target has no secondary unique key, so a duplicate can only be one of the primary key; {@code ON DUPLICATE KEY UPDATE} therefore skips
 * or replaces exactly the row meant, and every other complaint of the server stays an error. Many new rows at once go as a file, see {@link
 * RowFile}. Thread-safe; works on the caller's transaction.
 */
public final class TargetTable {
    private static final int ROWS = 500;
    private static final long BYTES = 4L << 20;
    /** Statements come in few sizes, so that each is prepared once per connection. */
    private static final int[] SIZES = {500, 100, 20, 4, 1};
    /** The protocol numbers parameters with 16 bits. */
    private static final int PARAMETERS = 60_000;

    private final String schema;
    private final String table;
    private final String key;
    private final int keyIndex;
    private final List<String> columns;
    private final List<String> parameters;
    private final Optional<RowFile> file;

    /** The table, reduced to the projection, with values that are stored as they come. */
    public TargetTable(String schema, String table, String key, List<String> columns) {
        this(schema, table, key, columns, Collections.nCopies(columns.size(), "?"));
    }

    /**
     * The table, reduced to the projection.
     *
     * @param parameters one SQL expression per column with one {@code ?}, which makes the column's value of the bytes that travel
     */
    public TargetTable(String schema, String table, String key, List<String> columns, List<String> parameters) {
        this(schema, table, key, columns, parameters, false);
    }

    private TargetTable(
            String schema, String table, String key, List<String> columns, List<String> parameters, boolean loading) {
        this.parameters = List.copyOf(parameters);
        this.schema = schema;
        this.table = table;
        this.key = key;
        this.columns = List.copyOf(columns);
        this.keyIndex = columns.indexOf(key);
        this.file = loading
                ? Optional.of(new RowFile(
                        name(), columns.stream().map(TargetTable::quoted).toList(), this.parameters))
                : Optional.empty();
    }

    /** Where rows go whose content the server refuses. */
    public interface Refused {
        /** Nothing of the row is written, everything else of the transaction stands. */
        void refused(long key, SQLException why);
    }

    /** The same table, into which a batch is sent as a file where the server allows it. For connections of MySQL's own driver. */
    public TargetTable loading() {
        return new TargetTable(schema, table, key, columns, parameters, true);
    }

    /**
     * Inserts rows, leaving a row alone whose key exists.
     *
     * @param refused gets the rows whose content is refused, whether their key exists or not
     */
    public void insertAbsent(Connection transaction, RowBatch rows, Refused refused) throws SQLException {
        if (file.isEmpty() || !file.get().insertAbsent(transaction, rows)) {
            write(transaction, rows.rows(), quoted(key) + " = " + name() + "." + quoted(key), refused);
        }
    }

    /**
     * Inserts rows, replacing every column of a row whose key exists.
     *
     * @param refused gets the rows whose content is refused; a row with such a key is left as it was
     */
    public void upsert(Connection transaction, List<byte[] @Nullable []> rows, Refused refused) throws SQLException {
        String all = columns.stream()
                .filter(column -> !column.equals(key))
                .map(column -> quoted(column) + " = new." + quoted(column))
                .collect(Collectors.joining(", "));
        write(transaction, rows, all.isEmpty() ? quoted(key) + " = new." + quoted(key) : all, refused);
    }

    /** Those of these keys that have a row; waits for whoever is about to write or to delete one. */
    public Set<Long> present(Connection transaction, Collection<Long> keys) throws SQLException {
        Set<Long> present = new HashSet<>();
        List<Long> all = List.copyOf(keys);
        for (int from = 0; from < all.size(); from += ROWS) {
            List<Long> some = all.subList(from, Math.min(all.size(), from + ROWS));
            String sql = "SELECT " + quoted(key) + " FROM " + name() + " WHERE " + quoted(key) + " IN ("
                    + String.join(", ", Collections.nCopies(some.size(), "?")) + ") FOR SHARE";
            try (PreparedStatement query = transaction.prepareStatement(sql)) {
                for (int i = 0; i < some.size(); i++) {
                    query.setLong(i + 1, some.get(i));
                }
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        present.add(row.getLong(1));
                    }
                }
            }
        }
        return present;
    }

    /** Deletes the rows with these keys, those that exist. */
    public void delete(Connection transaction, Collection<Long> keys) throws SQLException {
        List<Long> all = List.copyOf(keys);
        for (int from = 0; from < all.size(); from += ROWS) {
            List<Long> some = all.subList(from, Math.min(all.size(), from + ROWS));
            String sql = "DELETE FROM " + name() + " WHERE " + quoted(key) + " IN ("
                    + String.join(", ", Collections.nCopies(some.size(), "?")) + ")";
            try (PreparedStatement delete = transaction.prepareStatement(sql)) {
                for (int i = 0; i < some.size(); i++) {
                    delete.setLong(i + 1, some.get(i));
                }
                delete.executeUpdate();
            }
        }
    }

    /** Raises the next id the server gives out by itself to at least {@code next}; never lowers it. */
    public void reserve(Connection connection, long next) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + name() + " AUTO_INCREMENT = " + next);
        }
    }

    /** Quoted and qualified. */
    public String name() {
        return quoted(schema) + "." + quoted(table);
    }

    private void write(Connection transaction, List<byte[] @Nullable []> rows, String onDuplicate, Refused refused)
            throws SQLException {
        int from = 0;
        while (from < rows.size()) {
            int to = from + fitting(rows, from);
            List<byte[] @Nullable []> some = rows.subList(from, to);
            try {
                execute(transaction, some, onDuplicate);
            } catch (SQLException failure) {
                if (!Faults.isAboutContent(failure)) {
                    throw failure;
                }
                writeOneByOne(transaction, some, onDuplicate, refused);
            }
            from = to;
        }
    }

    /** How many of the rows behind {@code from} go into one statement. */
    private int fitting(List<byte[] @Nullable []> rows, int from) {
        long bytes = 0;
        int count = 0;
        while (from + count < rows.size() && count < PARAMETERS / columns.size()) {
            bytes += size(rows.get(from + count));
            if (count > 0 && bytes > BYTES) {
                break;
            }
            count++;
        }
        for (int size : SIZES) {
            if (size <= count) {
                return size;
            }
        }
        return 1;
    }

    /**
     * A statement that failed has changed nothing. Its rows one by one show which of them the server does not take; when it takes each of them, they
     * were only too many for one packet, and are written now.
     */
    private void writeOneByOne(
            Connection transaction, List<byte[] @Nullable []> rows, String onDuplicate, Refused refused)
            throws SQLException {
        for (byte[] @Nullable [] row : rows) {
            try {
                execute(transaction, Collections.singletonList(row), onDuplicate);
            } catch (SQLException failure) {
                if (!Faults.isAboutContent(failure)) {
                    throw failure;
                }
                refused.refused(keyOf(row), failure);
            }
        }
    }

    private void execute(Connection transaction, List<byte[] @Nullable []> rows, String onDuplicate)
            throws SQLException {
        String values = "(" + String.join(", ", parameters) + ")";
        String sql = "INSERT INTO " + name() + " ("
                + columns.stream().map(TargetTable::quoted).collect(Collectors.joining(", ")) + ") VALUES "
                + String.join(", ", Collections.nCopies(rows.size(), values)) + " AS new ON DUPLICATE KEY UPDATE "
                + onDuplicate;
        try (PreparedStatement insert = transaction.prepareStatement(sql)) {
            int parameter = 1;
            for (byte[] @Nullable [] row : rows) {
                for (byte[] value : row) {
                    insert.setBytes(parameter++, value);
                }
            }
            insert.executeUpdate();
        }
    }

    /** The highest key of a batch that is not empty. */
    public long lastKey(RowBatch rows) {
        return keyOf(rows.value(rows.size() - 1, keyIndex));
    }

    private long keyOf(byte[] @Nullable [] row) {
        return keyOf(row[keyIndex]);
    }

    private static long keyOf(byte @Nullable [] value) {
        return value == null ? 0 : Long.parseLong(new String(value, StandardCharsets.US_ASCII));
    }

    private static long size(byte[] @Nullable [] row) {
        long size = 0;
        for (byte[] value : row) {
            size += value == null ? 0 : value.length;
        }
        return size;
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
