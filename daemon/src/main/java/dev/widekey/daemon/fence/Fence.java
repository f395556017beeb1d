package dev.widekey.daemon.fence;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Three triggers on one table that refuse every write but those of sessions which carry the migration's ticket. Readers are left alone.
 *
 * <p>A fence comes up under a table lock, so transactions that have written the table are waited for and none of them can commit behind it (the model's
 * {@code FenceWaits}). It is part of the table: no crash, of a session, of the daemon or of the server, takes it down.
 *
 * <p>The race with a process that was replaced: it must not raise a fence that its successor has taken down, or take one down. Its connection is
 * opened before it looks at the epoch, and it holds the epoch until the last statement is answered; a successor first raises the epoch and then ends
 * every older connection (the model's {@code SessionsEnded}).
 *
 * <p>The ticket is a name and no secret: the fence keeps an application from its mistakes, not an attacker out. TRUNCATE passes it.
 */
public final class Fence {
    /** What refuses a write: SQLSTATE 45000, the server's error for it. */
    public static final int REFUSED = 1644;

    /** How the refusal's message begins. */
    public static final String MESSAGE = "widekey: ";

    private static final int LOCK_WAIT_TIMEOUT = 1205;

    /** A waiting DDL makes every later statement on the table wait behind it, so it gives up soon and is tried again. */
    private static final int PATIENCE_SECONDS = 2;

    private final Database database;
    private final Database target;
    private final Ownership ownership;
    private final String migration;
    private final String schema;
    private final String table;
    private final Retry retry;

    /** The kinds of statements a trigger stands before. */
    private enum Action {
        INSERT,
        UPDATE,
        DELETE
    }

    /** What became of an attempt to raise a fence. */
    public sealed interface Result {

        /**
         * No write is possible any more, and every earlier one is committed or rolled back.
         *
         * @param end a place in the log behind every one of them
         */
        record Up(Position end) implements Result {}

        /** Open transactions hold the table; nothing is changed. */
        record Busy() implements Result {}
    }

    /**
     * The fence of one table.
     *
     * @param database where the table is
     * @param target where the epoch is
     * @param retry for taking it down
     */
    public Fence(
            Database database,
            Database target,
            Ownership ownership,
            String migration,
            String schema,
            String table,
            Retry retry) {
        this.database = database;
        this.target = target;
        this.ownership = ownership;
        this.migration = migration;
        this.schema = schema;
        this.table = table;
        this.retry = retry;
    }

    /** Whether a trigger of this name is part of a fence of the migration. */
    public static boolean isPart(String trigger, String migration) {
        return trigger.startsWith(prefix(migration));
    }

    /**
     * Raises it; nothing happens when it is up. After an exception a part of it may be up.
     *
     * @param lockWait how long to wait for open transactions, in whole seconds; every later statement on the table waits meanwhile
     * @param asked called when the lock is about to be asked for: from then on the application may be held up
     */
    public Result raise(Duration lockWait, Runnable asked) throws SQLException {
        try (Connection connection = database.connect();
                OwnedTransaction owned = OwnedTransaction.begin(target, ownership);
                Statement statement = connection.createStatement()) {
            Set<Action> missing = EnumSet.allOf(Action.class);
            missing.removeAll(present(connection));
            if (missing.isEmpty()) {
                asked.run();
                return new Result.Up(Position.endOfLog(connection));
            }
            statement.execute("SET SESSION lock_wait_timeout = " + Math.max(1, lockWait.toSeconds()));
            asked.run();
            try {
                statement.execute("LOCK TABLES " + name() + " WRITE");
            } catch (SQLException failure) {
                if (failure.getErrorCode() == LOCK_WAIT_TIMEOUT) {
                    return new Result.Busy();
                }
                throw failure;
            }
            // Under the lock nobody writes, so this is the end. The statements behind it are what makes the log's
            // reader say soon that it
            // has passed it; on an idle server it would otherwise hear nothing for a while.
            Position end = Position.endOfLog(connection);
            for (Action action : missing) {
                statement.execute(trigger(action));
                CrashPoint.FENCE_PART.reached();
            }
            statement.execute("UNLOCK TABLES");
            owned.commit();
            return new Result.Up(end);
        }
    }

    /** Takes down whatever of it is up, as often as it takes. */
    public void takeDown() throws SQLException {
        Retries.call(retry, "the fence of " + name() + " cannot be taken down", () -> {
            try (Connection connection = database.pool().getConnection();
                    OwnedTransaction owned = OwnedTransaction.begin(target, ownership);
                    Statement statement = connection.createStatement()) {
                statement.execute("SET @widekey_waits = @@SESSION.lock_wait_timeout, SESSION lock_wait_timeout = "
                        + PATIENCE_SECONDS);
                try {
                    for (Action action : present(connection)) {
                        statement.execute(
                                "DROP TRIGGER IF EXISTS " + quoted(schema) + "." + quoted(triggerName(action)));
                    }
                } finally {
                    statement.execute("SET SESSION lock_wait_timeout = @widekey_waits");
                }
                owned.commit();
                return true;
            }
        });
    }

    /** Whether all of it is up. */
    public boolean isUp() throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            return present(connection).size() == Action.values().length;
        }
    }

    /** What holds the table, as far as the server tells, for a person. */
    public String holders() {
        String sql = "SELECT DISTINCT t.processlist_id, t.processlist_user, t.processlist_host"
                + " FROM performance_schema.metadata_locks m JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id"
                + " WHERE m.object_schema = ? AND m.object_name = ? AND m.lock_status = 'GRANTED'"
                + " AND t.processlist_id <> CONNECTION_ID() LIMIT 10";
        List<String> holders = new ArrayList<>();
        try (Connection connection = database.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    holders.add("connection " + row.getLong(1) + " of " + row.getString(2) + "@" + row.getString(3));
                }
            }
        } catch (SQLException unreadable) {
            return "who holds it cannot be seen: " + unreadable.getMessage();
        }
        return holders.isEmpty() ? "nobody holds it now" : "held by " + String.join(", ", holders);
    }

    private Set<Action> present(Connection connection) throws SQLException {
        Set<String> found = triggers(connection, schema, table);
        Set<Action> present = EnumSet.allOf(Action.class);
        present.removeIf(action -> !found.contains(triggerName(action)));
        return present;
    }

    /** The names of a table's triggers, whoever made them. */
    static Set<String> triggers(Connection connection, String schema, String table) throws SQLException {
        String sql = "SELECT trigger_name FROM information_schema.triggers"
                + " WHERE event_object_schema = ? AND event_object_table = ?";
        Set<String> names = new HashSet<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
        }
        return names;
    }

    private String trigger(Action action) {
        return "CREATE TRIGGER " + quoted(schema) + "." + quoted(triggerName(action)) + " BEFORE " + action + " ON "
                + name() + " FOR EACH ROW IF NOT (" + Database.TICKET + " <=> '" + migration
                + "') THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '" + MESSAGE + "migration " + migration
                + " keeps writes off this table; read the flags again and write where they say'; END IF";
    }

    /** Trigger names are the schema's, and both tables may be in one; so the table is in the name, as far as it fits. */
    private String triggerName(Action action) {
        return prefix(migration) + Integer.toHexString(table.hashCode()) + "_"
                + action.name().toLowerCase(Locale.ROOT);
    }

    static String prefix(String migration) {
        return "widekey_" + migration + "_";
    }

    private String name() {
        return quoted(schema) + "." + quoted(table);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
