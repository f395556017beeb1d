package dev.widekey.flags;

import java.time.Instant;

/**
 * One stored value of a flag. Two flags are equal only when they are the same write.
 *
 * @param name what the application or the daemon calls it; case matters
 * @param version 1 for the first write, one more for each later one
 * @param owner who wrote it
 * @param reason why, in words for a person
 * @param changedAt when, by the store's clock, in microseconds
 */
public record Flag(String name, boolean enabled, long version, String owner, String reason, Instant changedAt) {

    /** The longest name a store takes, in characters. */
    public static final int MAX_NAME = 128;

    /** The longest owner a store takes, in characters. */
    public static final int MAX_OWNER = 128;

    /** The longest reason a store keeps; {@link FlagStore} cuts a longer one. */
    public static final int MAX_REASON = 255;

    public Flag {
        if (name.isBlank() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "a flag's name has 1 to " + MAX_NAME + " characters, got '" + name + "'");
        }
        if (owner.isBlank() || owner.length() > MAX_OWNER) {
            throw new IllegalArgumentException(
                    "a flag's owner has 1 to " + MAX_OWNER + " characters, got '" + owner + "'");
        }
        if (reason.length() > MAX_REASON) {
            throw new IllegalArgumentException("a flag's reason has at most " + MAX_REASON + " characters");
        }
        if (version < 1) {
            throw new IllegalArgumentException("a flag's version starts at 1, got " + version);
        }
    }

    /** The write that follows this one. */
    Flag next(boolean nextEnabled, String nextOwner, String nextReason, Instant at) {
        return new Flag(name, nextEnabled, version + 1, nextOwner, cut(nextReason), at);
    }

    /** The first write of a flag. */
    static Flag first(String name, boolean enabled, String owner, String reason, Instant at) {
        return new Flag(name, enabled, 1, owner, cut(reason), at);
    }

    /** Same version and value: what a compare-and-set compares. A value changed by hand without a new version differs. */
    boolean sameStateAs(Flag other) {
        return name.equals(other.name) && version == other.version && enabled == other.enabled;
    }

    private static String cut(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
    }
}
