package dev.widekey.daemon.state;

import java.util.Optional;

/**
 * What a phase led to.
 *
 * @param phase the phase that follows
 * @param detail what was done, for the history
 */
public record Step(Phase phase, String detail) {

    /** The usual answer of a phase that is done. */
    public static Optional<Step> to(Phase phase, String detail) {
        return Optional.of(new Step(phase, detail));
    }
}
