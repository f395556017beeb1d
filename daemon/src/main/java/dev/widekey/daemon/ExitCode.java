package dev.widekey.daemon;

/** How the process ends, for systemd and for scripts. */
final class ExitCode {
    /** Done, or stopped because somebody asked for it. */
    static final int OK = 0;
    /** Failed without a name for it. */
    static final int FAILED = 1;
    /** The command line is wrong. */
    static final int USAGE = 2;
    /** Halted in a named state: a person has to look. Not 3, which is how a JVM ends that ran out of memory and may start again. */
    static final int HALTED = 4;
    /** A comparison found rows that differ, or are not copied yet. */
    static final int DIFFERENT = 5;
    /** Another process owns the migration. */
    static final int HELD = 75;
    /** The configuration or one of the servers is not as it must be; nothing was changed. */
    static final int REFUSED = 78;

    private ExitCode() {}
}
