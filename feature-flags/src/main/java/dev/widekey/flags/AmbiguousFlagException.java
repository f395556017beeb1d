package dev.widekey.flags;

/**
 * A write was sent, its answer was lost, and reading could not settle whether it happened. Never retry on this one: read the
 * flag once the store answers again, and decide from what it says. Immutable.
 */
public final class AmbiguousFlagException extends FlagException {

    private static final long serialVersionUID = 1L;

    AmbiguousFlagException(Flag attempted, Throwable cause) {
        super(
                "flag " + attempted.name() + " may or may not have become " + attempted.enabled() + " in version "
                        + attempted.version() + ": the answer to the commit was lost and the store cannot be read",
                cause);
    }

    AmbiguousFlagException(Flag attempted, String why, Throwable cause) {
        super(
                "flag " + attempted.name() + " may or may not have become " + attempted.enabled() + " in version "
                        + attempted.version() + ": " + why,
                cause);
    }
}
