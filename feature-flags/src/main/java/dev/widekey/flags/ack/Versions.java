package dev.widekey.flags.ack;

import dev.widekey.flags.Flag;
import dev.widekey.flags.FlagPair;

/**
 * Versions of the two flags that belong together. Immutable.
 *
 * @param write version of the write flag, 0 when it was never written or not read yet
 * @param read version of the read flag, likewise
 */
public record Versions(long write, long read) {

    /** What an instance acts on that has not read the flags yet. */
    public static final Versions UNREAD = new Versions(0, 0);

    public Versions {
        if (write < 0 || read < 0) {
            throw new IllegalArgumentException(
                    "a flag's version is 0 or more, got " + write + " and " + read + "; take those of a stored flag");
        }
    }

    /** The versions in a pair. */
    public static Versions of(FlagPair pair) {
        return new Versions(
                pair.write().map(Flag::version).orElse(0L),
                pair.read().map(Flag::version).orElse(0L));
    }

    /** Whether neither is older than the other's. */
    public boolean cover(Versions other) {
        return write >= other.write && read >= other.read;
    }
}
