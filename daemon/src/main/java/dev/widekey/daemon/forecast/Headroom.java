package dev.widekey.daemon.forecast;

import dev.widekey.daemon.table.Column;
import dev.widekey.daemon.table.TableDefinition;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a column of the source is from the end of its type, where the target's column is wider. Immutable.
 *
 * @param highest value of a row; empty when there is none, or when it could not be found in time
 * @param known whether it was looked for to the end
 */
record Headroom(String column, IntegerType type, IntegerType wide, Optional<BigInteger> highest, boolean known) {
    /** Without an index on it, a column is read from its first row to its last. */
    private static final int LIMIT_MILLIS = 10_000;

    private static final int INTERRUPTED = 3024;

    /** All columns but the key whose values have more room on the target. */
    static List<Headroom> read(Connection connection, TableDefinition source, TableDefinition target)
            throws SQLException {
        List<Headroom> found = new ArrayList<>();
        for (Column column : source.columns()) {
            Optional<IntegerType> type = IntegerType.of(column.columnType());
            Optional<IntegerType> wide =
                    target.column(column.name()).map(Column::columnType).flatMap(IntegerType::of);
            boolean isKey = source.primaryKey().contains(column.name());
            if (!isKey && type.isPresent() && wide.isPresent() && wide.get().isWiderThan(type.get())) {
                found.add(look(connection, source, column.name(), type.get(), wide.get()));
            }
        }
        return found;
    }

    private static Headroom look(
            Connection connection, TableDefinition source, String column, IntegerType type, IntegerType wide)
            throws SQLException {
        String sql = "SELECT /*+ MAX_EXECUTION_TIME(" + LIMIT_MILLIS + ") */ MAX(" + IdWatch.quoted(column) + ") FROM "
                + IdWatch.quoted(source.schema()) + "." + IdWatch.quoted(source.table());
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return new Headroom(column, type, wide, IdWatch.number(row, 1), true);
        } catch (SQLException slow) {
            if (slow instanceof SQLTimeoutException || slow.getErrorCode() == INTERRUPTED) {
                return new Headroom(column, type, wide, Optional.empty(), false);
            }
            throw slow;
        }
    }

    /** For people. */
    String text() {
        String what = "column " + column + " is " + type.text() + ", on the target " + wide.text() + ": ";
        if (!known) {
            return what + "its highest value was not found in " + LIMIT_MILLIS / 1000
                    + " s, so its headroom is unknown";
        }
        if (highest.isEmpty()) {
            return what + "it holds no value yet";
        }
        BigInteger left = type.highest().subtract(highest.get());
        return what + "its highest value is " + highest.get() + ", " + left + " below the end of its type "
                + String.format(
                        Locale.ROOT,
                        "(%.1f %% left)",
                        100 * left.doubleValue() / type.highest().doubleValue());
    }
}
