package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.preflight.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code widekey check}: everything {@code run} checks before it begins. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks configuration and servers, changing nothing. Lists every problem with its fix.")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws SQLException {
        DaemonConfig loaded = config.load();
        Database.Owner owner = new Database.Owner("none", "check");
        try (Database source = Database.source(Endpoint.of(loaded.source()), owner, 2, new SimpleMeterRegistry());
                Database target = Database.target(Endpoint.of(loaded.target()), owner, 2, new SimpleMeterRegistry())) {
            Admission admission = new Admission(loaded, source, target);
            List<Problem> problems = admission.problems();
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
            return ExitCode.OK;
        }
    }
}
