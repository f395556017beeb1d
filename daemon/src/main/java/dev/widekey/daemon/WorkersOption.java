package dev.widekey.daemon;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How many ranges of keys a command reads at once. */
final class WorkersOption {
    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many ranges of keys are read at once; ${DEFAULT-VALUE} unless given.")
    private int workers;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    int count() {
        if (workers < 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--workers " + workers + " has to be at least 1");
        }
        return workers;
    }
}
