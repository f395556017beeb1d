package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.flags.Flag;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.Switch;
import dev.widekey.flags.WriteGuard;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code widekey flags}: what the flags say, and turning the daemon's own. */
@Command(
        name = "flags",
        mixinStandardHelpOptions = true,
        description = "Shows what was written to the flags, or turns one of the daemon's own.")
final class FlagsCommand {
    private static final Set<String> OWN =
            Set.of(Switch.START, Switch.PAUSE, Switch.CUTOVER, Switch.ROLLBACK, Switch.FINISH);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    enum Position {
        ON,
        OFF
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Every write of every flag, oldest first.")
    int list(@Mixin ConfigOption config) {
        try (Database target = open(config.load())) {
            for (Flag flag : store(config.load(), target).history()) {
                spec.commandLine()
                        .getOut()
                        .printf(
                                "%s  %s=%s  version %d  by %s: %s%n",
                                flag.changedAt(),
                                flag.name(),
                                flag.enabled(),
                                flag.version(),
                                flag.owner(),
                                flag.reason());
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description =
                    "Turns one of the daemon's own flags: widekey.start, widekey.pause, widekey.cutover, widekey.rollback, widekey.finish.")
    int set(
            @Mixin ConfigOption config,
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "on|off") Position position) {
        if (!OWN.contains(name)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "'" + name + "' is not one of the daemon's own flags ("
                            + String.join(", ", OWN.stream().sorted().toList())
                            + "); the application's flags are flipped by the migration itself");
        }
        try (Database target = open(config.load())) {
            Switch own = new Switch(store(config.load(), target), name, false);
            String who = Names.ofThisProcess();
            if (position == Position.ON) {
                own.turnOn(who, "turned on by command");
            } else {
                own.turnOff(who, "turned off by command");
            }
            spec.commandLine()
                    .getOut()
                    .printf("%s is %s%n", name, position.name().toLowerCase(Locale.ROOT));
            return ExitCode.OK;
        }
    }

    private static Database open(DaemonConfig config) {
        return Database.target(
                Endpoint.of(config.target()), new Database.Owner("none", "flags"), 2, new SimpleMeterRegistry());
    }

    private static FlagStore store(DaemonConfig config, Database target) {
        return new JdbcFlagStore(target.pool(), config.target().stateSchema(), config.migration(), WriteGuard.NONE);
    }
}
