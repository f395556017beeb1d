package dev.widekey.daemon.state;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    /** The stored position, empty when the stream never started. */
    public Optional<Position> read() throws SQLException {
        String sql = "SELECT position FROM " + state.name("stream") + " WHERE migration = ?";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(Position.parse(row.getString(1))) : Optional.empty();
            }
        }
    }

    /** Stores the position, in the transaction that applied everything up to it. */
    public void write(Connection transaction, Position position) throws SQLException {
        try (PreparedStatement update = transaction.prepareStatement(
                "INSERT INTO " + state.name("stream")
                        + " VALUES (?, ?, NOW(6)) AS new ON DUPLICATE KEY UPDATE position = new.position, applied_at = new.applied_at")) {
            update.setString(1, migration);
            update.setString(2, position.toText());
            update.executeUpdate();
        }
    }
}
