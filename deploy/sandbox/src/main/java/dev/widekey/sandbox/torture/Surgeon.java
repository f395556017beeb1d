package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.fault.FaultProxy;
import dev.widekey.sandbox.fault.Link;
import dev.widekey.sandbox.fault.LinkFault;
import dev.widekey.sandbox.mysql.Server;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does to the daemon's surroundings what a fault says; the daemon reaches both servers through here. Used by one thread. */
final class Surgeon implements AutoCloseable {
    private static final long HOLD_MILLIS = 1_500;
    /** Longer than the daemon takes to miss the source's sign of life. */
    private static final long SILENCE_MILLIS = 8_000;

    private static final long UNTIL_STRUCK_MILLIS = 5_000;
    private static final long LOOK_MILLIS = 20;

    private final Arena arena;
    private final FaultProxy toSource;
    private final FaultProxy toTarget;
    private final CountDownLatch never = new CountDownLatch(1);

    Surgeon(Arena arena) {
        this.arena = arena;
        this.toSource = FaultProxy.to(arena.source());
        this.toTarget = FaultProxy.to(arena.target());
    }

    /** The source as the daemon reaches it when links are to break. */
    Server source() {
        return toSource.front();
    }

    /** The target as the daemon reaches it when links are to break. */
    Server target() {
        return toTarget.front();
    }

    /** Lets it happen, and returns when it is over; false when no moment came for it. */
    boolean strike(Fault fault) throws SQLException, InterruptedException {
        if (fault instanceof Fault.Broken broken) {
            return breakLink(broken);
        }
        switch ((Fault.Event) fault) {
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
        return true;
    }

    private boolean breakLink(Fault.Broken broken) throws SQLException, InterruptedException {
        if (broken.place() == Fault.Place.BINLOG) {
            awaitReader();
        }
        FaultProxy proxy = broken.place() == Fault.Place.TARGET ? toTarget : toSource;
        Link link = broken.place() == Fault.Place.BINLOG ? Link.BINLOG : Link.SQL;
        long before = proxy.injected();
        proxy.inject(broken.harm(), link);
        try {
            if (broken.harm().isLasting()) {
                boolean silent = link == Link.BINLOG
                        && (broken.harm() == LinkFault.BLACK_HOLE || broken.harm() == LinkFault.HALF_OPEN);
                boolean ignored = never.await(silent ? SILENCE_MILLIS : HOLD_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                for (long waited = 0;
                        proxy.injected() == before && waited < UNTIL_STRUCK_MILLIS;
                        waited += LOOK_MILLIS) {
                    boolean ignored = never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
            return proxy.injected() > before;
        } finally {
            proxy.heal();
        }
    }

    /** Without a reader there is no connection to break. */
    private void awaitReader() throws SQLException, InterruptedException {
        try (Connection connection = arena.source().connect();
                Statement statement = connection.createStatement()) {
            boolean reads = false;
            for (long waited = 0; !reads && waited < UNTIL_STRUCK_MILLIS; waited += LOOK_MILLIS) {
                try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM information_schema.processlist"
                        + " WHERE user = 'widekey' AND command LIKE 'Binlog Dump%'")) {
                    reads = row.next() && row.getLong(1) > 0;
                }
                boolean ignored = never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
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

    @Override
    public void close() {
        toSource.close();
        toTarget.close();
    }
}
