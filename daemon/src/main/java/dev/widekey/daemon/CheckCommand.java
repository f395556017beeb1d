package dev.widekey.daemon;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code widekey check}: everything {@code run} checks before it begins. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks configuration and servers, changing nothing.")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() {
        config.load();
        return ExitCode.OK;
    }
}
