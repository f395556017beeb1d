package dev.widekey.flags;

import java.util.Optional;

/** Somebody else wrote the flag in between. Nothing was changed by the caller; read again and decide again. Immutable. */
public final class FlagConflictException extends FlagException {

    private static final long serialVersionUID = 1L;

    FlagConflictException(String name, Optional<Flag> expected, Optional<Flag> found) {
        super(
                "flag " + name + " was changed by somebody else: expected " + describe(expected) + ", found "
                        + describe(found) + "; nothing was written",
                null);
    }

    private static String describe(Optional<Flag> flag) {
        return flag.map(f -> f.enabled() + " in version " + f.version() + " by " + f.owner())
                .orElse("no such flag");
    }
}
