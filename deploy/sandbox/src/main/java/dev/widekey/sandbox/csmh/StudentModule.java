package dev.widekey.sandbox.csmh;

/** A problem as one student sees it, with its attempts so far. Belongs to one application process at a time; not thread-safe. */
final class StudentModule {

    /** Who may delete history rows of a module; a fixed tenth, three tenths and the rest of all modules. */
    enum Use {
        /** Written only by the transaction that stays open. */
        HELD,
        /** Old rows are removed by the history clean-up. */
        CLEANED,
        /** Deleted as a whole by an instructor. */
        DELETABLE
    }

    private final long id;
    private final int inputs;
    private int attempts;

    StudentModule(long id, int inputs) {
        this.id = id;
        this.inputs = inputs;
        this.attempts = 1;
    }

    long id() {
        return id;
    }

    int inputs() {
        return inputs;
    }

    int nextAttempt() {
        attempts++;
        return attempts;
    }

    Use use() {
        long draw = Long.remainderUnsigned(Dice.mix(id), 10);
        return draw == 0 ? Use.HELD : draw < 4 ? Use.CLEANED : Use.DELETABLE;
    }
}
