package dev.widekey.flags;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Says whether this process may write. It runs as the first statement of every write transaction and takes part in it, so
 * that an owner who was replaced cannot write any more.
 */
@FunctionalInterface
public interface WriteGuard {

    /** Lets everybody write: for commands an operator gives, which need no ownership. */
    WriteGuard NONE = connection -> {};

    /**
     * Returns when writing is allowed. Any exception ends the transaction with nothing written; an unchecked one reaches the
     * caller of the store as it is.
     */
    void check(Connection connection) throws SQLException;
}
