package dev.widekey.daemon.hook;

/** A receiver did not take an event, or did not say so. Its message repeats no secret. */
public final class HookException extends Exception {
    private static final long serialVersionUID = 1L;

    HookException(String message) {
        super(message);
    }

    HookException(String message, Throwable cause) {
        super(message, cause);
    }
}
