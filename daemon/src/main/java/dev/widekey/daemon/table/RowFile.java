package dev.widekey.daemon.table;

import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.conf.RuntimeProperty;
import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.jdbc.JdbcStatement;
import dev.widekey.backfill.RowBatch;
import dev.widekey.daemon.database.Faults;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New rows sent to the server as a file, {@code LOAD DATA LOCAL}: no statement to parse, no parameters, and the values go through as they came.
 *
 * <p>The server cannot refuse a part of such a file. It skips a row whose key exists, which is what the copy wants, and bends a value that does not
 * fit, which it must never do; both are warnings. So every warning is looked at: when there is another one than that of a key that exists, the
 * whole file is taken back to a savepoint, and the caller writes its rows by statements, which refuse. Thread-safe.
 */
final class RowFile {
    private static final Logger log = LoggerFactory.getLogger(RowFile.class);

    /** The key exists: the one warning that is meant. */
    private static final int DUPLICATE_KEY = 1062;

    /** The server's words for not taking files: disabled there, or not allowed. */
    private static final List<Integer> DISABLED = List.of(3948, 1148);

    private final String sql;
    private volatile boolean disabled;
    private volatile boolean told;

    /**
     * A file for a table.
     *
     * @param table quoted and qualified
     * @param columns quoted
     * @param parameters SQL that makes each column's value, with a {@code ?} for what travels
     */
    RowFile(String table, List<String> columns, List<String> parameters) {
        List<String> fields = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (RowStream.takesBytes(parameters.get(i))) {
                fields.add(columns.get(i));
            } else {
                fields.add("@c" + i);
                values.add(columns.get(i) + " = " + parameters.get(i).replace("?", "@c" + i));
            }
        }
        // As binary text the fields are cut at single bytes and reach the columns as they are.
        sql = "LOAD DATA LOCAL INFILE 'rows' INTO TABLE " + table + " CHARACTER SET binary" + RowStream.FORMAT + " ("
                + String.join(", ", fields) + ")" + (values.isEmpty() ? "" : " SET " + String.join(", ", values));
    }

    /**
     * Inserts the rows whose key is absent.
     *
     * @return false when nothing was written and the rows have to go by statements
     */
    boolean insertAbsent(Connection transaction, RowBatch rows) throws SQLException {
        if (disabled || rows.size() == 0) {
            return rows.size() == 0;
        }
        try (Statement statement = transaction.createStatement()) {
            statement.execute("SAVEPOINT sent");
            try {
                if (send(transaction, statement, rows)) {
                    return true;
                }
            } catch (SQLException failure) {
                if (DISABLED.contains(failure.getErrorCode())) {
                    disabled = true;
                    log.info(
                            "the target takes no local files; rows go by statements, at about half the speed (SET PERSIST local_infile = ON changes that)");
                    return false;
                }
                if (!Faults.isAboutContent(failure)) {
                    throw failure;
                }
                tell(failure);
            }
            statement.execute("ROLLBACK TO SAVEPOINT sent");
            return false;
        }
    }

    /** Returns whether every row is as it was sent or was there before. */
    private boolean send(Connection transaction, Statement statement, RowBatch rows) throws SQLException {
        JdbcStatement own = statement.unwrap(JdbcStatement.class);
        // Allowed for this statement alone, whose file is in memory: a server could ask for any file otherwise.
        RuntimeProperty<Boolean> allowed = transaction
                .unwrap(JdbcConnection.class)
                .getPropertySet()
                .getBooleanProperty(PropertyKey.allowLoadLocalInfile);
        own.setLocalInfileInputStream(new RowStream(rows));
        allowed.setValue(true);
        try {
            own.execute(sql);
        } finally {
            allowed.setValue(false);
            // With the connection the driver loses what the statement hangs on.
            if (!own.isClosed()) {
                own.setLocalInfileInputStream(null);
            }
        }
        long seen = 0;
        for (SQLWarning warning = own.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            if (warning.getErrorCode() != DUPLICATE_KEY) {
                tell(warning);
                return false;
            }
            seen++;
        }
        // The server keeps max_error_count of them, none if that is 0, and others may be behind those.
        return seen == given(transaction);
    }

    /** Said once: it may be so for every batch, and then it is why the copy is slow. The server's words may hold a value, its number does not. */
    private void tell(SQLException complaint) {
        if (!told) {
            told = true;
            log.info(
                    "rows cannot all go to the target as files (MySQL error {}); those that cannot go by statements, which is slower",
                    complaint.getErrorCode());
        }
    }

    private static long given(Connection transaction) throws SQLException {
        try (Statement query = transaction.createStatement();
                ResultSet row = query.executeQuery("SHOW COUNT(*) WARNINGS")) {
            row.next();
            return row.getLong(1);
        }
    }
}
