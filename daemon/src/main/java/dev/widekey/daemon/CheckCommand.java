package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.forecast.ForecastReport;
import dev.widekey.daemon.preflight.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code widekey check}: everything {@code run} checks before it begins. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Checks configuration and servers, changing nothing. Lists every problem with its fix.",
            "With --pilot, measures how long the migration will take and how much space it needs."
        })
final class CheckCommand implements Callable<Integer> {
    private static final int PILOT_ROWS = 200_000;
    private static final int FEWEST_PILOT_ROWS = 1_000;
    private static final int MOST_PILOT_ROWS = 1_000_000_000;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--pilot",
            description = {
                "When nothing is wrong, copy a sample of the rows into a table of its own in the state schema, as fast as the daemon would,"
                        + " drop the table again, and say what that means for the whole table."
            })
    private boolean pilot;

    @Option(
            names = "--pilot-rows",
            paramLabel = "N",
            description = "Rows of the sample; " + PILOT_ROWS + " unless given.")
    private @Nullable Long pilotRows;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws SQLException, InterruptedException {
        DaemonConfig loaded = config.load();
        long rows = rows();
        int connections = pilot ? loaded.workers() + 2 : 2;
        Database.Owner owner = new Database.Owner("none", "check");
        try (Database source =
                        Database.source(Endpoint.of(loaded.source()), owner, connections, new SimpleMeterRegistry());
                Database target =
                        Database.target(Endpoint.of(loaded.target()), owner, connections, new SimpleMeterRegistry());
                FlagStores flags = new FlagStores(loaded, () -> false, owner, new SimpleMeterRegistry())) {
            ForecastReport forecast = new ForecastReport(loaded, source, target).begin();
            Admission admission = new Admission(loaded, source, target, flags);
            List<Problem> problems = admission.problems();
            Pilot trial = new Pilot(loaded, source, target);
            if (problems.isEmpty() && pilot) {
                problems = trial.problems();
            }
            if (!problems.isEmpty()) {
                return Refusals.refuse(spec.commandLine().getErr(), problems);
            }
            spec.commandLine()
                    .getOut()
                    .printf(
                            "ok: migration %s can move %s on %s to %s on %s%n",
                            loaded.migration(),
                            Names.of(loaded.source()),
                            source.endpoint(),
                            Names.of(loaded.target()),
                            target.endpoint());
            admission.notes().forEach(spec.commandLine().getOut()::println);
            if (pilot) {
                spec.commandLine().getOut().flush();
                trial.run(rows).forEach(spec.commandLine().getOut()::println);
            }
            // Last, so that the rate of ids is measured over all of the above.
            forecast.lines().forEach(spec.commandLine().getOut()::println);
            return ExitCode.OK;
        }
    }

    private long rows() {
        Long asked = pilotRows;
        if (asked == null) {
            return PILOT_ROWS;
        }
        if (!pilot || asked < FEWEST_PILOT_ROWS || asked > MOST_PILOT_ROWS) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    pilot
                            ? "--pilot-rows " + asked + " has to be from " + FEWEST_PILOT_ROWS + " to "
                                    + MOST_PILOT_ROWS
                            : "--pilot-rows needs --pilot");
        }
        return asked;
    }
}
