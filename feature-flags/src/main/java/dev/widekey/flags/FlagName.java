package dev.widekey.flags;

/**
 * One of the application's flags: its name, which value sends the application to the target, and what the application does
 * while the flag has never been written. Immutable.
 *
 * @param targetWhen the value that means target
 * @param defaultValue the application's own default
 */
public record FlagName(String name, boolean targetWhen, boolean defaultValue) {

    /** A flag whose default leaves the application with the source, as it was before the migration. */
    public static FlagName of(String name, boolean targetWhen) {
        return new FlagName(name, targetWhen, !targetWhen);
    }

    boolean pointsToTarget(boolean value) {
        return value == targetWhen;
    }
}
