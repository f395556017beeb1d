package dev.widekey.daemon;

import dev.widekey.daemon.config.ConfigLoader;
import dev.widekey.daemon.config.DaemonConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The one option every command has. */
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The migration's configuration file.")
    private Path file = Path.of("");

    DaemonConfig load() {
        return new ConfigLoader(System.getenv()).load(file);
    }
}
