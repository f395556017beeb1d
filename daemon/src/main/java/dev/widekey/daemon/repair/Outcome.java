package dev.widekey.daemon.repair;

/** What became of a key that was to be repaired; stored by name. */
public enum Outcome {
    /** It differed and is equal now. */
    REPAIRED("repaired"),
    /** It was equal already. */
    EQUAL("equal already, left as they are"),
    /** It belongs to the application on the target and was left alone. */
    OWNED("left alone: the application owns them on the target"),
    /** The target refuses its row: it is in quarantine. */
    QUARANTINED("refused by the target: in quarantine"),
    /** It still differs. */
    DIFFERENT("still different: somebody else writes to the target, or a value does not fit");

    private final String text;

    Outcome(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
