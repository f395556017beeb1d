package dev.widekey.daemon;

import dev.widekey.daemon.config.ConfigException;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Ownership;
import java.io.PrintWriter;
import java.util.List;
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
        if (failure instanceof RefusedException refused) {
            return refuse(command.getErr(), refused.problems());
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

    /** Says every problem on a line of its own. */
    static int refuse(PrintWriter out, List<Problem> problems) {
        problems.forEach(out::println);
        out.printf("%d problem%s; nothing was changed%n", problems.size(), problems.size() == 1 ? "" : "s");
        out.flush();
        return ExitCode.REFUSED;
    }

    /** The servers are not as they must be. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<Problem> problems;

        RefusedException(List<Problem> problems) {
            super(problems.size() + " problems");
            this.problems = List.copyOf(problems);
        }

        List<Problem> problems() {
            return problems;
        }
    }
}
