package dev.widekey.daemon.state;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Faults;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction on the target under the owner's epoch. Begins with the epoch check; ends by {@link #commit} or is rolled back by {@link
 * #close}. Used by one thread.
 */
public final class OwnedTransaction implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnedTransaction.class);

    private final Connection connection;
    private final long connectionId;
    private boolean ended;

    private OwnedTransaction(Connection connection, long connectionId) {
        this.connection = connection;
        this.connectionId = connectionId;
    }

    /** Begins on a connection of the pool. */
    public static OwnedTransaction begin(Database target, Ownership ownership) throws SQLException {
        Connection connection = target.pool().getConnection();
        try {
            long id = connectionId(connection);
            connection.setAutoCommit(false);
            ownership.check(connection);
            return new OwnedTransaction(connection, id);
        } catch (SQLException | RuntimeException failure) {
            giveBack(connection, true);
            throw failure;
        }
    }

    /** What a lost answer to a COMMIT means: one of the two, or an exception when even that cannot be found out yet. */
    public enum Outcome {
        COMMITTED,
        ROLLED_BACK
    }

    /** Reads on a fresh connection, with a lock on the row that the transaction wrote last, whether the transaction happened. */
    public interface Evidence {
        /** Whether what the transaction wrote is there. Must wait for the transaction if it still runs. */
        boolean isThere(Connection fresh) throws SQLException;
    }

    /** Work inside the transaction. */
    public Connection connection() {
        return connection;
    }

    /** Commits. A connection loss here leaves the outcome unknown: {@link #resolve} finds it. */
    public void commit() throws SQLException {
        connection.commit();
        ended = true;
        giveBack(connection, false);
    }

    /**
     * Finds out whether a transaction whose COMMIT was not answered happened.
     *
     * <p>The old connection is ended first, so that a COMMIT which hangs on the server cannot happen after the question; the evidence then waits
     * for its locks.
     */
    public Outcome resolve(Database target, Evidence evidence) throws SQLException {
        ended = true;
        abandon(connection);
        try (Connection fresh = target.connect()) {
            target.end(fresh, connectionId);
            fresh.setAutoCommit(false);
            boolean there = evidence.isThere(fresh);
            fresh.rollback();
            log.warn("the answer to a COMMIT was lost; it {} happen", there ? "did" : "did not");
            return there ? Outcome.COMMITTED : Outcome.ROLLED_BACK;
        }
    }

    /** Whether a failure of {@link #commit} leaves the outcome unknown. */
    public static boolean isUnknown(SQLException failure) {
        return Faults.isConnectionLoss(failure) || failure.getErrorCode() == 1317 || failure.getErrorCode() == 1053;
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            giveBack(connection, true);
        }
    }

    private static long connectionId(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT CONNECTION_ID()")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Closes the connection without a word to the server and without giving it to anybody else. */
    private static void abandon(Connection connection) {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException failure) {
            log.debug("abandoning a connection: {}", failure.getMessage());
        }
    }

    private static void giveBack(Connection connection, boolean rollback) {
        try (connection) {
            if (rollback) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        } catch (SQLException failure) {
            // The pool throws a broken connection away, and with it the server rolls back.
            log.debug("giving a connection back: {}", failure.getMessage());
        }
    }
}
