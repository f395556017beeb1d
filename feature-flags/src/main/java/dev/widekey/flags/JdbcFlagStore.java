package dev.widekey.flags;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flags in two MySQL tables of the state schema: the current values and every write there has been. A value and its history
 * row are one transaction, behind the {@link WriteGuard}.
 *
 * <p>A commit whose answer is lost is settled on a new connection by a locking read: it waits for the lost transaction if the
 * server still has it open, so what it then sees is final. If the write is not there it is tried again.
 *
 * <p>Thread-safe; each call takes its own connection.
 */
public final class JdbcFlagStore implements FlagStore {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcFlagStore.class);
    private static final int ATTEMPTS = 5;
    private static final int DEADLOCK = 1213;

    private final DataSource dataSource;
    private final FlagSql sql;
    private final WriteGuard guard;

    /**
     * @param schema the state schema, which exists
     * @param migration whose flags these are
     */
    public JdbcFlagStore(DataSource dataSource, String schema, String migration, WriteGuard guard) {
        this.dataSource = dataSource;
        this.sql = new FlagSql(schema, migration);
        this.guard = guard;
    }

    /** Creates the two tables in the state schema unless they exist. */
    public void createTables(Connection connection) throws SQLException {
        sql.createTables(connection);
    }

    @Override
    public Optional<Flag> read(String name) {
        return query(connection -> sql.read(connection, name));
    }

    @Override
    public Map<String, Flag> readAll() {
        return query(sql::readAll);
    }

    @Override
    public List<Flag> history() {
        return query(sql::history);
    }

    @Override
    public Flag create(String name, boolean enabled, String owner, String reason) {
        return write(
                name,
                Optional.empty(),
                List.of(),
                connection -> Flag.first(name, enabled, owner, reason, sql.now(connection)));
    }

    @Override
    public Flag compareAndSet(Flag expected, boolean enabled, String owner, String reason, List<Flag> unchanged) {
        return write(
                expected.name(),
                Optional.of(expected),
                unchanged,
                connection -> expected.next(enabled, owner, reason, sql.now(connection)));
    }

    private Flag write(String name, Optional<Flag> expected, List<Flag> unchanged, Query<Flag> successor) {
        SQLException last = new SQLException("not tried");
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Attempt result = attempt(name, expected, unchanged, successor);
            if (result.failure().isEmpty()) {
                return announce(result.sent().orElseThrow());
            }
            last = result.failure().get();
            if (result.sent().isPresent() && happened(result.sent().get(), last)) {
                return announce(result.sent().get());
            }
        }
        throw new FlagStoreException(
                "flag " + name + " could not be written in " + ATTEMPTS + " attempts; nothing was changed", last);
    }

    /**
     * What one try came to. Sent and no failure: done. Sent and a failure: the answer to the commit is lost. A failure and
     * nothing sent: not done, worth another try.
     */
    private record Attempt(Optional<Flag> sent, Optional<SQLException> failure) {}

    private Attempt attempt(String name, Optional<Flag> expected, List<Flag> unchanged, Query<Flag> successor) {
        Optional<Flag> sent = Optional.empty();
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Flag next = writeUncommitted(connection, name, expected, unchanged, successor);
            sent = Optional.of(next);
            connection.commit();
            return new Attempt(sent, Optional.empty());
        } catch (SQLException e) {
            if (sent.isPresent() || e.getErrorCode() == DEADLOCK) {
                return new Attempt(sent, Optional.of(e));
            }
            throw new FlagStoreException("flag " + name + " could not be written; nothing was changed", e);
        }
    }

    private Flag writeUncommitted(
            Connection connection, String name, Optional<Flag> expected, List<Flag> unchanged, Query<Flag> successor)
            throws SQLException {
        try {
            guard.check(connection);
            requireUnchanged(connection, unchanged);
            Flag next = successor.run(connection);
            if (!sql.write(connection, expected, next)) {
                throw new FlagConflictException(name, expected, sql.readShared(connection, name));
            }
            return next;
        } catch (SQLException | RuntimeException e) {
            rollback(connection, e);
            throw e;
        }
    }

    private void requireUnchanged(Connection connection, List<Flag> unchanged) throws SQLException {
        for (Flag flag : unchanged) {
            Optional<Flag> found = sql.readShared(connection, flag.name());
            if (found.filter(flag::sameStateAs).isEmpty()) {
                throw new FlagConflictException(flag.name(), Optional.of(flag), found);
            }
        }
    }

    private boolean happened(Flag attempted, SQLException lostAnswer) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            // The row lock makes this wait for the lost transaction. The history tells even when the value has been
            // replaced
            // since.
            sql.readShared(connection, attempted.name());
            return sql.isInHistory(connection, attempted);
        } catch (SQLException e) {
            AmbiguousFlagException ambiguous = new AmbiguousFlagException(attempted, lostAnswer);
            ambiguous.addSuppressed(e);
            throw ambiguous;
        }
    }

    private static Flag announce(Flag flag) {
        LOG.info(
                "Flag {} is {} in version {}, set by {}: {}",
                flag.name(),
                flag.enabled(),
                flag.version(),
                flag.owner(),
                flag.reason());
        return flag;
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    @FunctionalInterface
    private interface Query<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T query(Query<T> query) {
        try (Connection connection = dataSource.getConnection()) {
            return query.run(connection);
        } catch (SQLException e) {
            throw new FlagStoreException("the flags could not be read", e);
        }
    }
}
