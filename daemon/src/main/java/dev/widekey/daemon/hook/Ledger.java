package dev.widekey.daemon.hook;

import java.sql.SQLException;
import java.util.List;

/** What there is to tell, and how far each hook has got. Durable: what is behind a stored mark is never told again. Thread-safe. */
interface Ledger {
    /** The most moves that are handed out at once. The rest stays where it is, so a backlog takes no memory. */
    int MOST = 100;

    /** Where a hook stands; the beginning when nothing was stored. */
    Mark mark(String hook) throws SQLException;

    /** The moves behind a mark, oldest first. */
    List<Move> after(Mark mark) throws SQLException;

    /** Stores where a hook stands. Repeatable. */
    void store(String hook, Mark mark) throws SQLException;
}
