package dev.widekey.daemon.state;

import dev.widekey.daemon.database.Database;
import io.github.resilience4j.retry.Retry;
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
import java.util.concurrent.Callable;

/**
 * The migration's one durable row and its history. Every change is made under the owner's epoch. Thread-safe.
 */
public final class MigrationRecord {
    private static final int NO_SUCH_SCHEMA = 1049;
    private static final int NO_SUCH_TABLE = 1146;

    private final Database target;
    private final StateSchema state;
    private final String migration;
    private final Retry retry;

    /**
     * The record of one migration; creates nothing.
     *
     * @param retry for reads and writes that fail for a passing reason; every one of them may be repeated
     */
    public MigrationRecord(Database target, StateSchema state, String migration, Retry retry) {
        this.target = target;
        this.state = state;
        this.migration = migration;
        this.retry = retry;
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
        return attempt(this::readOnce);
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
            CrashPoint.BEFORE_MIGRATION.reached();
            create(ownership, source, destination);
            CrashPoint.AFTER_MIGRATION.reached();
        } else if (!row.get().source().equals(source)
                || !row.get().destination().equals(destination)) {
            throw new HaltException(
                    HaltException.Reason.FAILED,
                    "migration " + migration + " moves " + row.get().source() + " to "
                            + row.get().destination() + ", but the configuration says " + source + " to " + destination
                            + "; give the other migration an id of its own");
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
        write(ownership, connection -> {
            int moved = update(
                    connection,
                    "UPDATE " + state.name("migration")
                            + " SET phase = ?, epoch = ?, halt = NULL, halt_message = NULL, changed_at = NOW(6) WHERE id = ? AND phase = ?",
                    to.name(),
                    ownership.epoch(),
                    migration,
                    from.name());
            if (moved == 1) {
                history(connection, ownership, to, detail);
            }
        });
        Phase found = read().map(Row::phase).orElse(Phase.IDLE);
        if (found != to) {
            throw new HaltException(
                    HaltException.Reason.FAILED,
                    "the migration stands in phase " + found + " and cannot move from " + from + " to " + to);
        }
    }

    /** Remembers the first id the application owns on the target. */
    public void reserveGap(Ownership ownership, long gapStart) throws SQLException {
        write(
                ownership,
                connection -> update(
                        connection,
                        "UPDATE " + state.name("migration") + " SET gap_start = ? WHERE id = ?",
                        gapStart,
                        migration));
    }

    /** Forgets it, in a transaction of the caller's: every id is the source's again. */
    public void withdrawGap(Connection transaction) throws SQLException {
        update(transaction, "UPDATE " + state.name("migration") + " SET gap_start = NULL WHERE id = ?", migration);
    }

    /** Remembers why this process stops, for {@code status} and the next start. */
    public void halt(Ownership ownership, HaltException halt) throws SQLException {
        write(
                ownership,
                connection -> update(
                        connection,
                        "UPDATE " + state.name("migration")
                                + " SET halt = ?, halt_message = LEFT(?, 16000), changed_at = NOW(6) WHERE id = ?",
                        halt.reason().name(),
                        String.valueOf(halt.getMessage()),
                        migration));
    }

    /** Keeps a parity verdict, the evidence a flip rests on. */
    public void parity(Ownership ownership, String scope, String verdict, long compared, String position, String detail)
            throws SQLException {
        write(
                ownership,
                connection -> update(
                        connection,
                        "INSERT INTO " + state.name("parity")
                                + " (migration, scope, verdict, compared, position, detail, epoch, at)"
                                + " VALUES (?, ?, ?, ?, ?, LEFT(?, 16000), ?, NOW(6))",
                        migration,
                        scope,
                        verdict,
                        compared,
                        position,
                        detail,
                        ownership.epoch()));
    }

    /** Whether the application has been sent back from a rolling cutover before. */
    public boolean hasReturned() throws SQLException {
        return history().stream().anyMatch(entry -> entry.phase() == Phase.SEAL_BACK);
    }

    /** The phases gone through, oldest first. */
    public List<Entry> history() throws SQLException {
        String sql = "SELECT phase, epoch, at, detail FROM " + state.name("phase_history")
                + " WHERE migration = ? ORDER BY seq";
        return attempt(() -> {
            try (Connection connection = target.pool().getConnection();
                    PreparedStatement query = connection.prepareStatement(sql)) {
                query.setString(1, migration);
                List<Entry> entries = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        entries.add(new Entry(
                                Phase.valueOf(row.getString(1)),
                                row.getLong(2),
                                row.getObject(3, LocalDateTime.class).toInstant(ZoneOffset.UTC),
                                row.getString(4)));
                    }
                }
                return entries;
            }
        });
    }

    private Optional<Row> readOnce() throws SQLException {
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

    private void create(Ownership ownership, String source, String destination) throws SQLException {
        write(ownership, connection -> {
            int created = update(
                    connection,
                    "INSERT INTO " + state.name("migration")
                            + " (id, source, target, phase, epoch, created_at, changed_at) VALUES (?, ?, ?, ?, ?, NOW(6), NOW(6))"
                            + " ON DUPLICATE KEY UPDATE id = id",
                    migration,
                    source,
                    destination,
                    Phase.IDLE.name(),
                    ownership.epoch());
            if (created == 1) {
                history(connection, ownership, Phase.IDLE, "created");
            }
        });
    }

    private void history(Connection connection, Ownership ownership, Phase phase, String detail) throws SQLException {
        update(
                connection,
                "INSERT INTO " + state.name("phase_history")
                        + " (migration, phase, epoch, at, detail) VALUES (?, ?, ?, NOW(6), LEFT(?, 1000))",
                migration,
                phase.name(),
                ownership.epoch(),
                detail);
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private interface Work {
        void run(Connection connection) throws SQLException;
    }

    private void write(Ownership ownership, Work work) throws SQLException {
        attempt(() -> {
            try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
                work.run(transaction.connection());
                transaction.commit();
                return true;
            }
        });
    }

    private <T> T attempt(Callable<T> work) throws SQLException {
        try {
            return retry.executeCallable(work);
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new SQLException("the migration's record cannot be read or written", failure);
        }
    }
}
