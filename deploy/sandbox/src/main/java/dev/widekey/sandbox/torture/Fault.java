package dev.widekey.sandbox.torture;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What happens to the daemon's surroundings. */
public enum Fault {
    /** The source is killed and started again on the same data. */
    SOURCE_KILL,
    /** The target is killed and started again on the same data. */
    TARGET_KILL,
    /** The source ends in an orderly way and is started again. */
    SOURCE_RESTART,
    /** The daemon stands still (SIGSTOP) beyond its lease, another one takes over, and the first wakes up. */
    PAUSE,
    /** The source begins a new binlog file. */
    ROTATE,
    /** Another session holds locks on rows of the target. */
    LOCKS,
    /** Every connection of the daemon on both servers is ended by an administrator. */
    DISCONNECT;

    /** As it is named on the command line. */
    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads {@code all}, {@code none} or a list separated by commas. */
    static List<Fault> parse(String text) {
        return switch (text) {
            case "all" -> List.of(values());
            case "none" -> List.of();
            default ->
                Arrays.stream(text.split(","))
                        .map(name ->
                                valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_')))
                        .distinct()
                        .toList();
        };
    }
}
