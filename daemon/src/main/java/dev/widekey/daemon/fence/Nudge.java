package dev.widekey.daemon.fence;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.StateSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a server's log move: the log's reader says how far it is when something new comes in, and behind a fence nothing may come for a while. Writes a
 * row of the daemon's own, which nobody reads. A nudge that fails costs time and nothing else. Thread-safe.
 */
public final class Nudge {
    private static final Logger log = LoggerFactory.getLogger(Nudge.class);

    private static final long EVERY_NANOS = 20_000_000L;

    private final Database database;
    private final StateSchema state;
    private final String migration;

    /**
     * Wires it.
     *
     * @param state the daemon's schema on that server
     */
    public Nudge(Database database, StateSchema state, String migration) {
        this.database = database;
        this.state = state;
        this.migration = migration;
    }

    /** Nudges go on until they are ended. */
    public interface Going extends AutoCloseable {
        @Override
        void close();
    }

    /** Begins to nudge, from a thread of its own. */
    public Going start() {
        AtomicBoolean over = new AtomicBoolean();
        Thread thread = new Thread(
                () -> {
                    while (!over.get()) {
                        give();
                        LockSupport.parkNanos(this, EVERY_NANOS);
                    }
                },
                "nudge");
        thread.setDaemon(true);
        thread.start();
        return () -> over.set(true);
    }

    private void give() {
        String sql =
                "INSERT INTO " + state.name("nudge") + " VALUES (?, NOW(6)) ON DUPLICATE KEY UPDATE given_at = NOW(6)";
        try (Connection connection = database.pool().getConnection();
                PreparedStatement write = connection.prepareStatement(sql)) {
            write.setString(1, migration);
            write.executeUpdate();
        } catch (SQLException failure) {
            log.debug("the log is not nudged: {}", failure.getMessage());
        }
    }
}
