package dev.widekey.daemon.preflight;

import dev.widekey.daemon.preflight.Problem.Code;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.Question;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for source rows that the columns' types allow and that still cannot be moved. Each column is one query that stops at
 * the first rows found and after a bounded time; what time did not allow to find stops the copy later, by name.
 *
 * <p>Confined to the connection's thread.
 */
final class DataChecks {

    private static final Logger LOG = LoggerFactory.getLogger(DataChecks.class);
    private static final int SAMPLES = 5;
    private static final int COUNTED = 1000;
    private static final int QUERY_INTERRUPTED = 3024;

    private final Connection connection;
    private final Side source;
    private final Duration limit;
    private final List<Problem> found;

    /**
     * @param limit for each column
     * @param found where problems go
     */
    DataChecks(Connection connection, Side source, Duration limit, List<Problem> found) {
        this.connection = connection;
        this.source = source;
        this.limit = limit;
        this.found = found;
    }

    /**
     * @param key the source's key column
     */
    void run(Compatibility fit, String key) throws SQLException {
        for (Question question : fit.questions()) {
            String column = question.column();
            boolean isKey = column.equalsIgnoreCase(key);
            Sample sample = sample(key, column, question.condition(), isKey ? COUNTED : 1);
            if (!sample.ids().isEmpty()) {
                add(
                        Code.valueOf(question.kind().name()),
                        column,
                        sample.describe(key) + " " + question.what(),
                        question.fix());
            }
        }
    }

    /** Keys of rows found; {@code more} when there may be others. */
    private record Sample(List<String> ids, int count, boolean more) {

        String describe(String key) {
            String rows = count == 1 ? "row has" : "rows have";
            return (more ? "at least " : "") + count + " source " + rows + " (" + key + " " + String.join(", ", ids)
                    + (count > ids.size() ? ", ..." : "") + ")";
        }
    }

    private Sample sample(String key, String column, String condition, int most) throws SQLException {
        String ids = Side.quoted(key);
        // In key order only where the key decides: any other order would sort the whole table.
        String order = most > 1 ? " ORDER BY " + ids : "";
        String query = "SELECT /*+ MAX_EXECUTION_TIME(" + limit.toMillis() + ") */ " + ids + " FROM " + source.quoted()
                + " WHERE " + condition + order + " LIMIT " + most;
        List<String> sample = new ArrayList<>();
        int count = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                if (count++ < SAMPLES) {
                    sample.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            if (e instanceof SQLTimeoutException || e.getErrorCode() == QUERY_INTERRUPTED) {
                LOG.info(
                        "Column {} was not searched to its end in {} s; a row that cannot be moved will stop the copy",
                        column,
                        limit.toSeconds());
                return new Sample(List.of(), 0, false);
            }
            throw e;
        }
        return new Sample(sample, count, count == most);
    }

    private void add(Code code, String column, String what, String fix) {
        found.add(new Problem(code, what, source.whereTable() + "." + column, fix));
    }
}
