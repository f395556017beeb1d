package dev.widekey.sandbox.scenario;

import dev.widekey.sandbox.mysql.CommandResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Gives the daemon's commands, as a person at a terminal does. Immutable.
 *
 * @param launcher the daemon's program
 * @param folder where the commands are given
 * @param config the daemon's configuration
 */
record Operator(Path launcher, Path folder, Path config) {

    /** The rows in quarantine, with exit code 5 while one of them is not accepted. */
    CommandResult listQuarantine() throws IOException {
        return run("quarantine", "list", "--config", config.toString());
    }

    /** The rows that were accepted, with who and why. */
    CommandResult listAccepted() throws IOException {
        return run("quarantine", "list", "--accepted", "--config", config.toString());
    }

    /** Lets rows stay behind. */
    CommandResult accept(Set<Long> keys, String why) throws IOException {
        List<String> line =
                new ArrayList<>(List.of("quarantine", "accept", "--config", config.toString(), "--why", why, "--"));
        keys.forEach(key -> line.add(key.toString()));
        return run(line.toArray(String[]::new));
    }

    /** Starts the daemon and waits for its end. */
    CommandResult runDaemon() throws IOException {
        return run("run", "--config", config.toString());
    }

    private CommandResult run(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(arguments));
        return CommandResult.run(folder, line.toArray(String[]::new));
    }
}
