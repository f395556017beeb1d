package dev.widekey.daemon.audit;

/** A statement has used up its time: its range is to be looked at in parts. */
public final class TooSlowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooSlowException(Range range, Throwable cause) {
        super("the keys " + range + " take too long", cause);
    }
}
