package dev.widekey.daemon.simulation;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;

/** Failures as Connector/J and the pool report them. */
final class Errors {
    private Errors() {}

    /** The answer did not come. */
    static SQLException lost() {
        return new SQLRecoverableException("Communications link failure", "08S01", 0);
    }

    /** The connection is known to be gone. */
    static SQLException closed() {
        return new SQLNonTransientConnectionException("No operations allowed after connection closed.", "08003", 0);
    }

    static SQLException unreachable() {
        return new SQLTransientConnectionException("Connection is not available, request timed out", "08001", 0);
    }

    static SQLException lockTimeout() {
        return new SQLTransactionRollbackException("Lock wait timeout exceeded", "40001", 1205);
    }

    static SQLException deadlock() {
        return new SQLTransactionRollbackException("Deadlock found when trying to get lock", "40001", 1213);
    }

    static SQLException interrupted() {
        return new SQLException("Query execution was interrupted", "70100", 1317);
    }

    /** A value the column does not take. */
    static SQLException refused() {
        return new SQLDataException("Data too long for column 'v' at row 1", "22001", 1406);
    }

    static SQLException readOnly() {
        return new SQLException("The MySQL server is running with the --super-read-only option", "HY000", 1290);
    }

    static SQLException noSuchThread(long id) {
        return new SQLException("Unknown thread id: " + id, "HY000", 1094);
    }
}
