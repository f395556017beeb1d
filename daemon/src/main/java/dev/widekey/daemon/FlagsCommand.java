package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.FlagOutlet;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.flags.Flag;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.Switch;
import dev.widekey.flags.WriteGuard;
import dev.widekey.flags.outlet.ManualOutlet;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Every write of every flag, oldest first, and what they say where the application looks.")
    int list(@Mixin ConfigOption config) {
        DaemonConfig loaded = config.load();
        Database.Owner none = new Database.Owner("none", "flags");
        try (Database target = open(loaded);
                FlagStores stores = new FlagStores(loaded, () -> false, none, new SimpleMeterRegistry())) {
            FlagStore journal = store(loaded, target);
            for (Flag flag : journal.history()) {
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
            stores.notes(journal).forEach(spec.commandLine().getOut()::println);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = {
                "Turns one of the daemon's own flags: widekey.start, widekey.pause, widekey.cutover, widekey.rollback, widekey.finish.",
                "With flags.store: manual, widekey.confirmed.NAME says what the application's flag NAME is set to now."
            })
    int set(
            @Mixin ConfigOption config,
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "on|off") Position position) {
        DaemonConfig loaded = config.load();
        Optional<String> confirmed = confirmed(loaded, name);
        if (!OWN.contains(name) && confirmed.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "'" + name + "' is not one of the daemon's own flags ("
                            + String.join(", ", OWN.stream().sorted().toList())
                            + "); the application's flags are flipped by the migration itself");
        }
        try (Database target = open(loaded)) {
            FlagStore store = store(loaded, target);
            Switch own = new Switch(store, name, false);
            String who = Names.ofThisProcess();
            if (confirmed.isPresent()) {
                ManualOutlet.confirm(store, confirmed.get(), position == Position.ON, who);
            } else if (position == Position.ON) {
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

    /** The application's flag whose value is confirmed by this name. */
    private static Optional<String> confirmed(DaemonConfig config, String name) {
        return config.flags().store() instanceof FlagOutlet.Manual
                ? Stream.of(config.flags().write(), config.flags().read())
                        .map(DaemonConfig.FlagKey::name)
                        .filter(flag -> name.equals(ManualOutlet.confirming(flag)))
                        .findFirst()
                : Optional.empty();
    }

    private static Database open(DaemonConfig config) {
        return Database.target(
                Endpoint.of(config.target()), new Database.Owner("none", "flags"), 2, new SimpleMeterRegistry());
    }

    private static FlagStore store(DaemonConfig config, Database target) {
        return new JdbcFlagStore(target.pool(), config.target().stateSchema(), config.migration(), WriteGuard.NONE);
    }
}
