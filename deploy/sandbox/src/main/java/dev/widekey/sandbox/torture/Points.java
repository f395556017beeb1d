package dev.widekey.sandbox.torture;

import java.util.List;

/**
 * The daemon's crash points by name, sorted into the parts of a migration's life in which they come up, in the order in which they do. The daemon
 * is known here by what it documents only; a test of the daemon holds the two lists against each other.
 */
public enum Points {
    /** From nothing to the first chunk. */
    START("IDLE", "PREPARE", """
            BEFORE_STATE_TABLES
            AFTER_STATE_TABLES
            AFTER_FLAG_TABLES
            BEFORE_OWNER
            INSIDE_OWNER
            AFTER_OWNER
            BEFORE_MIGRATION
            AFTER_MIGRATION
            BEFORE_LEASE
            AFTER_LEASE
            BEFORE_PREPARE
            AFTER_PREPARE
            BEFORE_FLAGS
            INSIDE_FLAG
            AFTER_FLAGS
            INSIDE_START_POSITION
            AFTER_START_POSITION
            BEFORE_BACKFILL
            AFTER_BACKFILL
            """),
    /** While chunks are copied. */
    COPY("BACKFILL", "BACKFILL", """
            INSIDE_CHUNK_PLAN
            AFTER_CHUNK_PLAN
            AFTER_WINDOW
            CHUNK_BEGUN
            CHUNK_ROWS
            CHUNK_TOMBSTONES
            BEFORE_CHUNK_COMMIT
            AFTER_CHUNK_COMMIT
            STREAM_BEGUN
            STREAM_ROWS
            BEFORE_STREAM_COMMIT
            AFTER_STREAM_COMMIT
            """),
    /** While late indexes are built; not in a migration that keeps its indexes. */
    INDEX("INDEX", "INDEX", """
            BEFORE_INDEX
            AFTER_INDEX
            BEFORE_INDEXES_BUILT
            INDEXES_BUILDING
            AFTER_INDEXES_BUILT
            """),
    /** From the end of the copy to the flip of the writes. */
    PROOF("CATCH_UP", "FLIP_WRITES", """
            BEFORE_CATCH_UP
            AFTER_CATCH_UP
            BEFORE_VERIFY
            AFTER_VERIFY
            BEFORE_VERDICT
            AFTER_VERDICT
            BEFORE_READY
            AFTER_READY
            BEFORE_FLIP_WRITES
            AFTER_FLIP_WRITES
            BEFORE_GAP
            AFTER_GAP
            AFTER_GAP_RESERVED
            BEFORE_WRITES_FLIPPED
            AFTER_WRITES_FLIPPED
            """),
    /** From the flip of the writes to the end. */
    CUTOVER("DRAIN", "FLIP_READS", """
            BEFORE_DRAIN
            AFTER_DRAIN
            BEFORE_FLIP_READS
            AFTER_FLIP_READS
            BEFORE_READS_FLIPPED
            AFTER_READS_FLIPPED
            BEFORE_DONE
            AFTER_DONE
            """),
    /** In a fenced cutover and on the way back alone, which the torture does not know. */
    FENCED("IDLE", "DONE", """
            BEFORE_FENCE
            AFTER_FENCE
            BEFORE_UNFENCE
            AFTER_UNFENCE
            BEFORE_FLIP
            AFTER_FLIP
            BEFORE_OPEN
            AFTER_OPEN
            BEFORE_WATCH
            AFTER_WATCH
            BEFORE_FENCE_BACK
            AFTER_FENCE_BACK
            BEFORE_UNFENCE_BACK
            AFTER_UNFENCE_BACK
            BEFORE_FLIP_BACK
            AFTER_FLIP_BACK
            BEFORE_OPEN_BACK
            AFTER_OPEN_BACK
            TARGET_SHUT
            FENCE_PART
            FENCE_UP
            FENCE_PROVEN
            BETWEEN_FLIPS
            REVERSE_STORED
            TARGET_OPENED
            FENCE_BACK_UP
            BETWEEN_FLIPS_BACK
            FORWARD_STORED
            SOURCE_OPENED
            """),
    /** In a rolling cutover with a way back, and on it, alone. */
    ROLLED("IDLE", "DONE", """
            WIRE_RAISED
            BEFORE_SEAL
            AFTER_SEAL
            SEALED
            SEAL_PROVEN
            BEFORE_RETURN_READS
            AFTER_RETURN_READS
            READS_RETURNED
            BEFORE_RETURN_WRITES
            AFTER_RETURN_WRITES
            SOURCE_LIFTED
            WRITES_RETURNED
            BEFORE_DRAIN_BACK
            AFTER_DRAIN_BACK
            BEFORE_SEAL_BACK
            AFTER_SEAL_BACK
            RETURNED
            """),
    /** Not in a migration that goes well between two servers with GTIDs, of rows of common size, without a backlog, repairs, rows the
     * target refuses or a long comparison. */
    ELSEWHERE("IDLE", "DONE", """
            BEFORE_MARKER_TABLE
            AFTER_MARKER_TABLE
            AFTER_MARKER
            INSIDE_CHUNK_SPLIT
            AFTER_CHUNK_SPLIT
            AFTER_STREAM_DELIVERED
            AFTER_STREAM_PART
            BEFORE_LATE_INDEXES
            AFTER_LATE_INDEXES
            LATE_INDEXES_TRIED
            LATE_INDEXES_DROPPED
            AFTER_REPAIR
            CHUNK_REFUSED
            STREAM_REFUSED
            AFTER_PROVEN
            BEFORE_HALT
            AFTER_HALT
            """);

    private static final List<String> PHASES = List.of(
            "IDLE",
            "PREPARE",
            "BACKFILL",
            "INDEX",
            "CATCH_UP",
            "VERIFY",
            "READY",
            "FLIP_WRITES",
            "DRAIN",
            "FLIP_READS",
            "DONE");

    private final String first;
    private final String last;
    private final String names;

    Points(String first, String last, String names) {
        this.first = first;
        this.last = last;
        this.names = names;
    }

    /** The names. */
    public List<String> names() {
        return names.lines().toList();
    }

    /** Whether a migration in that phase has come to this part; false while the phase is not known. */
    boolean hasBegunIn(String phase) {
        return PHASES.indexOf(phase) >= PHASES.indexOf(first);
    }

    /** Whether a migration in that phase has left this part behind. */
    boolean isOverIn(String phase) {
        return PHASES.indexOf(phase) > PHASES.indexOf(last);
    }
}
