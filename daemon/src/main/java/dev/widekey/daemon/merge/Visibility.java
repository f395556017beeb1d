package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.cdc.Gtids;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The visibility wait: MySQL sends a change to binlog readers before the row is readable, so a read that must not miss what the stream has
 * delivered waits for it first.
 */
public interface Visibility {

    /** Makes sure that what the wait needs is there; nothing for most. Called once, before the first wait. */
    default void prepare(Connection source) throws SQLException {}

    /** Returns once every transaction in {@code delivered} is readable on {@code source}. */
    void await(Connection source, Chunk chunk, Gtids delivered) throws SQLException;

    /**
     * Makes sure that a connection other than the one that waited sees what was waited for: it may lead to a server that has taken the source's
     * place. Nothing where no other server is ever followed.
     */
    default void confirm(Connection source, Chunk chunk, Gtids delivered) throws SQLException {}

    /** With GTIDs: waits until the server has executed them, which makes them readable. */
    static Visibility ofGtids() {
        return new Executed();
    }

    /**
     * Without GTIDs: commits a row of the daemon's own on the source. Commits become readable in the order of the log ({@code
     * binlog_order_commits} is required), and everything delivered lies before this commit in the log.
     *
     * @param schema where the marker table is, on the source
     */
    static Visibility ofMarkers(String schema, String migration) {
        return new Markers(schema, migration);
    }
}
