package dev.widekey.daemon.config;

/** When a new migration begins. */
public enum Start {
    /** As soon as the daemon runs. */
    NOW,
    /** When the flag {@code widekey.start} is on. */
    FLAG
}
