package dev.widekey.daemon.state;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The moments before and after every durable step, at which a test can make the process die.
 *
 * <p>A facility for tests, not a setting: reaching a point does nothing unless the process was started with the system property {@code
 * widekey.crash-at=NAME} or {@code NAME:n}. The n-th time that point is reached the process ends on that line with exit code 137, without
 * shutdown hooks and without a word to anybody, which for every other process is the same as a kill. A name that does not exist makes the
 * start fail, so that no test can arm a point in vain.
 *
 * <p>What is durable at each point, and what the next process does, is in the table "Crash points" of {@code docs/correctness.md}.
 * Thread-safe.
 */
public enum CrashPoint {
    /** The servers are checked; nothing is written yet. */
    BEFORE_STATE_TABLES,
    /** The state tables are there, the flag tables are not. */
    AFTER_STATE_TABLES,
    /** The flag tables are there too. */
    AFTER_FLAG_TABLES,
    /** The advisory lock is held; the epoch is the old one. */
    BEFORE_OWNER,
    /** The new epoch is written and not committed. */
    INSIDE_OWNER,
    /** The new epoch and lease are committed. */
    AFTER_OWNER,
    /** The lease is about to be renewed. */
    BEFORE_LEASE,
    /** The lease is renewed. */
    AFTER_LEASE,
    /** The migration's row is about to be created. */
    BEFORE_MIGRATION,
    /** The migration's row is there, in its first phase. */
    AFTER_MIGRATION,
    /** The marker table is about to be made; only on a source without GTIDs. */
    BEFORE_MARKER_TABLE,
    /** The marker table is there. */
    AFTER_MARKER_TABLE,
    /** A marker row is committed on the source, its chunk is not read. */
    AFTER_MARKER,
    /** Neither flag is stored. */
    BEFORE_FLAGS,
    /** A transaction that writes a flag holds the epoch and has written nothing. */
    INSIDE_FLAG,
    /** Both flags are stored; the position is not. */
    AFTER_FLAGS,
    /** The target's secondary indexes are there, and none of them is stored; only with late indexes, as all points that speak of them. */
    BEFORE_LATE_INDEXES,
    /** Their definitions are stored. */
    AFTER_LATE_INDEXES,
    /** They were dropped and built again from what is stored, for a trial. */
    LATE_INDEXES_TRIED,
    /** They are dropped; the position is not stored. */
    LATE_INDEXES_DROPPED,
    /** The start position is written and not committed. */
    INSIDE_START_POSITION,
    /** The start position is committed; the phase is still the first one that prepares. */
    AFTER_START_POSITION,

    /** The move to PREPARE is about to be stored. */
    BEFORE_PREPARE,
    /** The move to PREPARE is stored, and nobody has acted on it. */
    AFTER_PREPARE,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_BACKFILL,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_BACKFILL,
    /** As {@link #BEFORE_PREPARE}; only with late indexes. */
    BEFORE_INDEX,
    /** As {@link #AFTER_PREPARE}; only with late indexes. */
    AFTER_INDEX,
    /** Rows that somebody asked to repair are repaired; that they are is not stored. */
    AFTER_REPAIR,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_CATCH_UP,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_CATCH_UP,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_VERIFY,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_VERIFY,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_READY,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_READY,
    /** As {@link #BEFORE_PREPARE}; only in a fenced cutover, as all points that speak of a fence or of the way back. */
    BEFORE_FENCE,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_FENCE,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_UNFENCE,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_UNFENCE,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_FLIP,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_FLIP,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_OPEN,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_OPEN,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_WATCH,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_WATCH,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_FENCE_BACK,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_FENCE_BACK,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_UNFENCE_BACK,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_UNFENCE_BACK,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_FLIP_BACK,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_FLIP_BACK,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_OPEN_BACK,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_OPEN_BACK,
    /** As {@link #BEFORE_PREPARE}; only on the way back of a rolling cutover, as the next seven. */
    BEFORE_RETURN_READS,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_RETURN_READS,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_RETURN_WRITES,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_RETURN_WRITES,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_DRAIN_BACK,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_DRAIN_BACK,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_SEAL_BACK,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_SEAL_BACK,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_FLIP_WRITES,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_FLIP_WRITES,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_DRAIN,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_DRAIN,
    /** As {@link #BEFORE_PREPARE}; only in a rolling cutover with a way back, as all points that speak of a seal. */
    BEFORE_SEAL,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_SEAL,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_FLIP_READS,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_FLIP_READS,
    /** As {@link #BEFORE_PREPARE}. */
    BEFORE_DONE,
    /** As {@link #AFTER_PREPARE}. */
    AFTER_DONE,

    /** A chunk is cut, its row in the plan is written and not committed. */
    INSIDE_CHUNK_PLAN,
    /** A chunk is in the plan, nobody has begun it. */
    AFTER_CHUNK_PLAN,
    /** A chunk that was too large is cut in two in the plan; nothing is committed. */
    INSIDE_CHUNK_SPLIT,
    /** Both halves of a chunk that was too large are in the plan, nobody has begun them. */
    AFTER_CHUNK_SPLIT,
    /** A window is open and what was delivered is readable; the chunk is about to be read. */
    AFTER_WINDOW,
    /** A chunk's transaction holds the epoch and has written nothing. */
    CHUNK_BEGUN,
    /** Rows of a chunk are written and not committed. */
    CHUNK_ROWS,
    /** The tombstoned keys of a chunk are deleted too; nothing is committed. */
    CHUNK_TOMBSTONES,
    /** Rows of a chunk that the target refuses have their entries; nothing is committed. */
    CHUNK_REFUSED,
    /** A chunk is recorded as copied; nothing is committed. */
    BEFORE_CHUNK_COMMIT,
    /** Rows and record of a chunk are committed; its window is still registered. */
    AFTER_CHUNK_COMMIT,

