package dev.widekey.flags;

import java.util.Optional;

/**
 * The application's two flags as found at one moment. A flag that was never written counts with the application's default.
 * Immutable.
 *
 * @param write the stored write flag, empty when never written
 * @param read the stored read flag, empty when never written
 */
public record FlagPair(FlagName writeName, FlagName readName, Optional<Flag> write, Optional<Flag> read) {

    /** Where the pair sends the application; empty for the forbidden pair. */
    public Optional<Stage> stage() {
        return Stage.of(
                writeName.pointsToTarget(value(writeName, write)), readName.pointsToTarget(value(readName, read)));
    }

    /** Whether both flags are stored, so that the application's defaults play no part. */
    public boolean isExplicit() {
        return write.isPresent() && read.isPresent();
    }

    /** Both flags with their values, as a person would want to read them. */
    @Override
    public String toString() {
        return describe(writeName, write, "writes", "target", "source") + ", "
                + describe(readName, read, "reads", "target only", "source included");
    }

    private static String describe(FlagName name, Optional<Flag> flag, String what, String target, String source) {
        boolean value = value(name, flag);
        return name.name() + "=" + value + (flag.isPresent() ? "" : " (never written, default)") + " (" + what + ": "
                + (name.pointsToTarget(value) ? target : source) + ")";
    }

    private static boolean value(FlagName name, Optional<Flag> flag) {
        return flag.map(Flag::enabled).orElse(name.defaultValue());
    }
}
