package dev.widekey.flags;

/** The store could not be read or written. Nothing was changed; the caller may try again. Immutable. */
public final class FlagStoreException extends FlagException {

    private static final long serialVersionUID = 1L;

    FlagStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
