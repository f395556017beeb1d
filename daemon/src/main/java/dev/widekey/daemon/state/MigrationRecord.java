package dev.widekey.daemon.state;

import dev.widekey.daemon.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The migration's one durable row and its history. Every change is made under the owner's epoch. Thread-safe.
 */
public final class MigrationRecord {
    private static final int NO_SUCH_SCHEMA = 1049;
    private static final int NO_SUCH_TABLE = 1146;

    private final Database target;
    private final StateSchema state;
    private final String migration;

    /** The record of one migration; creates nothing. */
    public MigrationRecord(Database target, StateSchema state, String migration) {
        this.target = target;
        this.state = state;
        this.migration = migration;
    }

    /**
     * The row.
     *
     * @param gapStart first id the application owns on the target, empty until the gap is reserved
     * @param halt named state the last process stopped in, empty when it did not
     */
    public record Row(
            String source,
            String destination,
            Phase phase,
            long epoch,
            Optional<Long> gapStart,
            Optional<String> halt,
            Optional<String> haltMessage) {}

    /** One line of the history, newest last. */
    public record Entry(Phase phase, long epoch, Instant at, String detail) {}

    /** The row, empty when the migration was never started. */
    public Optional<Row> read() throws SQLException {
        String sql = "SELECT source, target, phase, epoch, gap_start, halt, halt_message FROM "
                + state.name("migration") + " WHERE id = ?";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long gap = row.getLong(5);
                return Optional.of(new Row(
                        row.getString(1),
                        row.getString(2),
                        Phase.valueOf(row.getString(3)),
                        row.getLong(4),
                        gap == 0 ? Optional.empty() : Optional.of(gap),
                        Optional.ofNullable(row.getString(6)),
                        Optional.ofNullable(row.getString(7))));
            }
        }
    }

    /** Like {@link #read}, also before the state schema was ever made. */
    public Optional<Row> readIfAny() throws SQLException {
        try {
            return read();
        } catch (SQLException missing) {
            if (missing.getErrorCode() == NO_SUCH_SCHEMA || missing.getErrorCode() == NO_SUCH_TABLE) {
                return Optional.empty();
            }
            throw missing;
        }
    }

    /**
     * Makes sure that the row is there and speaks of these two tables.
     *
     * @throws HaltException when the migration was begun for other tables
     */
    public void require(Ownership ownership, String source, String destination) throws SQLException {
        Optional<Row> row = read();
        if (row.isEmpty()) {
            create(ownership, source, destination);
        } else if (!row.get().source().equals(source)
                || !row.get().destination().equals(destination)) {
            throw new HaltException(
                    HaltException.Reason.FAILED,
                    "migration " + migration + " moves " + row.get().source() + " to "
                            + row.get().destination()
                            + ", but the configuration says " + source + " to " + destination
                            + "; give the other migration an id of its own");
        }
    }

    private void create(Ownership ownership, String source, String destination) throws SQLException {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership);
                PreparedStatement insert = transaction
                        .connection()
                        .prepareStatement("INSERT INTO " + state.name("migration")
                                + " (id, source, target, phase, epoch, created_at, changed_at) VALUES (?, ?, ?, ?, ?, NOW(6), NOW(6))"
                                + " ON DUPLICATE KEY UPDATE id = id")) {
            insert.setString(1, migration);
            insert.setString(2, source);
            insert.setString(3, destination);
            insert.setString(4, Phase.IDLE.name());
            insert.setLong(5, ownership.epoch());
            insert.executeUpdate();
            history(transaction.connection(), ownership, Phase.IDLE, "created");
            transaction.commit();
        }
    }

    /**
     * Moves the row from one phase to another. Repeating a move that has happened changes nothing, so a lost answer is resolved by moving again.
     *
     * @throws HaltException when the row stands in neither phase
     */
    public void move(Ownership ownership, Phase from, Phase to, String detail) throws SQLException {
        if (!from.next().contains(to)) {
            throw new IllegalArgumentException("no move leads from " + from + " to " + to);
        }
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership);
                PreparedStatement update = transaction
                        .connection()
                        .prepareStatement(
                                "UPDATE " + state.name("migration")
                                        + " SET phase = ?, epoch = ?, halt = NULL, halt_message = NULL, changed_at = NOW(6) WHERE id = ? AND phase = ?")) {
            update.setString(1, to.name());
            update.setLong(2, ownership.epoch());
            update.setString(3, migration);
            update.setString(4, from.name());
            if (update.executeUpdate() == 1) {
                history(transaction.connection(), ownership, to, detail);
                transaction.commit();
                return;
            }
        }
        Phase found = read().map(Row::phase).orElse(Phase.IDLE);
        if (found != to) {
            throw new HaltException(
                    HaltException.Reason.FAILED,
                    "the migration stands in phase " + found + " and cannot move from " + from + " to " + to);
        }
    }

    /** Remembers the first id the application owns on the target. */
    public void reserveGap(Ownership ownership, long gapStart) throws SQLException {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership);
                PreparedStatement update = transaction
                        .connection()
                        .prepareStatement("UPDATE " + state.name("migration") + " SET gap_start = ? WHERE id = ?")) {
            update.setLong(1, gapStart);
            update.setString(2, migration);
            update.executeUpdate();
            transaction.commit();
        }
    }

    /** Remembers why this process stops, for {@code status} and the next start. */
    public void halt(Ownership ownership, HaltException halt) throws SQLException {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership);
                PreparedStatement update = transaction
                        .connection()
                        .prepareStatement("UPDATE " + state.name("migration")
                                + " SET halt = ?, halt_message = LEFT(?, 16000), changed_at = NOW(6) WHERE id = ?")) {
            update.setString(1, halt.reason().name());
            update.setString(2, halt.getMessage());
            update.setString(3, migration);
            update.executeUpdate();
            transaction.commit();
        }
    }

    /** Keeps a parity verdict, the evidence a flip rests on. */
    public void parity(Ownership ownership, String scope, String verdict, long compared, String position, String detail)
            throws SQLException {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership);
                PreparedStatement insert = transaction
                        .connection()
                        .prepareStatement(
                                "INSERT INTO " + state.name("parity")
                                        + " (migration, scope, verdict, compared, position, detail, epoch, at) VALUES (?, LEFT(?, 100), ?, ?, ?, LEFT(?, 16000), ?, NOW(6))")) {
            insert.setString(1, migration);
            insert.setString(2, scope);
            insert.setString(3, verdict);
            insert.setLong(4, compared);
            insert.setString(5, position);
            insert.setString(6, detail);
            insert.setLong(7, ownership.epoch());
            insert.executeUpdate();
            transaction.commit();
        }
    }

    /** The phases gone through, oldest first. */
    public List<Entry> history() throws SQLException {
        String sql = "SELECT phase, epoch, at, detail FROM " + state.name("phase_history")
                + " WHERE migration = ? ORDER BY seq";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            List<Entry> steps = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    steps.add(new Entry(
                            Phase.valueOf(row.getString(1)),
                            row.getLong(2),
                            row.getObject(3, LocalDateTime.class).toInstant(ZoneOffset.UTC),
                            row.getString(4)));
                }
            }
            return steps;
        }
    }

    private void history(Connection connection, Ownership ownership, Phase phase, String detail) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + state.name("phase_history")
                + " (migration, phase, epoch, at, detail) VALUES (?, ?, ?, NOW(6), LEFT(?, 1000))")) {
            insert.setString(1, migration);
            insert.setString(2, phase.name());
            insert.setLong(3, ownership.epoch());
            insert.setString(4, detail);
            insert.executeUpdate();
        }
    }
}
