package dev.widekey.daemon;

import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code widekey} command. */
@Command(
        name = "widekey",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Moves a live MySQL table into a 64-bit-keyed table on another server, without downtime.",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            VerifyCommand.class,
            FixupCommand.class,
            QuarantineCommand.class,
            FlagsCommand.class,
            CutoverCommand.class,
            DrainSourceCommand.class,
            ThrottleCommand.class,
            AuditCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or stopped on request",
            "1:failed",
            "2:wrong usage",
            "3:out of memory",
            "4:halted in a named state; a person has to look",
            "5:rows differ",
            "75:another process owns the migration",
            "78:configuration or servers are not as they must be; nothing was changed"
        })
public final class Main {

    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        // The binlog client logs through java.util.logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        int code = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Refusals())
                .execute(arguments);
        System.exit(code);
    }
}
