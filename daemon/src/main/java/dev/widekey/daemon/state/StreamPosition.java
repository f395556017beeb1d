package dev.widekey.daemon.state;

import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * How far the stream is applied, stored in the transaction that applies it. Thread-safe.
 */
public final class StreamPosition {
    private final Database target;
    private final StateSchema state;
    private final String migration;

    /** The position of one migration's stream. */
    public StreamPosition(Database target, StateSchema state, String migration) {
        this.target = target;
        this.state = state;
        this.migration = migration;
    }

    /**
     * What is stored.
     *
     * @param position everything in front of it is applied
     * @param delivered every transaction of which a part may have been applied; what the position is behind of and more
     */
    public record Stored(Position position, Gtids delivered) {}

    /**
     * How far the stream was applied, and when.
     *
     * @param age by the target's clock, since the position was stored
     */
    public record Kept(Position position, Duration age) {}

    /** Where the stream stands and since when; empty when it never started. */
    public Optional<Kept> kept() throws SQLException {
        String sql = "SELECT position, TIMESTAMPDIFF(MICROSECOND, applied_at, NOW(6)) FROM " + state.name("stream")
                + " WHERE migration = ?";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new Kept(Position.parse(row.getString(1)), Duration.ofNanos(row.getLong(2) * 1_000)))
                        : Optional.empty();
            }
        }
    }

    /** What is stored, empty when the stream never started. */
    public Optional<Stored> read() throws SQLException {
        String sql = "SELECT position, delivered FROM " + state.name("stream") + " WHERE migration = ?";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Stored(Position.parse(row.getString(1)), Gtids.parse(row.getString(2))))
                        : Optional.empty();
            }
        }
    }

    /** Stores what is about to be applied, ahead of it: a server that takes the source's place has to have all of it. The position stays. */
    public void announce(Connection transaction, Gtids delivered) throws SQLException {
        try (PreparedStatement update = transaction.prepareStatement(
                "UPDATE " + state.name("stream") + " SET delivered = ? WHERE migration = ?")) {
            update.setString(1, delivered.toString());
            update.setString(2, migration);
            update.executeUpdate();
        }
    }

    /** Stores the position and what was delivered, in the transaction that applied it. */
    public void write(Connection transaction, Position position, Gtids delivered) throws SQLException {
        try (PreparedStatement update = transaction.prepareStatement("INSERT INTO " + state.name("stream")
                + " VALUES (?, ?, ?, NOW(6)) AS new ON DUPLICATE KEY UPDATE position = new.position, delivered = new.delivered,"
                + " applied_at = new.applied_at")) {
            update.setString(1, migration);
            update.setString(2, position.toText());
            update.setString(3, delivered.toString());
            update.executeUpdate();
        }
    }
}
