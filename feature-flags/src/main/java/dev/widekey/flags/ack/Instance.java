package dev.widekey.flags.ack;

import java.time.Duration;

/**
 * One process of the application as the store knows it. Immutable.
 *
 * @param name unlike that of every other process, earlier ones under the same host name included
 * @param acts the versions it acts on: nothing it began on older ones goes on any more
 * @param lease how long after its last heartbeat it still writes, at most
 * @param beat number of its heartbeats so far
 * @param silence time since the last one, by the store's clock; for a person to read, decides nothing
 */
public record Instance(String name, Versions acts, Duration lease, long beat, Duration silence) {

    /** The longest name a store takes, in characters. */
    public static final int MAX_NAME = 128;

    public Instance {
        requireName(name);
        requireLease(lease);
    }

    static void requireName(String name) {
        if (name.isBlank() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "an instance's name has 1 to " + MAX_NAME + " characters, got '" + name + "'; shorten it");
        }
    }

    static void requireLease(Duration lease) {
        if (lease.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    "a lease lasts a millisecond or more, got " + lease + "; 30 s suits most applications");
        }
    }

    /** As in a status line. */
    @Override
    public String toString() {
        return name + " (write flag in version " + acts.write() + ", read flag in version " + acts.read()
                + ", last heard of " + Math.max(0, silence.toSeconds()) + " s ago)";
    }
}
