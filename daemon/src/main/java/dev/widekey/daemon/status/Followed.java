package dev.widekey.daemon.status;

import dev.widekey.flags.ack.Strength;
import java.util.Locale;

/**
 * How sure it is that no instance acts on the flags of before the last flip. Immutable.
 *
 * @param who what the instances say, in words
 */
public record Followed(Strength strength, String who) {

    /** As in a status line. */
    public String text() {
        return strength.name().toLowerCase(Locale.ROOT) + ", " + strength.word() + "; " + who;
    }
}