    /** Many changes are about to be written on several connections; what was delivered is stored, no row is written. */
    AFTER_STREAM_DELIVERED,
    /** One of several connections has committed its keys; the others and the position have not. */
    AFTER_STREAM_PART,
    /** A transaction of the stream holds the epoch and has written nothing. */
    STREAM_BEGUN,
    /** A row that the target refuses has its entry and is deleted there; nothing is committed. */
    STREAM_REFUSED,
    /** A transaction of the stream has written its rows, and not the position. */
    STREAM_ROWS,
    /** A transaction of the stream has written rows and position; nothing is committed. */
    BEFORE_STREAM_COMMIT,
    /** Rows and position are committed; nobody in this process knows it yet. */
    AFTER_STREAM_COMMIT,

    /** The statement that builds the late indexes is about to be sent. */
    BEFORE_INDEXES_BUILT,
    /** The statement is on its way: the server has not seen it, is at it, or is done. */
    INDEXES_BUILDING,
    /** The late indexes are there as they were; the phase does not say so. */
    AFTER_INDEXES_BUILT,

    /** How far a comparison of all rows is was stored; it goes on. */
    AFTER_PROVEN,
    /** A comparison has ended; its verdict is not stored. */
    BEFORE_VERDICT,
    /** The verdict is stored; nobody has acted on it. */
    AFTER_VERDICT,
    /** The id gap is worked out and not stored. */
    BEFORE_GAP,
    /** The id gap is stored; the target still hands out its old ids. */
    AFTER_GAP,
    /** The target hands out ids above the gap; nobody has looked whether it does. */
    AFTER_GAP_RESERVED,
    /** The gap is there; the write flag is about to be flipped. */
    BEFORE_WRITES_FLIPPED,
    /** The write flag is flipped; the phase does not say so. */
    AFTER_WRITES_FLIPPED,
    /** The source is silent; the read flag is about to be flipped. */
    BEFORE_READS_FLIPPED,
    /** The read flag is flipped; the phase does not say so. */
    AFTER_READS_FLIPPED,

    /** The target refuses the application's writes, the source takes them. */
    TARGET_SHUT,
    /** A part of a fence is up, under the table's lock. */
    FENCE_PART,
    /** The source refuses writes too; the stream is not drained. */
    FENCE_UP,
    /** What changed is compared, under both fences. */
    FENCE_PROVEN,
    /** The write flag is flipped and the read flag is not, under both fences. */
    BETWEEN_FLIPS,
    /** The reverse position is stored; the target still refuses writes. */
    REVERSE_STORED,
    /** The target takes writes; the phase does not say so. */
    TARGET_OPENED,
    /** The target refuses writes again; the reverse stream is not drained. */
    FENCE_BACK_UP,
    /** The read flag is flipped back and the write flag is not. */
    BETWEEN_FLIPS_BACK,
    /** The stream's new start position is stored; the source still refuses writes. */
    FORWARD_STORED,
    /** The source takes writes again; the phase does not say so. */
    SOURCE_OPENED,

    /** The reverse position is stored and the target is watched for changes of old rows; the write flag is not flipped. */
    WIRE_RAISED,
    /** A seal is up; what was written before it is not drained. */
    SEALED,
    /** What changed is compared under a seal. */
    SEAL_PROVEN,
    /** Reads cover both sides again; nobody has looked who follows. */
    READS_RETURNED,
    /** The source hands out ids above the target's; it still refuses writes. */
    SOURCE_LIFTED,
    /** The write flag is flipped back; the phase does not say so. */
    WRITES_RETURNED,
    /** The application's clients know that the way back is over; the phase does not say so. */
    RETURNED,

    /** The reason of a halt is about to be stored. */
    BEFORE_HALT,
    /** The reason of a halt is stored; the process has not ended. */
    AFTER_HALT;

    /** The system property that arms a point. */
    public static final String PROPERTY = "widekey.crash-at";

    private static final int AS_KILLED = 137;
    private static final @Nullable Armed ARMED = Armed.parse(System.getProperty(PROPERTY));

    /** Where the move of a migration to that phase is about to be stored. */
    public static CrashPoint before(Phase phase) {
        return valueOf("BEFORE_" + phase);
    }

    /** Where the move of a migration to that phase is stored. */
    public static CrashPoint after(Phase phase) {
        return valueOf("AFTER_" + phase);
    }

    /** Says that this line is reached. Does nothing in a process that was not started to die here. */
    public void reached() {
        if (ARMED != null && ARMED.isDue(this)) {
            Runtime.getRuntime().halt(AS_KILLED);
        }
    }

    private record Armed(CrashPoint point, AtomicInteger left) {

        static @Nullable Armed parse(@Nullable String text) {
            if (text == null || text.isBlank()) {
                return null;
            }
            String[] parts = text.split(":", 2);
            int times = parts.length == 1 ? 1 : Integer.parseInt(parts[1]);
            if (times < 1) {
                throw new IllegalArgumentException(PROPERTY + "=" + text + " is never reached");
            }
            return new Armed(CrashPoint.valueOf(parts[0].toUpperCase(Locale.ROOT)), new AtomicInteger(times));
        }

        boolean isDue(CrashPoint reached) {
            return point == reached && left.decrementAndGet() == 0;
        }
    }
}
