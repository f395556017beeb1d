package dev.widekey.daemon.fence;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.state.StateSchema;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Three triggers on the table that writers enter in a rolling move. They refuse nothing, and note every change of an old row by a session without the
 * migration's ticket: old rows belong to the other table until it is sealed, and a change made here is overwritten by the stream, or hidden (the model's
 * {@code TripWire}).
 *
 * <p>A note is written in the transaction of the change, so it is there exactly when the change is, whether or not the daemon runs. Used by the
 * migration's thread.
 */
public final class TripWire {
    private static final String FOR_LOCK_SECONDS = "2";

    private final Database database;
    private final String migration;
    private final String schema;
    private final String table;
    private final String key;
    private final StateSchema state;
    private final Retry retry;

    private enum Event {
        INSERT("NEW"),
        UPDATE("OLD"),
        DELETE("OLD");

        private final String row;

        Event(String row) {
            this.row = row;
        }
    }

    /**
     * A change of an old row on the side that does not own it.
     *
     * @param deleted whether the row was deleted, as an application does on both sides
     */
    public record Stray(long key, boolean deleted) {
        @Override
        public String toString() {
            return key + (deleted ? " deleted" : " changed");
        }
    }

    /**
     * Wires it; there is no trigger before {@link #raise}.
     *
     * @param key the key column's raw name
     * @param state the daemon's schema on the same server, for the notes
     */
    public TripWire(
            Database database,
            String migration,
            String schema,
            String table,
            String key,
            StateSchema state,
            Retry retry) {
        this.database = database;
        this.migration = migration;
        this.schema = schema;
        this.table = table;
        this.key = key;
        this.state = state;
        this.retry = retry;
    }

    /** From now on changes of keys below {@code first} are noted. Notes of an earlier move are forgotten. Repeatable, as long as nobody writes here. */
    public void raise(long first) throws SQLException {
        forget();
        replace("the trip wire of " + name() + " cannot be raised", first, EnumSet.allOf(Event.class));
    }

    /** Raises what is missing of it, and forgets nothing. */
    public void mend(long first) throws SQLException {
        Retries.call(retry, "the trip wire of " + name() + " cannot be mended", () -> {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                Set<Event> missing = EnumSet.allOf(Event.class);
                missing.removeAll(present(connection));
                statement.execute("SET SESSION lock_wait_timeout = " + FOR_LOCK_SECONDS);
                for (Event event : missing) {
                    statement.execute(trigger(event, first));
                }
                return true;
            }
        });
    }

    /** Notes nothing more. Repeatable. */
    public void takeDown() throws SQLException {
        replace("the trip wire of " + name() + " cannot be taken down", 0, EnumSet.noneOf(Event.class));
    }

    private void replace(String problem, long first, Set<Event> wanted) throws SQLException {
        Retries.call(retry, problem, () -> {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION lock_wait_timeout = " + FOR_LOCK_SECONDS);
                for (Event event : present(connection)) {
                    statement.execute("DROP TRIGGER IF EXISTS " + quoted(schema) + "." + quoted(triggerName(event)));
                }
                for (Event event : wanted) {
                    statement.execute(trigger(event, first));
                }
                return true;
            }
        });
    }

    /** What was noted, one for each key, at most so many, changes first. */
    public List<Stray> strays(int most) throws SQLException {
        String sql = "SELECT row_key, MIN(deleted) FROM " + state.name("stray")
                + " WHERE migration = ? GROUP BY row_key ORDER BY 2, 1 LIMIT " + most;
        return Retries.call(retry, "the changes on the wrong side cannot be read", () -> {
            try (Connection connection = database.pool().getConnection();
                    PreparedStatement query = connection.prepareStatement(sql)) {
                query.setString(1, migration);
                List<Stray> strays = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        strays.add(new Stray(row.getLong(1), row.getBoolean(2)));
                    }
                }
                return strays;
            }
        });
    }

    /** Forgets what was noted: a person has dealt with it. */
    public void forget() throws SQLException {
        Retries.call(retry, "the changes on the wrong side cannot be forgotten", () -> {
            try (Connection connection = database.pool().getConnection();
                    PreparedStatement delete = connection.prepareStatement(
                            "DELETE FROM " + state.name("stray") + " WHERE migration = ?")) {
                delete.setString(1, migration);
                delete.executeUpdate();
                return true;
            }
        });
    }

    private Set<Event> present(Connection connection) throws SQLException {
        Set<String> found = Fence.triggers(connection, schema, table);
        Set<Event> present = EnumSet.allOf(Event.class);
        present.removeIf(event -> !found.contains(triggerName(event)));
        return present;
    }

    /** After the statement: before an insert the key is not known yet. */
    private String trigger(Event event, long first) {
        String row = event.row + "." + quoted(key);
        return "CREATE TRIGGER " + quoted(schema) + "." + quoted(triggerName(event)) + " AFTER " + event + " ON "
                + name() + " FOR EACH ROW IF " + row + " < " + first + " AND NOT (" + Database.TICKET + " <=> '"
                + migration + "') THEN INSERT INTO " + state.name("stray")
                + " (migration, row_key, deleted, noted_at) VALUES ('"
                + migration + "', " + row + ", " + (event == Event.DELETE) + ", UTC_TIMESTAMP(6)); END IF";
    }

    private String triggerName(Event event) {
        return Fence.prefix(migration) + Integer.toHexString(table.hashCode()) + "_wire_"
                + event.name().toLowerCase(Locale.ROOT);
    }

    private String name() {
        return quoted(schema) + "." + quoted(table);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
