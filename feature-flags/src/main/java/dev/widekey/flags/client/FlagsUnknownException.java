package dev.widekey.flags.client;

/**
 * This process does not know where to write or read: it has not read the flags yet, or its lease has ended. Nothing was
 * written. It passes when the store of the flags answers again. Immutable.
 */
public final class FlagsUnknownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FlagsUnknownException(String message) {
        super(message);
    }
}
