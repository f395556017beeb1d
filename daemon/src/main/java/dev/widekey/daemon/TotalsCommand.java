package dev.widekey.daemon;

import dev.widekey.daemon.audit.AuditedTable;
import dev.widekey.daemon.audit.Range;
import dev.widekey.daemon.audit.totals.CountedColumn;
import dev.widekey.daemon.audit.totals.Dimension;
import dev.widekey.daemon.audit.totals.Plan;
import dev.widekey.daemon.audit.totals.Totals;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.quarantine.Entry;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.state.StateSchema;
import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code widekey audit totals}: rows and bytes of both sides, told apart by several dimensions. */
@Command(
        name = "totals",
        mixinStandardHelpOptions = true,
        description = {
            "Compares how many rows and bytes both sides have: by id range, by NULL, and by what audit.by-day and",
            "audit.group-by name in the configuration. Says only what differs; writes to neither server."
        })
final class TotalsCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private WorkersOption parallel = new WorkersOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws SQLException, InterruptedException {
        DaemonConfig loaded = config.load();
        int workers = parallel.count();
        Database.Owner owner = new Database.Owner("none", "audit");
        try (Database source =
                        Database.source(Endpoint.of(loaded.source()), owner, workers + 2, new SimpleMeterRegistry());
                Database target =
                        Database.target(Endpoint.of(loaded.target()), owner, workers + 2, new SimpleMeterRegistry())) {
            Plan plan = plan(loaded, source, target);
            VerifyCommand.Scope scope = VerifyCommand.scope(loaded, source, target);
            PrintWriter out = spec.commandLine().getOut();
            out.println(scope.note());
            out.println(
                    scope.stream().isPresent()
                            ? "live changes make totals differ: what differs is counted again behind the stream, up to "
                                    + Totals.RECOUNTS + " times; what is not copied yet is missing"
                            : "the rows are counted as they are while this runs");
            if (!plan.uncounted().isEmpty()) {
                out.println("the bytes are without " + String.join(", ", plan.uncounted()));
            }
            out.flush();
            List<Long> quarantined = new EntryLog(
                            target, new StateSchema(loaded.target().stateSchema()), loaded.migration())
                    .entries().stream().map(Entry::key).toList();
            if (!quarantined.isEmpty()) {
                out.println(
                        quarantined.size()
                                + " rows in quarantine are left out of the source's totals; widekey quarantine list names them");
            }
            Totals totals = new Totals(
                    plan,
                    table(source, loaded.source(), plan).without(quarantined),
                    table(target, loaded.target(), plan),
                    scope.stream().map(stream -> stream));
            return report(
                    out,
                    totals.compare(new Range(scope.keys().above(), scope.keys().upTo()), workers));
        }
    }

    private static int report(PrintWriter out, Optional<Totals.Result> result) {
        if (result.isEmpty()) {
            out.println(
                    "neither table holds a row, so nothing was compared; check the table names in the configuration");
            return ExitCode.DIFFERENT;
        }
        for (Dimension dimension : result.get().dimensions()) {
            dimension.lines().forEach(out::println);
        }
        out.println("counted " + result.get().source().rows() + " rows on the source and "
                + result.get().target().rows() + " on the target, with ids up to "
                + result.get().upTo() + ", the highest when this began");
        if (result.get().moving() > 0) {
            out.println(result.get().moving()
                    + " id ranges differ that were changing all the while: count again when there are fewer writes");
        }
        boolean equal = result.get().isEqual();
        out.println(equal ? "every total is equal" : "not every total is equal");
        return equal ? ExitCode.OK : ExitCode.DIFFERENT;
    }

    private static Plan plan(DaemonConfig loaded, Database source, Database target) throws SQLException {
        List<Problem> problems = new ArrayList<>();
        List<CountedColumn> from = columns(source, loaded.source(), problems);
        List<CountedColumn> to = columns(target, loaded.target(), problems);
        if (problems.isEmpty()) {
            Plan.Planned planned = Plan.of(from, to, loaded.audit());
            if (planned.plan().isPresent()) {
                return planned.plan().get();
            }
            problems.addAll(planned.problems());
        }
        throw new Refusals.RefusedException(problems);
    }

    private static List<CountedColumn> columns(Database database, DaemonConfig.Server server, List<Problem> problems)
            throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            List<CountedColumn> columns = CountedColumn.read(connection, server.schema(), server.table());
            if (columns.isEmpty()) {
                problems.add(AnomaliesCommand.missing(database, server));
            }
            return columns;
        }
    }

    private static AuditedTable table(Database database, DaemonConfig.Server server, Plan plan) {
        Retry retry = new Retries(new SimpleMeterRegistry(), () -> false).briefly("audit");
        return new AuditedTable(database, server.schema(), server.table(), plan.key(), retry, AuditedTable.PATIENCE);
    }
}
