package dev.widekey.daemon;

import dev.widekey.backfill.parity.Settling;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StreamPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The stream of a migration that another process runs, seen through the position it stores. Thread-safe. */
final class StreamElsewhere implements Settling {
    private static final long LOOK_AGAIN_NANOS = 100_000_000L;

    /** A process that is replaced, or whose session is lost, is missing for a moment. */
    private static final int LOOKS_WITHOUT_OWNER = 300;

    private final Database log;
    private final Database target;
    private final StreamPosition positions;
    private final String migration;
    private volatile Optional<Position> settled = Optional.empty();

    /**
     * Wires it.
     *
     * @param log the server the stream reads
     * @param target where a process holds the migration
     */
    StreamElsewhere(Database log, Database target, StreamPosition positions, String migration) {
        this.log = log;
        this.target = target;
        this.positions = positions;
        this.migration = migration;
    }

    /** Whether a process runs it now. */
    boolean isRunning() throws SQLException {
        try (Connection connection = target.pool().getConnection()) {
            return Ownership.isHeld(connection, migration);
        }
    }

    /** The furthest end of the log that was waited for. */
    Optional<Position> settled() {
        return settled;
    }

    @Override
    public void settle() throws SQLException, InterruptedException {
        Position end;
        try (Connection connection = log.pool().getConnection()) {
            end = Position.endOfLog(connection);
        }
        int absent = 0;
        while (!positions.read().map(stored -> stored.position().covers(end)).orElse(false)) {
            absent = isRunning() ? 0 : absent + 1;
            if (absent == LOOKS_WITHOUT_OWNER) {
                throw new SQLException(
                        "the daemon has stopped, so nothing shows whether a difference is only not applied yet;"
                                + " start it, then verify again");
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("stop asked for");
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        settled = Optional.of(end);
    }
}
