package dev.widekey.daemon.cutover;

import dev.widekey.cdc.Position;
import java.sql.SQLException;
import java.util.Optional;

/** The reverse stream, from the target's log to the source's rows, as the cutover sees it. A port; used by the migration's thread. */
public interface Reverse extends Cutover.Drain {

    /** Before a cutover: forgets what was stored, and opens what {@link #store} needs, so that it takes no time when the application waits. */
    void prepare() throws SQLException;

    /** Stores where the reverse stream will begin, here and now; nothing when that is stored (the model's {@code PositionOnce}). */
    void store() throws SQLException;

    /** Starts it from where it is stored; nothing when it runs. */
    void start() throws SQLException;

    /** How far it is applied; empty while it does not run. */
    Optional<Position> position();

    /** From now on, ids from {@code first} up are handed out by the source; a row of the target with one of them halts. */
    void reserve(long first);

    /**
     * What the target's log shows of ids below {@code first} up to now came from the source, and need not go back. Called while both sides are equal below it
     * and take no write there; a process that begins again does without it.
     */
    void skipBelow(long first) throws SQLException;

    /** From now on every id is the target's again. */
    void reserveNone();

    /** Ends it: nothing of it is written any more once this returns. */
    void end();

    /** Forgets where it was, and the rows that did not fit. Not while it runs. */
    void forget() throws SQLException;

    /** Why the application cannot go back any more, or not now; empty when it can. */
    Optional<String> obstacle();
}
