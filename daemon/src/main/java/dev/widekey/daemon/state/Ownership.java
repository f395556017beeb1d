package dev.widekey.daemon.state;

import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's right to write for a migration: an epoch, higher than that of every process before it.
 *
 * <p>The fence is {@link #check}: every transaction on the target reads the epoch row {@code FOR SHARE} before it writes. A taker raises the epoch,
 * which waits for the transactions that have read the old one; whatever an older process sends later finds a higher epoch and is refused, however
 * long it was paused. The advisory lock only keeps two healthy processes from taking the migration from each other; it is not part of the fence.
 *
 * <p>Thread-safe.
 */
public final class Ownership implements AutoCloseable {
    /** A holder that has not renewed for so long is taken for dead. */
    public static final Duration LEASE = Duration.ofSeconds(15);

    /** How long the server may take to notice that the connections of a killed process are closed. */
    private static final int DEATH_SECONDS = 3;

    /** How long the server may take to end connections that were killed. */
    private static final int KILL_SECONDS = 10;

    private static final Logger log = LoggerFactory.getLogger(Ownership.class);

    private static final long LOOK_AGAIN_NANOS = 20_000_000L;

    /** How long the server may take to answer a renewal; a third of the lease. */
    private static final int RENEWAL_MILLIS = 5_000;

    private final Database target;
    private final StateSchema state;
    private final String migration;
    private final long epoch;

    /** Holds the advisory lock and renews the lease; null while there is no connection. */
    private @Nullable Connection session;

    /** Whether the session holds the lock: the server may keep one that is lost for a while, and its lock with it. */
    private boolean locked = true;

    private boolean closed;

    private Ownership(Database target, StateSchema state, String migration, long epoch, @Nullable Connection session) {
        this.target = target;
        this.state = state;
        this.migration = migration;
        this.epoch = epoch;
        this.session = session;
    }

    /** Another process holds the migration and is alive. */
    public static final class HeldException extends Exception {
        private static final long serialVersionUID = 1L;

        HeldException(String message) {
            super(message);
        }
    }

    /**
     * Takes the migration over from whoever had it.
     *
     * @param holder this process, for people: host and process id
     * @throws HeldException when another process holds it and has renewed its lease lately
     */
    public static Ownership take(Database target, StateSchema state, Database.Owner owner, String holder)
            throws SQLException, HeldException {
        Connection session = target.connect();
        try {
            String lock = lockName(owner.migration());
            if (!lock(session, lock, DEATH_SECONDS)) {
                refuseIfAlive(session, state, owner.migration());
                // The holder is silent but its connections are open: it is paused or cut off. They go before the epoch
                // is raised, since one of
                // them may sit in a transaction that holds the old epoch.
                endOthers(session, owner);
                if (!lock(session, lock, KILL_SECONDS)) {
                    throw new HeldException(
                            "migration " + owner.migration()
                                    + " is locked by another connection that does not end; see performance_schema.metadata_locks on the target");
                }
            }
            endOthers(session, owner);
            CrashPoint.BEFORE_OWNER.reached();
            long epoch = raise(session, state, owner.migration(), holder);
            CrashPoint.AFTER_OWNER.reached();
            log.info("owning migration {} in epoch {}", owner.migration(), epoch);
            session.setNetworkTimeout(Runnable::run, RENEWAL_MILLIS);
            return new Ownership(target, state, owner.migration(), epoch, session);
        } catch (SQLException | HeldException | RuntimeException failure) {
            session.close();
            throw failure;
        }
    }

    /** The epoch this process writes in. */
    public long epoch() {
        return epoch;
    }

    /**
     * Reads the epoch and holds it for the rest of the connection's transaction.
     *
     * @throws HaltException when another process has taken over; the transaction must be rolled back
     */
    public void check(Connection transaction) throws SQLException {
        String sql = "SELECT epoch FROM " + state.name("owner") + " WHERE migration = ? FOR SHARE";
        try (PreparedStatement query = transaction.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next() || row.getLong(1) != epoch) {
                    throw lost();
                }
            }
        }
    }

    /**
     * Tells others that this process is alive. The session that says it also holds the advisory lock; when it is lost, as by a restart of the
     * server, another one is opened, which takes the lock as soon as it is free.
     *
     * @throws HaltException when another process has taken over
     */
    public synchronized void renew() throws SQLException {
        if (closed) {
            return;
        }
        Connection now = session == null ? open() : session;
        session = now;
        String sql = "UPDATE " + state.name("lease") + " SET renewed_at = NOW(6) WHERE migration = ? AND epoch = ?";
        try (PreparedStatement update = now.prepareStatement(sql)) {
            locked = locked || lock(now, lockName(migration), 0);
            update.setString(1, migration);
            update.setLong(2, epoch);
            if (update.executeUpdate() == 0) {
                throw lost();
            }
        } catch (SQLException failure) {
            endSession();
            throw failure;
        }
    }

    private Connection open() throws SQLException {
        Connection fresh = target.connect();
        try {
            fresh.setNetworkTimeout(Runnable::run, RENEWAL_MILLIS);
            locked = false;
            return fresh;
        } catch (SQLException failure) {
            fresh.close();
            throw failure;
        }
    }

    /** Gives the advisory lock up, so that the next process need not wait for the lease. The epoch stays. */
    @Override
    public synchronized void close() {
        closed = true;
        endSession();
    }

    private void endSession() {
        Connection now = session;
        session = null;
        if (now == null) {
            return;
        }
        try {
            now.close();
        } catch (SQLException failure) {
            log.debug("closing the ownership session: {}", failure.getMessage());
        }
    }

    private static String lockName(String migration) {
        return "widekey/" + migration;
    }

    private HaltException lost() {
        return new HaltException(
                HaltException.Reason.OWNERSHIP_LOST,
                "another process has taken over migration " + migration + " (this one wrote in epoch " + epoch
                        + "); nothing was written since; leave this process stopped");
    }

    private static boolean lock(Connection session, String name, int seconds) throws SQLException {
        try (PreparedStatement query = session.prepareStatement("SELECT GET_LOCK(?, ?)")) {
            query.setString(1, name);
            query.setInt(2, seconds);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getInt(1) == 1;
            }
        }
    }

    /** Whether a process holds the migration now. */
    public static boolean isHeld(Connection connection, String migration) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT IS_USED_LOCK(?) IS NOT NULL")) {
            query.setString(1, lockName(migration));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void refuseIfAlive(Connection session, StateSchema state, String migration)
            throws SQLException, HeldException {
        String sql = "SELECT holder, TIMESTAMPDIFF(MICROSECOND, renewed_at, NOW(6)) FROM " + state.name("lease")
                + " WHERE migration = ?";
        try (PreparedStatement query = session.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                if (row.next() && row.getLong(2) < LEASE.toNanos() / 1000) {
                    throw new HeldException("migration " + migration + " is owned by " + row.getString(1) + ", alive "
                            + row.getLong(2) / 1000 + " ms ago; stop that process first, or wait " + LEASE.toSeconds()
                            + " s after it has died");
                }
            }
        }
    }

    /**
     * The same right on the other server: rows written there check an epoch that is there too.
     *
     * <p>Called by whoever owns the migration in {@code epoch}. Raises the other server's epoch to it and ends every connection of an earlier process
     * there, so that nothing it was about to do happens later.
     *
     * @throws HaltException when another process has taken over
     */
    public Ownership mirrored(Database other, StateSchema there, Database.Owner owner) throws SQLException {
        // Whoever was replaced meanwhile fails here, so nobody puts an older epoch in the place of a newer one; a
        // higher one that is there
        // all the same is of an earlier migration of this name.
        try (OwnedTransaction owned = OwnedTransaction.begin(target, this);
                Connection session = other.connect();
                PreparedStatement raise = session.prepareStatement("INSERT INTO " + there.name("owner")
                        + " VALUES (?, ?) ON DUPLICATE KEY UPDATE epoch = VALUES(epoch)")) {
            endOthers(session, owner);
            raise.setString(1, migration);
            raise.setLong(2, epoch);
            raise.executeUpdate();
            owned.commit();
            return new Ownership(other, there, migration, epoch, null);
        }
    }

    /** Ends every connection of an earlier process on a server where no epoch is kept, and waits until they are gone. */
    public static void endOthers(Database database, Database.Owner owner) throws SQLException {
        try (Connection session = database.connect()) {
            endOthers(session, owner);
        }
    }

    /** Returns when none is left: a statement that was on its way when its connection was ended may still happen until then. */
    private static void endOthers(Connection session, Database.Owner owner) throws SQLException {
        long deadline = System.nanoTime() + Duration.ofSeconds(KILL_SECONDS).toNanos();
        while (kill(session, owner) > 0) {
            if (System.nanoTime() > deadline) {
                throw new SQLException("connections of an earlier process of migration " + owner.migration()
                        + " do not end; see SHOW PROCESSLIST");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private static int kill(Connection session, Database.Owner owner) throws SQLException {
        String sql = "SELECT other.processlist_id FROM performance_schema.session_account_connect_attrs mine"
                + " JOIN performance_schema.session_account_connect_attrs other USING (processlist_id)"
                + " WHERE mine.attr_name = ? AND mine.attr_value = ? AND other.attr_name = ? AND other.attr_value <> ?";
        try (PreparedStatement query = session.prepareStatement(sql);
                Statement kill = session.createStatement()) {
            query.setString(1, Database.Owner.MIGRATION);
            query.setString(2, owner.migration());
            query.setString(3, Database.Owner.INSTANCE);
            query.setString(4, owner.instance());
            int found = 0;
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found++;
                    long connection = row.getLong(1);
                    try {
                        kill.execute("KILL " + connection);
                        log.warn("ended connection {} of an earlier process", connection);
                    } catch (SQLException gone) {
                        // 1094: it ended by itself between the two statements.
                        if (gone.getErrorCode() != 1094) {
                            throw gone;
                        }
                    }
                }
            }
            return found;
        }
    }

    private static long raise(Connection session, StateSchema state, String migration, String holder)
            throws SQLException {
        session.setAutoCommit(false);
        try (PreparedStatement owner = session.prepareStatement("INSERT INTO " + state.name("owner")
                        + " VALUES (?, 1) ON DUPLICATE KEY UPDATE epoch = epoch + 1");
                PreparedStatement lease =
                        session.prepareStatement("REPLACE INTO " + state.name("lease") + " VALUES (?, ?, ?, NOW(6))");
                PreparedStatement query =
                        session.prepareStatement("SELECT epoch FROM " + state.name("owner") + " WHERE migration = ?")) {
            owner.setString(1, migration);
            owner.executeUpdate();
            query.setString(1, migration);
            long epoch;
            try (ResultSet row = query.executeQuery()) {
                row.next();
                epoch = row.getLong(1);
            }
            lease.setString(1, migration);
            lease.setLong(2, epoch);
            lease.setString(3, holder);
            lease.executeUpdate();
            CrashPoint.INSIDE_OWNER.reached();
            session.commit();
            session.setAutoCommit(true);
            return epoch;
        }
    }
}
