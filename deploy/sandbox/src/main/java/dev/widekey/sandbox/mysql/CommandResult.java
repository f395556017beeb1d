package dev.widekey.sandbox.mysql;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a short-lived command answered. Immutable.
 *
 * @param exit its exit code, 127 when the command does not exist
 * @param output what it printed on both streams
 */
public record CommandResult(int exit, String output) {

    /** Runs a command to its end in a folder, in the C locale. */
    public static CommandResult run(Path folder, String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new CommandResult(127, String.valueOf(e.getMessage()));
        }
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return new CommandResult(process.waitFor(), output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + command[0]);
        }
    }

    /** Whether it ended with 0. */
    public boolean succeeded() {
        return exit == 0;
    }
}
