package dev.widekey.daemon;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.parity.Difference;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.repair.DifferenceFile;
import dev.widekey.daemon.repair.DifferenceLog;
import dev.widekey.daemon.state.StateSchema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code widekey fixup}: asks the daemon to repair rows that differ, and waits for it when it runs. */
@Command(
        name = "fixup",
        mixinStandardHelpOptions = true,
        description = {
            "Asks the daemon to make rows equal that a comparison found different. The side that takes the application's writes is right:",
            "the source, or the target after a fenced cutover.",
            "It does so before it proves parity again; a daemon that has halted does it when it is started."
        })
final class FixupCommand implements Callable<Integer> {
    private static final Pattern RANGE = Pattern.compile("(-?\\d{1,18})?\\.\\.(-?\\d{1,18})?");

    @Mixin
    private ConfigOption config = new ConfigOption();

    /** Which differences. */
    private static final class Which {
        @Option(names = "--file", paramLabel = "FILE", description = "Those in a file that verify wrote.")
        private @Nullable Path file;

        @Option(names = "--last", description = "Those the daemon's own last comparison found.")
        private boolean last;
    }

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    @Option(
            names = "--remove-extra",
            description = "Also rows the source does not have: they are deleted on the target.")
    private boolean removeExtra;

    @Option(
            names = "--keep",
            paramLabel = "FROM..TO",
            description =
                    "Keys that belong to the application on the target and are left alone; either end may be open.")
    private List<String> keep = new ArrayList<>();

    @Option(names = "--no-wait", description = "Ask and return; the outcome is in the daemon's log and its state.")
    private boolean noWait;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException {
        DaemonConfig loaded = config.load();
        List<KeyRange> kept = keep.stream().map(this::range).toList();
        try (Database target = Database.target(
                Endpoint.of(loaded.target()), new Database.Owner("none", "fixup"), 2, new SimpleMeterRegistry())) {
            StateSchema state = new StateSchema(loaded.target().stateSchema());
            OpenRepairs repairs = OpenRepairs.of(loaded, target, state);
            List<Long> wanted = wanted(differences(loaded, target, state), kept);
            return repairs.ask(wanted, !noWait, spec.commandLine().getOut());
        }
    }

    private KeyRange range(String text) {
        Matcher bounds = RANGE.matcher(text);
        if (bounds.matches()) {
            Long from = bounds.group(1) == null ? null : Long.valueOf(bounds.group(1));
            Long to = bounds.group(2) == null ? null : Long.valueOf(bounds.group(2));
            if (from == null || to == null || from <= to) {
                return new KeyRange(from == null ? null : from - 1, to);
            }
        }
        throw new CommandLine.ParameterException(
                spec.commandLine(), "--keep cannot be '" + text + "'; allowed: FROM..TO as 5000..5999, FROM.. or ..TO");
    }

    private List<Difference> differences(DaemonConfig config, Database target, StateSchema state)
            throws SQLException, IOException {
        if (which.last || which.file == null) {
            return new DifferenceLog(target, state, config.migration()).read();
        }
        try {
            DifferenceFile.Listed listed = DifferenceFile.read(which.file, VerifyCommand.tables(config));
            if (!listed.complete()) {
                // What is listed was proven line by line, so it is as good as the lines of a complete list.
                spec.commandLine()
                        .getOut()
                        .println(
                                "the list is incomplete: the verify that wrote it did not go to its end; verify again for the rest");
            }
            return listed.differences();
        } catch (DifferenceFile.UnreadableException unreadable) {
            throw refused("it is no list of differences of these tables: " + unreadable.getMessage());
        } catch (NoSuchFileException missing) {
            throw refused("there is no such file");
        }
    }

    private Refusals.RefusedException refused(String what) {
        return new Refusals.RefusedException(List.of(new Problem(
                Problem.Code.DIFFERENCES_FILE,
                what,
                "--file " + which.file,
                "give a file that widekey verify --file wrote")));
    }

    private List<Long> wanted(List<Difference> differences, List<KeyRange> kept) {
        PrintWriter out = spec.commandLine().getOut();
        List<Long> wanted = new ArrayList<>();
        long owned = 0;
        long extra = 0;
        for (Difference difference : differences) {
            if (kept.stream().anyMatch(range -> range.contains(difference.key()))) {
                owned++;
            } else if (difference.kind() == Difference.Kind.EXTRA && !removeExtra) {
                extra++;
            } else {
                wanted.add(difference.key());
            }
        }
        out.println("asked for " + wanted.size() + " of " + differences.size() + " differences");
        if (owned > 0) {
            out.println(owned + " left alone: the application owns them on the target (--keep)");
        }
        if (extra > 0) {
            out.println(
                    extra + " left alone: the source does not have them; --remove-extra deletes them on the target");
        }
        out.flush();
        return wanted;
    }
}
