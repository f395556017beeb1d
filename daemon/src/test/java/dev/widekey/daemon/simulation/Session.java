package dev.widekey.daemon.simulation;

import dev.widekey.daemon.simulation.Target.Transaction;

/** A connection, as the server sees it, and as the client does. */
final class Session {
    /** What the server knows. */
    enum State {
        /** Somebody may still say something on it. */
        OPEN,
        /** The client is gone, or the server was told to end it; it will notice. */
        ENDING,
        /** Rolled back and gone. */
        ENDED
    }

    final long id;
    final Instance instance;

    State state = State.OPEN;
    /** The client has lost it. */
    boolean broken;

    boolean autoCommit = true;
    Transaction transaction;
    /** COMMIT is on its way. */
    boolean committing;
    /** COMMIT has arrived and hangs; the transaction ends when it ends. */
    boolean hanging;
    /** KILLed. */
    boolean killed;

    /** The advisory lock it holds. */
    String advisory = "";

    Session(long id, Instance instance) {
        this.id = id;
        this.instance = instance;
    }
}
