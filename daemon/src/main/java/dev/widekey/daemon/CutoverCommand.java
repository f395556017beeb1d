package dev.widekey.daemon;

import dev.widekey.daemon.config.CutoverMode;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.Switch;
import dev.widekey.flags.WriteGuard;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code widekey cutover}: approves a cutover that waits for it, or asks for a rehearsal and waits for its outcome. */
@Command(
        name = "cutover",
        mixinStandardHelpOptions = true,
        description = {
            "Approves the cutover of a migration that waits for approval.",
            "With --dry-run it is done up to the flip and undone: writes are refused for as long, and nothing moves."
        })
final class CutoverCommand implements Callable<Integer> {
    private static final long LOOK_AGAIN_NANOS = 300_000_000L;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--dry-run",
            description = "Rehearse a fenced cutover up to the flip, and say how long it would take.")
    private boolean rehearses;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws SQLException {
        DaemonConfig loaded = config.load();
        if (rehearses && loaded.cutover().mode() != CutoverMode.FENCED) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--dry-run rehearses a fence, and cutover.mode is rolling");
        }
        try (Database target = Database.target(
                Endpoint.of(loaded.target()), new Database.Owner("none", "cutover"), 2, new SimpleMeterRegistry())) {
            StateSchema state = new StateSchema(loaded.target().stateSchema());
            MigrationRecord record = new MigrationRecord(
                    target,
                    state,
                    loaded.migration(),
                    new Retries(new SimpleMeterRegistry(), () -> false).briefly("state"));
            Optional<Phase> phase = record.readIfAny().map(MigrationRecord.Row::phase);
            if (!phase.equals(Optional.of(Phase.READY))) {
                throw new Refusals.RefusedException(List.of(new Problem(
                        Problem.Code.NOT_STARTED,
                        "the migration stands in " + phase.map(Phase::name).orElse("no phase")
                                + ", and a cutover begins in READY",
                        "target " + target.endpoint() + " " + state.schema(),
                        "wait until widekey status says READY")));
            }
            JdbcFlagStore flags = new JdbcFlagStore(target.pool(), state.schema(), loaded.migration(), WriteGuard.NONE);
            if (!rehearses) {
                new Switch(flags, Switch.CUTOVER, false).turnOn(Names.ofThisProcess(), "approved by command");
                spec.commandLine().getOut().println("approved");
                return ExitCode.OK;
            }
            Switch rehearse = new Switch(flags, Switch.REHEARSE, false);
            rehearse.turnOn(Names.ofThisProcess(), "asked for by command");
            return await(flags, rehearse);
        }
    }

    private int await(JdbcFlagStore flags, Switch rehearse) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (rehearse.isOn()) {
            if (System.nanoTime() > deadline) {
                rehearse.turnOff(Names.ofThisProcess(), "nobody rehearsed within " + PATIENCE.toMinutes() + " minutes");
                spec.commandLine().getErr().println("the daemon has not rehearsed; does it run? see widekey status");
                return ExitCode.FAILED;
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        String outcome = flags.read(Switch.REHEARSE).orElseThrow().reason();
        spec.commandLine().getOut().println(outcome);
        return outcome.contains("given up") ? ExitCode.FAILED : ExitCode.OK;
    }
}
