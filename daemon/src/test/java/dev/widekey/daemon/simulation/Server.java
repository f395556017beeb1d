package dev.widekey.daemon.simulation;

import java.sql.SQLException;
import java.util.List;

/** What is behind a connection: a server that answers statements. Every call is a step of the actor that makes it. */
interface Server {

    /** Rows of a query, or how many a statement changed. */
    record Answer(List<Object[]> rows, int changed) {
        static Answer of(Object... row) {
            return new Answer(List.<Object[]>of(row), 0);
        }

        static Answer changed(int rows) {
            return new Answer(List.of(), rows);
        }
    }

    /** A new connection. */
    Session open(Instance instance) throws SQLException;

    /** Executes a statement. */
    Answer execute(Session session, Sql sql, Object[] parameters) throws SQLException;

    /** Before the client takes the next row of a result. */
    default void nextRow(Session session) throws SQLException {}

    void setAutoCommit(Session session, boolean on) throws SQLException;

    void commit(Session session) throws SQLException;

    void rollback(Session session) throws SQLException;

    /** The client closes the connection in good order. */
    void close(Session session);

    /** The client lets go of the connection without a word. */
    void abandon(Session session);
}
