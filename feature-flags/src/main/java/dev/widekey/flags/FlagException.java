package dev.widekey.flags;

import org.jspecify.annotations.Nullable;

/** Root of everything that can go wrong with a flag. Immutable. */
public abstract class FlagException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FlagException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
