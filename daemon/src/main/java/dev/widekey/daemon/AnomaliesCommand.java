package dev.widekey.daemon;

import dev.widekey.daemon.audit.AuditedTable;
import dev.widekey.daemon.audit.anomalies.Anomalies;
import dev.widekey.daemon.audit.anomalies.AnomalyClass;
import dev.widekey.daemon.audit.anomalies.BuiltInClasses;
import dev.widekey.daemon.audit.anomalies.Finding;
import dev.widekey.daemon.audit.anomalies.RefusedConditionsException;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.TableDefinition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code widekey audit anomalies}: what is unusual in the source, by class, before the copy. */
@Command(
        name = "anomalies",
        mixinStandardHelpOptions = true,
        description = {
            "Counts the source's rows that are unusual, by class, and names some of them; writes to neither server.",
            "Classes of your own are conditions under audit.classes in the configuration."
        })
final class AnomaliesCommand implements Callable<Integer> {
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
                Database target = Database.target(Endpoint.of(loaded.target()), owner, 2, new SimpleMeterRegistry())) {
            List<Problem> problems = new ArrayList<>();
            List<TableDefinition> both = new ArrayList<>();
            read(source, loaded.source(), both, problems);
            read(target, loaded.target(), both, problems);
            refuse(problems);
            Compatibility fit = Compatibility.of(both.get(0), both.get(1));
            if (fit.key().isEmpty()) {
                refuse(fit.mismatches().stream().map(Problem::of).toList());
            }
            List<AnomalyClass> classes =
                    new ArrayList<>(BuiltInClasses.of(both.get(0), both.get(1), fit, packet(target)));
            loaded.audit().classes().forEach((name, condition) -> classes.add(AnomalyClass.own(name, condition)));
            AuditedTable table = new AuditedTable(
                    source,
                    loaded.source().schema(),
                    loaded.source().table(),
                    fit.key().orElseThrow(),
                    new Retries(new SimpleMeterRegistry(), () -> false).briefly("audit"),
                    AuditedTable.PATIENCE);
            return audit(loaded, fit, new Anomalies(table, classes));
        }
    }

    private int audit(DaemonConfig loaded, Compatibility fit, Anomalies anomalies)
            throws SQLException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try {
            anomalies.tryConditions();
            out.println("the rows of " + Names.of(loaded.source()) + " are looked at as they are while this runs");
            fit.mismatches().forEach(mismatch -> out.println("cannot be moved as it is: " + mismatch.what()));
            out.flush();
            return report(out, anomalies.run(parallel.count()), anomalies.rows());
        } catch (RefusedConditionsException refused) {
            throw new Refusals.RefusedException(refused.problems());
        }
    }

    private static int report(PrintWriter out, List<Finding> findings, long rows) {
        out.println("looked at " + rows + " rows for " + findings.size() + " classes");
        findings.stream().filter(AnomaliesCommand::isWorthALine).forEach(out::println);
        String none = findings.stream()
                .filter(finding -> !isWorthALine(finding))
                .map(finding -> finding.of().name())
                .collect(Collectors.joining(", "));
        if (!none.isEmpty()) {
            out.println("no row: " + none);
        }
        boolean complete =
                findings.stream().allMatch(finding -> finding.gaveUp().isEmpty());
        if (!complete) {
            out.println("not every row was looked at for every class");
        }
        return complete ? ExitCode.OK : ExitCode.FAILED;
    }

    private static boolean isWorthALine(Finding finding) {
        return finding.rows() > 0 || finding.gaveUp().isPresent();
    }

    private static void read(
            Database database, DaemonConfig.Server server, List<TableDefinition> found, List<Problem> problems)
            throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            TableDefinition.read(connection, server.schema(), server.table())
                    .ifPresentOrElse(found::add, () -> problems.add(missing(database, server)));
        }
    }

    /** What is said of a table that is not there or not shown to the account. */
    static Problem missing(Database database, DaemonConfig.Server server) {
        return new Problem(
                Problem.Code.TABLE_MISSING,
                "there is no table " + Names.of(server) + " that the account may read",
                database.toString(),
                "create it, GRANT SELECT on it, or correct schema and table in the configuration");
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new Refusals.RefusedException(problems);
        }
    }

    private static long packet(Database target) throws SQLException {
        try (Connection connection = target.pool().getConnection();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT @@global.max_allowed_packet")) {
            row.next();
            return row.getLong(1);
        }
    }
}
