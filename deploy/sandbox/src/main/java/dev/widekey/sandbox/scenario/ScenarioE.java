package dev.widekey.sandbox.scenario;

import dev.widekey.sandbox.csmh.Generator;
import dev.widekey.sandbox.mysql.ServerException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The acceptance scenario as a command. Prints to standard output. Used by one thread. */
@Command(
        name = "scenario-e",
        mixinStandardHelpOptions = true,
        description = {
            "Moves an old history with every known anomaly, by a rolling cutover of flags in an Open edX settings file, while an",
            "application writes, the daemon is killed, the target restarts and the network is cut, and checks every promise."
        })
public final class ScenarioE implements Callable<Integer> {
    @Option(names = "--rows", description = "Regular history rows to begin with (default: ${DEFAULT-VALUE}).")
    private int rows = Generator.DEFAULT_ROWS;

    @Option(names = "--kills", description = "Kill the daemon this many times (default: ${DEFAULT-VALUE}).")
    private int kills = 10;

    @Option(
            names = "--time-scale",
            description =
                    "How long everything lasts: 1 is five minutes of writes, 60 s of a long transaction, 30 s between log rotations,"
                            + " 30 s without network, 90 s of a straggler (default: ${DEFAULT-VALUE}).")
    private double scale = 1;

    @Option(names = "--seed", description = "Decides the data and the kills (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--timeout",
            description = "Seconds the migration may take before the scenario fails (default: ${DEFAULT-VALUE}).")
    private int timeout = 1_800;

    @Option(names = "--append", description = "A file to which the last line is added.")
    private @Nullable Path append;

    @Option(names = "--repository", hidden = true, required = true)
    private Path repository = Path.of("");

    private final PrintStream out = System.out;
    private final long began = System.nanoTime();

    private ScenarioE() {}

    /** Runs the scenario and exits with 0 when every point holds, 1 otherwise. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the scenario; 0 when every point holds. */
    public static int run(String... arguments) {
        return new CommandLine(new ScenarioE()).execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("widekey-scenario-");
        Optional<Then> verdict;
        try (Given given = Given.of(repository, folder, seed, rows)) {
            say(given.ledger().size() + " rows on " + given.source() + ", moved to " + given.target() + ", files in "
                    + folder);
            verdict = play(given);
        } catch (ServerException e) {
            out.println("scenario-e: " + e.getMessage());
            return 1;
        }
        if (verdict.isEmpty() || !verdict.get().holds()) {
            return 1;
        }
        delete(folder);
        return 0;
    }

    private Optional<Then> play(Given given) throws Exception {
        try {
            Observed observed = new When(given, new Times(scale), seed, kills, timeout, this::say).run();
            say("comparing every row");
            Then then = new Then(given, observed, kills);
            then.points().forEach(this::say);
            finish(then.line() + " seed=" + seed + " time-scale=" + scale + " seconds=" + elapsed());
            return Optional.of(then);
        } catch (When.FailedException failed) {
            finish("scenario-e: failed: " + failed.getMessage());
            return Optional.empty();
        }
    }

    private void finish(String line) throws IOException {
        out.println(line);
        if (append != null) {
            Files.write(append, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private void say(Object what) {
        out.printf("scenario-e | %4ds %s%n", elapsed(), what);
    }

    private long elapsed() {
        return Math.round((System.nanoTime() - began) / 1e9);
    }
}
