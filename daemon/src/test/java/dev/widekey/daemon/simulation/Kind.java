package dev.widekey.daemon.simulation;

/** What can go wrong. A seed chooses some of these, and how often at most. */
enum Kind {
    /** A connection to the source is lost at a statement. */
    SOURCE_LOST(2),
    /** A connection to the source is lost between two rows of a result. */
    SOURCE_CUT(3),
    /** The source takes no new connection. */
    SOURCE_UNREACHABLE(5),
    /** What was delivered does not become visible in time. */
    VISIBILITY_TIMEOUT(30),
    /** The binlog's reader is built again and delivers its last changes again. */
    READER_REBUILT(20),
    /** A connection to the target is lost before a statement arrives. */
    TARGET_LOST(2),
    /** The same, and the server does not notice for a while. */
    TARGET_HALF_OPEN(2),
    /** A connection to the target is lost behind a statement, its answer with it. */
    ANSWER_LOST(2),
    /** The target takes no new connection. */
    TARGET_UNREACHABLE(3),
    /** A statement waits for a while before the server begins it. */
    STALL(3),
    /** A statement is interrupted. */
    INTERRUPTED(2),
    /** The target is read-only for a moment. */
    READ_ONLY(2),
    /** A wait for a row's lock is given up. */
    LOCK_TIMEOUT(40),
    /** The server takes a transaction for a deadlock's victim. */
    DEADLOCK(2),
    /** COMMIT is lost on its way: the transaction is rolled back. */
    COMMIT_LOST(8),
    /** COMMIT happens, the answer is lost. */
    COMMIT_ANSWER_LOST(8),
    /** COMMIT hangs on the server and is decided long after the connection is gone. */
    COMMIT_HANGS(8),
    /** COMMIT is interrupted: it has happened, or it has not. */
    COMMIT_INTERRUPTED(8),
    /** COMMIT is refused: the transaction is rolled back. */
    COMMIT_REFUSED(8),
    /** The process is killed; what it has sent may still happen. */
    CRASH(2),
    /** The process stands still, another takes over, and then it wakes up. */
    PAUSE(2),
    /** The process is asked to stop. */
    STOP(1),
    /** A second process is started beside a living one. */
    SECOND_START(1),
    /** The owner is alive, but its lease is over when somebody else asks. */
    LEASE_OVER(50),
    /** Another server stands behind the source's address. */
    FAIL_OVER(1);

    /** How likely it is at one opportunity, in percent, or its weight among the world's happenings. */
    final int likely;

    Kind(int likely) {
        this.likely = likely;
    }
}
