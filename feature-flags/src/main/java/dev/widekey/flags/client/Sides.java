package dev.widekey.flags.client;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Where connections to each side come from. Thread-safe when the two are. */
record Sides(DataSource source, DataSource target) {

    /** Reads on one side. */
    <T> T read(Side side, Router.Work<T> query) throws SQLException {
        try (Connection connection = connect(side)) {
            return query.with(connection);
        }
    }

    /**
     * Writes on one side in a transaction of its own. Nothing is written when it fails, unless it is the commit that fails.
     *
     * @param trip has to be allowed still when everything but the commit is done
     */
    <T> T write(Side side, Trip trip, Router.Work<T> work) throws SQLException {
        try (Connection connection = connect(side)) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            T result = uncommitted(connection, trip, work);
            connection.commit();
            restore(connection, autoCommit);
            return result;
        }
    }

    private static <T> T uncommitted(Connection connection, Trip trip, Router.Work<T> work) throws SQLException {
        boolean done = false;
        try {
            T result = work.with(connection);
            trip.requireAllowed();
            done = true;
            return result;
        } finally {
            if (!done) {
                rollback(connection);
            }
        }
    }

    private Connection connect(Side side) throws SQLException {
        return (side == Side.SOURCE ? source : target).getConnection();
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The connection is lost, and the server rolls back by itself; what led here is what the caller has to see.
            abandon(connection);
        }
    }

    private static void restore(Connection connection, boolean autoCommit) {
        try {
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            // The write is committed, and must not look as if it were not.
            abandon(connection);
        }
    }

    private static void abandon(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone already.
        }
    }
}
