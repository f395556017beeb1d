package dev.widekey.daemon.preflight;

import dev.widekey.daemon.preflight.Problem.Code;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.TableDefinition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every check on both servers and lists every problem at once. Changes nothing: its connections are read-only. A check
 * that cannot be made is a problem too; a check whose answer would only repeat another problem is left out.
 *
 * <p>May run for some minutes on large tables, at most {@link #SEARCH_LIMIT} for each column that is searched; a
 * migration that has started is not searched again. Not thread-safe.
 */
public final class Preflight {

    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    /** The longest search for rows that cannot be moved, for each column. */
    public static final Duration SEARCH_LIMIT = Duration.ofSeconds(60);

    /** May make triggers where there is a binlog. */
    private static final String ADMINISTRATOR = "SUPER";

    private final String migration;
    private final Side source;
    private final Side target;
    private final String stateSchema;
    private final boolean signals;
    private final boolean rowsAreExpected;
    private final Moving moving;

    /**
     * A preflight of a daemon that follows the signals; see the other one.
     */
    Preflight(String migration, Side source, Side target, String stateSchema) {
        this(migration, source, target, stateSchema, true, false, Moving.ROLLING);
    }

    /**
     * @param migration the migration's id
     * @param stateSchema the daemon's own schema, on the target and, without GTIDs, on the source
     * @param signals whether the daemon follows the servers' state, for which it needs a privilege on both
     * @param rowsAreExpected whether the target may hold rows before the migration begins
     * @param moving what the cutover asks for
     */
    public Preflight(
            String migration,
            Side source,
            Side target,
            String stateSchema,
            boolean signals,
            boolean rowsAreExpected,
            Moving moving) {
        this.moving = moving;
        this.migration = migration;
        this.source = source;
        this.target = target;
        this.stateSchema = stateSchema;
        this.signals = signals;
        this.rowsAreExpected = rowsAreExpected;
    }

    /** Every problem, source first; empty when the migration may start. */
    public List<Problem> run() {
        List<Problem> problems = new ArrayList<>();
        Optional<Connection> from = Optional.empty();
        Optional<Connection> to = Optional.empty();
        try {
            from = connect(source, problems);
            to = connect(target, problems);
            Optional<Seen> onSource =
                    from.flatMap(connection -> guarded(source, problems, () -> source(connection, problems)));
            Optional<Seen> onTarget =
                    to.flatMap(connection -> guarded(target, problems, () -> target(connection, problems)));
            if (onSource.isPresent() && onTarget.isPresent()) {
                Connection connection = from.orElseThrow();
                guarded(source, problems, () -> {
                    compare(connection, onSource.get(), onTarget.get(), problems);
                    return Optional.empty();
                });
            }
            return List.copyOf(problems);
        } finally {
            from.ifPresent(Preflight::close);
            to.ifPresent(Preflight::close);
        }
    }

    /** What one side turned out to be; on the target, whether the migration has started. */
    private record Seen(ServerFacts facts, Optional<TableDefinition> table, boolean started) {}

    private Optional<Seen> source(Connection connection, List<Problem> problems) throws SQLException {
        ServerFacts facts = ServerFacts.read(connection);
        problems.addAll(ServerChecks.source(source.where(), facts));
        if (!ServerChecks.isKnown(facts)) {
            return Optional.empty();
        }
        Grants grants = Grants.read(connection);
        problems.addAll(PrivilegeChecks.source(source, grants, facts.hasGtids(), stateSchema, signals));
        if (moving.fences()) {
            problems.addAll(ServerChecks.fence(source.where(), facts, grants.hasGlobal(ADMINISTRATOR)));
            problems.addAll(PrivilegeChecks.fence(source, grants));
            problems.addAll(PrivilegeChecks.sourceState(source, grants, stateSchema + "_back"));
        }
        if (moving.returns()) {
            problems.addAll(ServerChecks.writtenBack(source.where(), facts));
            problems.addAll(PrivilegeChecks.writtenBack(source, grants));
        }
        if (grants.hasGlobal("REPLICATION CLIENT") && facts.is("log_bin", "ON")) {
            problems.addAll(BinlogFilter.check(connection, source, facts));
        }
        problems.addAll(XaCheck.run(connection, source, facts, grants));
        if (!grants.hasOnTable("SELECT", source.schema(), source.table())) {
            return Optional.of(new Seen(facts, Optional.empty(), false));
        }
        TableChecks checks = new TableChecks(connection, source, problems);
        Optional<TableDefinition> table = checks.definition();
        table.ifPresent(checks::cascades);
        if (moving.returns() && table.isPresent()) {
            table.ifPresent(checks::uniqueKeys);
            checks.triggers(migration, Code.SOURCE_TRIGGER, " or set cutover.rollback: false in the configuration");
        }
        return Optional.of(new Seen(facts, table, false));
    }

    private Optional<Seen> target(Connection connection, List<Problem> problems) throws SQLException {
        ServerFacts facts = ServerFacts.read(connection);
        problems.addAll(ServerChecks.target(target.where(), facts));
        if (!ServerChecks.isKnown(facts)) {
            return Optional.empty();
        }
        Grants grants = Grants.read(connection);
        problems.addAll(PrivilegeChecks.target(target, grants, stateSchema, signals));
        if (moving.fences()) {
            problems.addAll(ServerChecks.fence(target.where(), facts, grants.hasGlobal(ADMINISTRATOR)));
            problems.addAll(PrivilegeChecks.fence(target, grants));
        }
        if (moving.returns()) {
            problems.addAll(ServerChecks.readBack(target.where(), facts));
            problems.addAll(PrivilegeChecks.readBack(target, grants));
        }
        if (!grants.hasOnTable("SELECT", target.schema(), target.table())) {
            return Optional.of(new Seen(facts, Optional.empty(), false));
        }
        TableChecks checks = new TableChecks(connection, target, problems);
        Optional<TableDefinition> table = checks.definition();
        boolean started = grants.hasOnSchema("SELECT", stateSchema) && checks.hasStarted(migration, stateSchema);
        if (table.isPresent()) {
            checks.triggers(migration, Code.TARGET_TRIGGER, "");
            if (!started && !rowsAreExpected) {
                checks.empty(migration);
            }
        }
        return Optional.of(new Seen(facts, table, started));
    }

    private void compare(Connection connection, Seen onSource, Seen onTarget, List<Problem> problems)
            throws SQLException {
        if (isSameTable(onSource.facts(), onTarget.facts())) {
            problems.add(new Problem(
                    Code.SAME_TABLE,
                    "source and target are the same table on the same server",
                    target.whereTable(),
                    "name another table, schema or server as the target"));
            return;
        }
        problems.addAll(ServerChecks.packets(target.where(), onSource.facts(), onTarget.facts()));
        if (onSource.table().isEmpty() || onTarget.table().isEmpty()) {
            return;
        }
        Compatibility fit =
                Compatibility.of(onSource.table().get(), onTarget.table().get());
        fit.mismatches().stream().map(Problem::of).forEach(problems::add);
        if (moving.returns()) {
            Compatibility.inexactBack(onSource.table().get(), onTarget.table().get()).stream()
                    .map(Problem::of)
                    .forEach(problems::add);
        }
        // Once a migration has started, every row is looked at by the copy itself, and a restart need not wait for
        // this.
        if (fit.key().isPresent() && !onTarget.started()) {
            new DataChecks(connection, source, SEARCH_LIMIT, problems)
                    .run(fit, fit.key().get());
        }
    }

    private boolean isSameTable(ServerFacts onSource, ServerFacts onTarget) {
        boolean ignoresCase = !onSource.is("lower_case_table_names", "0");
        String from = source.schema() + "." + source.table();
        String to = target.schema() + "." + target.table();
        return !onSource.value("server_uuid").isEmpty()
                && onSource.value("server_uuid").equals(onTarget.value("server_uuid"))
                && (ignoresCase ? from.equalsIgnoreCase(to) : from.equals(to));
    }

    private static Optional<Connection> connect(Side side, List<Problem> problems) {
        try {
            Connection connection = side.connector().connect();
            connection.setReadOnly(true);
            return Optional.of(connection);
        } catch (SQLException e) {
            problems.add(ConnectFailure.problem(side, e));
            return Optional.empty();
        }
    }

    @FunctionalInterface
    private interface Check {
        Optional<Seen> run() throws SQLException;
    }

    private static Optional<Seen> guarded(Side side, List<Problem> problems, Check check) {
        try {
            return check.run();
        } catch (SQLException e) {
            problems.add(new Problem(
                    Code.CHECK_FAILED,
                    "the checks could not be finished: " + e.getMessage(),
                    side.where(),
                    "see that the server stays up and run the check again"));
            return Optional.empty();
        }
    }

    private static void close(Connection connection) {
        try (connection) {
            if (!connection.isClosed()) {
                connection.setReadOnly(false);
            }
        } catch (SQLException e) {
            // A connection that does not close cleanly has nothing left to lose: nothing was written on it.
            LOG.debug("closing a connection failed", e);
        }
    }
}
