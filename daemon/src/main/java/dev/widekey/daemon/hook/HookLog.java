package dev.widekey.daemon.hook;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.StateSchema;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** The {@link Ledger} in the state: {@code phase_history}, and a row per hook in {@code hook} that is written under the owner's epoch. Thread-safe. */
public final class HookLog implements Ledger {
    private final Database target;
    private final StateSchema state;
    private final String migration;
    private final Ownership ownership;
    private final Retry retry;

    /**
     * The log of one migration; creates nothing.
     *
     * @param retry for what fails for a passing reason and may be repeated
     */
    public HookLog(Database target, StateSchema state, String migration, Ownership ownership, Retry retry) {
        this.target = target;
        this.state = state;
        this.migration = migration;
        this.ownership = ownership;
        this.retry = retry;
    }

    @Override
    public Mark mark(String hook) throws SQLException {
        String sql = "SELECT seq, number, given_up FROM " + state.name("hook") + " WHERE migration = ? AND name = ?";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            query.setString(2, hook);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? new Mark(row.getLong(1), row.getLong(2), row.getLong(3)) : Mark.BEGINNING;
            }
        }
    }

    @Override
    public List<Move> after(Mark mark) throws SQLException {
        // The line at the mark tells what the next one comes from.
        String sql = "SELECT seq, phase, epoch, at FROM " + state.name("phase_history")
                + " WHERE migration = ? AND seq >= ? ORDER BY seq LIMIT " + (MOST + 1);
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            query.setLong(2, mark.seq());
            List<Move.Line> lines = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    lines.add(new Move.Line(
                            row.getLong(1),
                            Phase.valueOf(row.getString(2)),
                            row.getLong(3),
                            row.getObject(4, LocalDateTime.class).toInstant(ZoneOffset.UTC)));
                }
            }
            return Move.after(mark, migration, lines);
        }
    }

    @Override
    public void store(String hook, Mark mark) throws SQLException {
        Retries.call(retry, "it cannot be stored how far hook " + hook + " is", () -> {
            try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
                write(transaction.connection(), hook, mark);
                transaction.commit();
                return true;
            }
        });
    }

    private void write(Connection connection, String hook, Mark mark) throws SQLException {
        String sql = "REPLACE INTO " + state.name("hook")
                + " (migration, name, seq, number, given_up, told_at) VALUES (?, ?, ?, ?, ?, NOW(6))";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, migration);
            update.setString(2, hook);
            update.setLong(3, mark.seq());
            update.setLong(4, mark.number());
            update.setLong(5, mark.givenUp());
            update.executeUpdate();
        }
    }
}
