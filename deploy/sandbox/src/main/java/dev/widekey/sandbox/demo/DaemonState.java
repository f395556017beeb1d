package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the daemon has written into its state schema, read as any operator could. Before the daemon has created its tables everything is
 * empty. Opens a connection per question; thread-safe.
 *
 * @param world names the state schema and the migration
 */
public record DaemonState(World world) {
    private static final int NO_SUCH_DATABASE = 1049;
    private static final int NO_SUCH_TABLE = 1146;

    /**
     * A phase the migration entered.
     *
     * @param phase its name
     * @param epoch which run of the daemon entered it
     * @param at when, UTC
     * @param detail why
     */
    public record PhaseEntry(String phase, long epoch, LocalDateTime at, String detail) {}

    /** The phase the migration is in. */
    public Optional<String> phase() throws SQLException {
        return list("SELECT phase FROM %s.migration WHERE id = ?", row -> row.getString(1)).stream()
                .findFirst();
    }

    /** Every phase entered, in order. */
    public List<PhaseEntry> phases() throws SQLException {
        return list(
                "SELECT phase, epoch, at, detail FROM %s.phase_history WHERE migration = ? ORDER BY seq",
                row -> new PhaseEntry(
                        row.getString(1), row.getLong(2), row.getObject(3, LocalDateTime.class), row.getString(4)));
    }

    /** How many chunks are copied. */
    public long copiedChunks() throws SQLException {
        return list("SELECT COUNT(*) FROM %s.chunk WHERE migration = ? AND copied", row -> row.getLong(1)).stream()
                .findFirst()
                .orElse(0L);
    }

    /** Whether the stream is applied past all of these transactions of the source. */
    public boolean hasApplied(String gtids) throws SQLException {
        return !list(
                        "SELECT 1 FROM %s.stream WHERE migration = ?"
                                + " AND GTID_SUBSET(?, JSON_UNQUOTE(JSON_EXTRACT(position, '$.gtids')))",
                        row -> row.getInt(1), gtids)
                .isEmpty();
    }

    /** The pairs of both flags over time, the default first; writes that change neither are left out. */
    public List<Flags> flagHistory() throws SQLException {
        record Write(String name, boolean enabled) {}
        List<Write> writes = list(
                "SELECT name, enabled FROM %s.flag_history WHERE migration = ? ORDER BY seq",
                row -> new Write(row.getString(1), row.getBoolean(2)));
        List<Flags> history = new ArrayList<>(List.of(Flags.DEFAULT));
        for (Write write : writes) {
            Flags last = history.get(history.size() - 1);
            Flags next = last;
            if (write.name().equals(Flags.WRITE)) {
                next = new Flags(write.enabled(), last.multiple());
            } else if (write.name().equals(Flags.READ)) {
                next = new Flags(last.extended(), write.enabled());
            }
            if (!next.equals(last)) {
                history.add(next);
            }
        }
        return history;
    }

    private <T> List<T> list(String query, Mapper<T> mapper, String... more) throws SQLException {
        try (Connection connection = world.target().connect();
                PreparedStatement statement = connection.prepareStatement(query.formatted(world.stateSchema()))) {
            statement.setString(1, world.migration());
            for (int i = 0; i < more.length; i++) {
                statement.setString(2 + i, more[i]);
            }
            List<T> all = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(mapper.map(rows));
                }
            }
            return all;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SUCH_TABLE || e.getErrorCode() == NO_SUCH_DATABASE) {
                return List.of();
            }
            throw e;
        }
    }

    private interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }
}
