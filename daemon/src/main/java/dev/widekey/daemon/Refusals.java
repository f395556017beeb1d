package dev.widekey.daemon;

import dev.widekey.daemon.config.ConfigException;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Ownership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what ends a command into one clear message and an exit code. */
final class Refusals implements IExecutionExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof ConfigException config) {
            config.problems().forEach(problem -> command.getErr().println(problem));
            return ExitCode.REFUSED;
        }
        if (failure instanceof Ownership.HeldException held) {
            command.getErr().println(held.getMessage());
            return ExitCode.HELD;
        }
        if (failure instanceof HaltException halt) {
            command.getErr().println("halted: " + halt.reason() + ": " + halt.getMessage());
            return ExitCode.HALTED;
        }
        log.error("failed: {}", failure.getMessage(), failure);
        return ExitCode.FAILED;
    }
}
