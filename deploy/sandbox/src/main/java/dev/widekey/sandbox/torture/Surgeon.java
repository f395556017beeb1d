package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does to the daemon's surroundings what a fault says. Used by one thread. */
final class Surgeon {
    private static final long HOLD_MILLIS = 1_500;

    private final Arena arena;
    private final CountDownLatch never = new CountDownLatch(1);

    Surgeon(Arena arena) {
        this.arena = arena;
    }

    /** Lets it happen, and returns when it is over. */
    void strike(Fault fault) throws SQLException, InterruptedException {
        switch (fault) {
            case SOURCE_KILL -> {
                arena.source().kill();
                arena.source().resume();
            }
            case TARGET_KILL -> {
                arena.target().kill();
                arena.target().resume();
            }
            case SOURCE_RESTART -> arena.source().restart();
            case ROTATE -> arena.source().execute("FLUSH BINARY LOGS");
            case LOCKS -> holdRows();
            case DISCONNECT -> disconnect();
            case PAUSE -> throw new IllegalArgumentException("a pause needs the process");
        }
    }

    private void holdRows() throws SQLException, InterruptedException {
        World world = arena.world();
        try (Connection connection = world.target().connect(world.targetSchema());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET SESSION innodb_lock_wait_timeout = 2");
            try (ResultSet rows = statement.executeQuery(
                    "SELECT id FROM " + World.EXTENDED_TABLE + " ORDER BY id DESC LIMIT 200 FOR UPDATE")) {
                boolean ignored = rows.next() && never.await(HOLD_MILLIS, TimeUnit.MILLISECONDS);
            } catch (SQLException busy) {
                if (busy.getErrorCode() != 1205 && busy.getErrorCode() != 1213) {
                    throw busy;
                }
            }
            connection.rollback();
        }
    }

    private void disconnect() throws SQLException {
        for (var server : List.of(arena.source(), arena.target())) {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                List<Long> ids = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery(
                        "SELECT id FROM information_schema.processlist WHERE user = 'widekey'")) {
                    while (rows.next()) {
                        ids.add(rows.getLong(1));
                    }
                }
                for (long id : ids) {
                    try {
                        statement.execute("KILL " + id);
                    } catch (SQLException gone) {
                        if (gone.getErrorCode() != 1094) {
                            throw gone;
                        }
                    }
                }
            }
        }
    }
}
