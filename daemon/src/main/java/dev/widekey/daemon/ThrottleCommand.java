package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.state.SettingTable;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.throttle.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code widekey throttle}: what holds the daemon's work back, and changing it while the daemon runs. */
@Command(
        name = "throttle",
        mixinStandardHelpOptions = true,
        description = "Shows the throttle's settings, or changes them; a daemon that runs follows within seconds.")
final class ThrottleCommand implements Callable<Integer> {
    private static final int NO_SUCH_SCHEMA = 1049;
    private static final int NO_SUCH_TABLE = 1146;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--mode", paramLabel = "auto|off", description = "Whether the work follows the servers' state.")
    private @Nullable String mode;

    @Option(names = "--rows-per-second", paramLabel = "N|off", description = "Most rows a second, as 20000.")
    private @Nullable String rows;

    @Option(names = "--bytes-per-second", paramLabel = "N|off", description = "Most bytes a second, as 20MB.")
    private @Nullable String bytes;

    @Option(names = "--workers", paramLabel = "N", description = "Most workers at work at the same time.")
    private @Nullable String workers;

    @Option(names = "--reset", description = "Forget every change: what the configuration file says holds again.")
    private boolean reset;

    @Override
    public Integer call() throws SQLException {
        DaemonConfig loaded = config.load();
        Settings file = Settings.of(loaded);
        Map<String, String> wanted = wanted(file);
        if (reset && !wanted.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--reset stands alone");
        }
        try (Database target = Database.target(
                Endpoint.of(loaded.target()), new Database.Owner("none", "throttle"), 1, new SimpleMeterRegistry())) {
            SettingTable table =
                    new SettingTable(target, new StateSchema(loaded.target().stateSchema()), loaded.migration());
            if (reset) {
                table.clear();
            } else if (!wanted.isEmpty()) {
                table.write(wanted, Names.ofThisProcess());
            }
            print(file, table.read());
            return ExitCode.OK;
        } catch (SQLException failure) {
            boolean changes = reset || !wanted.isEmpty();
            if (failure.getErrorCode() != NO_SUCH_SCHEMA && failure.getErrorCode() != NO_SUCH_TABLE) {
                throw failure;
            }
            if (!changes) {
                print(file, List.of());
                return ExitCode.OK;
            }
            throw new Refusals.RefusedException(List.of(new Problem(
                    Problem.Code.NOT_STARTED,
                    "migration " + loaded.migration()
                            + " has not been started, so nothing can be changed while it runs",
                    "target " + loaded.target().host() + ":" + loaded.target().port() + " "
                            + loaded.target().stateSchema(),
                    "write it into the configuration file, section throttle")));
        }
    }

    private Map<String, String> wanted(Settings file) {
        Map<String, String> wanted = new LinkedHashMap<>();
        put(wanted, file, Settings.MODE, mode);
        put(wanted, file, Settings.ROWS, rows);
        put(wanted, file, Settings.BYTES, bytes);
        put(wanted, file, Settings.WORKERS, workers);
        return wanted;
    }

    private void put(Map<String, String> wanted, Settings file, String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (file.with(name, value).isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--" + name + " cannot be '" + value + "'; allowed: " + file.allowed(name));
        }
        wanted.put(name, value);
    }

    private void print(Settings file, List<SettingTable.Stored> stored) {
        PrintWriter out = spec.commandLine().getOut();
        file.values().forEach((name, value) -> {
            Optional<SettingTable.Stored> instead = stored.stream()
                    .filter(setting -> setting.name().equals(name))
                    .filter(setting -> file.with(name, setting.value()).isPresent())
                    .findFirst();
            if (instead.isPresent()) {
                out.printf(
                        "%-17s %-10s set by %s at %s; the file says %s%n",
                        name,
                        instead.get().value(),
                        instead.get().changedBy(),
                        instead.get().changedAt(),
                        value);
            } else {
                out.printf("%-17s %-10s from the file%n", name, value);
            }
        });
        out.flush();
    }
}
