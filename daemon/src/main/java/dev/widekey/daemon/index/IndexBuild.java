package dev.widekey.daemon.index;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Faults;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.table.SecondaryIndex;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds indexes while the stream is applied, as often as it takes.
 *
 * <p>The server builds them beside the table's rows and keeps what is written meanwhile in a log; only at its beginning and at its end does it need the table for
 * itself. While it waits for that, the stream waits behind it, for {@link #LEAST_PATIENCE} at most. Since an attempt that fails at its end is lost, each further one
 * waits for longer, up to {@link #MOST_PATIENCE}.
 *
 * <p>When the server's log of what was written is full ({@code innodb_online_alter_log_max_size}), the next attempt takes the table with {@code LOCK=SHARED}: the
 * server lets the stream's transaction end and holds the next one until the indexes are there. The stream tries again until it gets through; nothing has to be told to
 * stop, and nothing stays stopped when a process dies.
 *
 * <p>{@link #progress} for any thread; the rest for one.
 */
final class IndexBuild {
    private static final Logger log = LoggerFactory.getLogger(IndexBuild.class);

    static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);
    static final Duration MOST_PATIENCE = Duration.ofSeconds(60);

    /** The server's memory for sorting, which is 1 MB unless somebody asks for more; older servers do not know the setting. */
    private static final String MEMORY = "/*!80027 SET SESSION innodb_ddl_buffer_size = 134217728 */";

    private static final long LOOK_AGAIN_NANOS = 200_000_000L;
    private static final int LOOKS_BETWEEN = 25;
    private static final int GONE_AT_LAST = 2;

    private static final int DUPLICATE_NAME = 1061;
    private static final int LOG_IS_FULL = 1799;
    private static final Set<Integer> OTHER_WAY_NEEDED = Set.of(1845, 1846);

    /** A name that is taken, a column that is not there, a table of which the server cannot do it. */
    private static final Set<Integer> MISFIT = Set.of(DUPLICATE_NAME, 1072, 1845, 1846);

    private final Database target;
    private final TargetIndexes indexes;
    private final long began = System.nanoTime();

    private boolean blocking;
    private boolean nameIsTaken;
    private Duration patience = LEAST_PATIENCE;
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile String seen = "";
    private boolean stagesAreHidden;

    IndexBuild(Database target, TargetIndexes indexes) {
        this.target = target;
        this.indexes = indexes;
    }

    /** Whether the server says that it cannot do it without blocking writers. */
    static boolean isRefusalOfTheWay(SQLException failure) {
        return OTHER_WAY_NEEDED.contains(failure.getErrorCode());
    }

    /** Elapsed time, and the server's own estimate where it can be read. */
    String progress() {
        Duration time = Duration.ofNanos(System.nanoTime() - began);
        return String.format(
                Locale.ROOT,
                "attempt %d, %02d:%02d:%02d%s",
                attempts.get(),
                time.toHours(),
                time.toMinutesPart(),
                time.toSecondsPart(),
                seen);
    }

    /**
     * Tries once to build them; whether it did is for the caller to see. Waits a while after a failure that passes.
     *
     * @return false when it gave up
     */
    boolean attempt(List<SecondaryIndex> missing, BooleanSupplier giveUp) throws SQLException, InterruptedException {
        int number = attempts.incrementAndGet();
        log.info("building {}, attempt {}", IndexPlan.names(missing), number);
        try {
            String how = ", ALGORITHM=INPLACE, LOCK=" + (blocking ? "SHARED" : "NONE");
            return indexes.change(own -> build(own, indexes.adding(missing, how), giveUp));
        } catch (SQLException failure) {
            if (!mayBeRepeated(failure)) {
                throw judged(failure);
            }
            log.warn("building indexes failed, trying again: {}", failure.getMessage());
            return rest(giveUp);
        }
    }

    private boolean mayBeRepeated(SQLException failure) {
        int code = failure.getErrorCode();
        if (code == DUPLICATE_NAME) {
            // The statement of an earlier process, or this one's whose answer was lost, has come to its end.
            boolean again = !nameIsTaken;
            nameIsTaken = true;
            return again;
        }
        nameIsTaken = false;
        if (code == LOG_IS_FULL || isRefusalOfTheWay(failure)) {
            boolean again = !blocking;
            blocking = true;
            return again;
        }
        Duration longer = patience.multipliedBy(2);
        patience = longer.compareTo(MOST_PATIENCE) < 0 ? longer : MOST_PATIENCE;
        return Faults.passes(failure);
    }

    /** What a failure means that does not pass. */
    static RuntimeException judged(SQLException failure) throws SQLException {
        if (Faults.passes(failure)) {
            throw failure;
        }
        if (Faults.isRefusal(failure)) {
            return HaltException.ofRefusal("target", failure);
        }
        boolean isAboutTable = Faults.isAboutTable(failure) || MISFIT.contains(failure.getErrorCode());
        return new HaltException(
                isAboutTable ? HaltException.Reason.SCHEMA_CHANGED : HaltException.Reason.FAILED,
                "the late indexes cannot be built: " + failure.getMessage()
                        + "; their definitions are in the state, in late_index; remove the cause and start again, or build them by hand"
                        + " exactly as they are there, or delete the rows of those that are not wanted",
                failure);
    }

    private boolean rest(BooleanSupplier giveUp) {
        long until = System.nanoTime() + patience.toNanos() / 5;
        while (!giveUp.getAsBoolean()) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            LockSupport.parkNanos(this, Math.min(left, LOOK_AGAIN_NANOS));
        }
        return false;
    }

    private boolean build(Connection own, String statement, BooleanSupplier giveUp)
            throws SQLException, InterruptedException {
        long id;
        try (Statement settings = own.createStatement();
                ResultSet row = settings.executeQuery("SELECT CONNECTION_ID()")) {
            row.next();
            id = row.getLong(1);
        }
        // The answer comes when the indexes are there; until then the server is asked whether it is at it.
        own.setNetworkTimeout(Runnable::run, 0);
        FutureTask<Boolean> building = new FutureTask<>(() -> {
            try (Statement alter = own.createStatement()) {
                alter.execute("SET SESSION lock_wait_timeout = " + patience.toSeconds());
                alter.execute(MEMORY);
                return alter.execute(statement);
            }
        });
        CrashPoint.BEFORE_INDEXES_BUILT.reached();
        Thread thread = new Thread(building, "index");
        thread.setDaemon(true);
        thread.start();
        CrashPoint.INDEXES_BUILDING.reached();
        try {
            return await(building, id, giveUp);
        } finally {
            if (!building.isDone()) {
                end(own, id);
            }
        }
    }

    private boolean await(FutureTask<Boolean> building, long id, BooleanSupplier giveUp)
            throws SQLException, InterruptedException {
        int gone = 0;
        for (int look = 1; ; look++) {
            try {
                building.get(LOOK_AGAIN_NANOS, TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException goesOn) {
                if (giveUp.getAsBoolean()) {
                    return false;
                }
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof SQLException failure) {
                    throw failure;
                }
                throw new IllegalStateException(failed.getCause());
            }
            if (look % LOOKS_BETWEEN == 0) {
                gone = isAtIt(id) ? 0 : gone + 1;
                if (gone == GONE_AT_LAST) {
                    throw new SQLException(
                            "the server is no longer building the indexes and has not answered", "08S01");
                }
            }
        }
    }

    /** Whether the server is executing something for that connection; when it cannot be asked, what it does is waited for. */
    private boolean isAtIt(long id) {
        try (Connection connection = target.pool().getConnection();
                Statement query = connection.createStatement()) {
            seen = stage(query, id).stream()
                    .mapToObj(share -> String.format(Locale.ROOT, ", %.0f%%", share * 100))
                    .findFirst()
                    .orElse("");
            try (ResultSet row = query.executeQuery("SHOW PROCESSLIST")) {
                while (row.next()) {
                    if (row.getLong("Id") == id) {
                        return !row.getString("Command").equals("Sleep");
                    }
                }
            }
            return false;
        } catch (SQLException away) {
            log.warn("whether the indexes are being built cannot be read: {}", away.getMessage());
            return true;
        }
    }

    /** What the server says of its progress, if it keeps a record and shows it to this account. */
    private OptionalDouble stage(Statement query, long id) {
        if (stagesAreHidden) {
            return OptionalDouble.empty();
        }
        try (ResultSet row = query.executeQuery("SELECT stage.work_completed / stage.work_estimated"
                + " FROM performance_schema.events_stages_current stage JOIN performance_schema.threads thread USING (thread_id)"
                + " WHERE thread.processlist_id = " + id + " AND stage.work_estimated > 0")) {
            return row.next() ? OptionalDouble.of(Math.min(1, row.getDouble(1))) : OptionalDouble.empty();
        } catch (SQLException hidden) {
            log.debug("no progress of the server: {}", hidden.getMessage());
            stagesAreHidden = true;
            return OptionalDouble.empty();
        }
    }

    /** Ends the statement on the server, so that it neither goes on nor answers. */
    private void end(Connection own, long id) {
        try (Connection fresh = target.connect()) {
            target.end(fresh, id);
        } catch (SQLException away) {
            log.warn("the building of indexes may go on: {}", away.getMessage());
        }
        try {
            own.abort(Runnable::run);
        } catch (SQLException failure) {
            log.debug("abandoning a connection: {}", failure.getMessage());
        }
    }
}
