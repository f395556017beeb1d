package dev.widekey.daemon.throttle;

import java.util.Locale;

/** What tells how a server is. The names are the status line's and, with dashes, the metrics'. */
public enum Signal {
    /** A read of one row of the source, against what it takes while the daemon rests. */
    SOURCE_LATENCY("ms"),
    /** Statements at work on the source. */
    SOURCE_THREADS_RUNNING(""),
    /** History list length of the source: versions kept for somebody's long read. */
    SOURCE_PURGE_LAG(""),
    /** How far the worst of the source's named replicas is behind. */
    SOURCE_REPLICA_LAG("s"),
    /** Statements at work on the target. */
    TARGET_THREADS_RUNNING(""),
    /** How long a commit on the target takes. */
    TARGET_COMMIT_LATENCY("ms"),
    /** Share of the target's redo log that no checkpoint has freed. */
    TARGET_CHECKPOINT_AGE("%"),
    /** History list length of the target. */
    TARGET_PURGE_LAG(""),
    /** How far the worst of the target's named replicas is behind. */
    TARGET_REPLICA_LAG("s");

    private final String unit;

    Signal(String unit) {
        this.unit = unit;
    }

    /** What people call it. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** What the metrics call it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A value with its unit. */
    String text(double value) {
        String number = unit.equals("ms") && value < 100
                ? String.format(Locale.ROOT, "%.1f", value)
                : String.format(Locale.ROOT, "%.0f", value);
        return unit.isEmpty() ? number : number + " " + unit;
    }
}
