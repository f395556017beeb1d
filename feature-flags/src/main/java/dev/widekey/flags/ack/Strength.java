package dev.widekey.flags.ack;

/** How sure it is, after a flip, that no application instance acts on the flags of before. From the strongest to the weakest. */
public enum Strength {
    /**
     * Every registered instance acts on the new flags, has left, or let its lease end. Proves what instances that register
     * and keep the promise of their lease do; says nothing about a process that never registered.
     */
    ACKED(true),
    /**
     * The database of the side that was left refuses every write of the application, and did so before the last look at it.
     * Proves it for everybody, whatever flags they have.
     */
    FENCED(true),
    /** Nobody wrote to the side that was left for some time. A process that was idle for all of it may still write. */
    OBSERVED(false),
    /** So much time has passed that every cache of the flags should have ended. A process that hung meanwhile may still write. */
    WAITED(false);

    private final boolean proof;

    Strength(boolean proof) {
        this.proof = proof;
    }

    /** Whether it follows from what was stored or refused. Otherwise it is assumed, and has to be called so. */
    public boolean isProof() {
        return proof;
    }

    /** {@code proven} or {@code assumed}, as status and log call it. */
    public String word() {
        return proof ? "proven" : "assumed";
    }
}
