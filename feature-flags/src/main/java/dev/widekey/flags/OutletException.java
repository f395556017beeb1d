package dev.widekey.flags;

import org.jspecify.annotations.Nullable;

/** An {@link Outlet} gave no answer, or refused. The message is for people and holds no secret. Immutable. */
public final class OutletException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What it means for a write. */
    public enum Kind {
        /** It did not happen, and may succeed later by itself. */
        UNREACHABLE(true, false),
        /** The answer is missing: it may have happened, or happen later. */
        LOST(true, true),
        /** It is under way and waits for time or for a person. */
        WAITING(true, true),
        /** It did not happen, and somebody has to mend something first. */
        REFUSED(false, false);

        private final boolean passes;
        private final boolean mayHaveHappened;

        Kind(boolean passes, boolean mayHaveHappened) {
            this.passes = passes;
            this.mayHaveHappened = mayHaveHappened;
        }
    }

    private final Kind kind;

    /** Says what went wrong. */
    public OutletException(Kind kind, String message) {
        this(kind, message, null);
    }

    /** Says what went wrong, and because of what. */
    public OutletException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What it means for a write. */
    public Kind kind() {
        return kind;
    }

    /** Whether trying again can succeed. */
    public boolean passes() {
        return kind.passes;
    }

    /** Whether a write that ended like this may have happened. */
    boolean mayHaveHappened() {
        return kind.mayHaveHappened;
    }
}
