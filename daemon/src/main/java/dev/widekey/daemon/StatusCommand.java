package dev.widekey.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.forecast.Forecast;
import dev.widekey.daemon.forecast.ForecastReport;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.repair.RepairLog;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.status.StatusServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code widekey status}: where the migration stands, read from its state, so it works while the daemon is down too. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows where the migration stands.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        DaemonConfig loaded = config.load();
        StateSchema state = new StateSchema(loaded.target().stateSchema());
        PrintWriter out = spec.commandLine().getOut();
        Database.Owner owner = new Database.Owner("none", "status");
        try (Database source = Database.source(Endpoint.of(loaded.source()), owner, 1, new SimpleMeterRegistry());
                Database target = Database.target(Endpoint.of(loaded.target()), owner, 1, new SimpleMeterRegistry())) {
            MigrationRecord record = new MigrationRecord(
                    target,
                    state,
                    loaded.migration(),
                    new Retries(new SimpleMeterRegistry(), () -> false).briefly("state"));
            Optional<MigrationRecord.Row> row = record.readIfAny();
            if (row.isEmpty()) {
                out.println(
                        json
                                ? "{\"migration\":\"" + loaded.migration() + "\",\"phase\":null}"
                                : "migration " + loaded.migration() + " has not been started");
                return ExitCode.OK;
            }
            List<MigrationRecord.Entry> history = record.history();
            long repairs = new RepairLog(target, state, loaded.migration()).countIfAny();
            EntryLog.Counts refused = new EntryLog(target, state, loaded.migration()).counts();
            Optional<StreamPosition.Kept> kept = new StreamPosition(target, state, loaded.migration()).kept();
            ForecastReport report = new ForecastReport(loaded, source, target);
            Forecast forecast = new Forecast(
                    report.exhaustion(),
                    kept.map(at -> report.survival(at.position(), at.age())).orElse(Forecast.UNKNOWN.log()));
            if (json) {
                out.println(json(loaded, row.get(), repairs, refused, forecast));
            } else {
                print(out, loaded, row.get(), repairs, refused, forecast, history);
            }
            return row.get().halt().isPresent() ? ExitCode.HALTED : ExitCode.OK;
        }
    }

    private static void print(
            PrintWriter out,
            DaemonConfig config,
            MigrationRecord.Row row,
            long repairs,
            EntryLog.Counts refused,
            Forecast forecast,
            List<MigrationRecord.Entry> history) {
        out.printf("migration %s: %s -> %s%n", config.migration(), row.source(), row.destination());
        out.printf("phase     %s (epoch %d)%n", row.phase(), row.epoch());
        row.gapStart().ifPresent(first -> out.printf("id gap    the target's own ids begin at %d%n", first));
        row.halt()
                .ifPresent(halt ->
                        out.printf("halted    %s: %s%n", halt, row.haltMessage().orElse("")));
        if (repairs > 0) {
            out.printf("repairs   %d keys are asked for and open%n", repairs);
        }
        if (refused.open() + refused.accepted() > 0) {
            out.printf(
                    "refused   %d rows are in quarantine, %d more are accepted%n", refused.open(), refused.accepted());
        }
        out.printf("forecast  %s%n", forecast.text());
        out.println("history");
        for (MigrationRecord.Entry entry : history) {
            out.printf("  %s  epoch %-3d %-12s %s%n", entry.at(), entry.epoch(), entry.phase(), entry.detail());
        }
    }

    private static String json(
            DaemonConfig config, MigrationRecord.Row row, long repairs, EntryLog.Counts refused, Forecast forecast)
            throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode node = mapper.createObjectNode()
                .put("migration", config.migration())
                .put("source", row.source())
                .put("target", row.destination())
                .put("phase", row.phase().name())
                .put("epoch", row.epoch())
                .put("gapStart", row.gapStart().orElse(null))
                .put("halt", row.halt().orElse(null))
                .put("haltMessage", row.haltMessage().orElse(null))
                .put("openRepairs", repairs)
                .put("quarantined", refused.open())
                .put("accepted", refused.accepted());
        StatusServer.forecast(node, forecast);
        return mapper.writeValueAsString(node);
    }
}
