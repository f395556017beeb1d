package dev.widekey.daemon;

import picocli.CommandLine.Command;

/** {@code widekey audit}: the source before the copy, and both sides after it, counted by means of their own. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Counts what is unusual in the source, or the totals of both sides. Writes to neither server.",
        subcommands = {AnomaliesCommand.class, TotalsCommand.class},
        synopsisSubcommandLabel = "COMMAND")
final class AuditCommand {}
