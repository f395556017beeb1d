package dev.widekey.daemon;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.Throttle;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Settling;
import dev.widekey.backfill.parity.Verdict;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.repair.DifferenceFile;
import dev.widekey.daemon.state.CopiedKeys;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code widekey verify}: compares every row, at any time, beside the daemon or without it, and writes to neither server. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Compares every row of both tables and writes to neither.",
            "While the daemon runs, a row that is only not applied yet is no difference."
        })
final class VerifyCommand implements Callable<Integer> {
    /** The phases in which ids behind the gap may be the application's. */
    private static final Set<Phase> MOVING = EnumSet.of(
            Phase.FLIP_WRITES,
            Phase.DRAIN,
            Phase.SEAL,
            Phase.FLIP_READS,
            Phase.RETURN_WRITES,
            Phase.DRAIN_BACK,
            Phase.SEAL_BACK,
            Phase.DONE);

    private static final String PENDING = "not copied yet";
    private static final String QUARANTINED = "in quarantine";

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--file", paramLabel = "FILE", description = "Write every difference into a new file, for fixup.")
    private @Nullable Path file;

    @Mixin
    private WorkersOption parallel = new WorkersOption();

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Stop after so many differences; ${DEFAULT-VALUE} unless given.")
    private long most;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What is compared, and what a difference means. */
    record Scope(KeyRange keys, LongPredicate due, Settling settling, Optional<StreamElsewhere> stream, String note) {

        Optional<String> excuse(long key, EntryLog quarantine) throws SQLException {
            if (!due.test(key)) {
                return Optional.of(PENDING);
            }
            return quarantine.holds(key) ? Optional.of(QUARANTINED) : Optional.empty();
        }
    }

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException {
        DaemonConfig loaded = config.load();
        int workers = parallel.count();
        if (most < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--most " + most + " has to be at least 1");
        }
        Database.Owner owner = new Database.Owner("none", "verify");
        try (Database source =
                        Database.source(Endpoint.of(loaded.source()), owner, workers + 2, new SimpleMeterRegistry());
                Database target =
                        Database.target(Endpoint.of(loaded.target()), owner, workers + 2, new SimpleMeterRegistry())) {
            Tables tables = Tables.read(loaded, source, target);
            Scope scope = scope(loaded, source, target);
            PrintWriter out = spec.commandLine().getOut();
            out.println(scope.note());
            out.flush();
            ParityCheck check = tables.check(
                    loaded,
                    source,
                    target,
                    scope.settling(),
                    Throttle.NONE,
                    new Retries(new SimpleMeterRegistry(), () -> false).briefly("compare"),
                    workers);
            // The file comes last: what is refused before leaves none behind.
            EntryLog quarantine =
                    new EntryLog(target, new StateSchema(loaded.target().stateSchema()), loaded.migration());
            try (DifferenceReport found =
                    new DifferenceReport(key -> scope.excuse(key, quarantine), most, begin(loaded))) {
                Verdict verdict = check.compare(scope.keys(), found, () -> false);
                return report(out, scope, found, verdict, check.compared(), quarantine);
            }
        }
    }

    private @Nullable DifferenceFile begin(DaemonConfig loaded) throws IOException {
        if (file == null) {
            return null;
        }
        try {
            return DifferenceFile.create(file, tables(loaded));
        } catch (FileAlreadyExistsException exists) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--file " + file + " exists already and is left as it is; name another one",
                    exists);
        }
    }

    /** How a file says which tables it is about. */
    static String tables(DaemonConfig config) {
        return Names.of(config.source()) + " and " + Names.of(config.target());
    }

    /** The scope of a comparison that begins now. */
    static Scope scope(DaemonConfig config, Database source, Database target) throws SQLException {
        StateSchema state = new StateSchema(config.target().stateSchema());
        MigrationRecord record = new MigrationRecord(
                target,
                state,
                config.migration(),
                new Retries(new SimpleMeterRegistry(), () -> false).briefly("state"));
        Optional<MigrationRecord.Row> row = record.readIfAny();
        Phase phase = row.map(MigrationRecord.Row::phase).orElse(Phase.IDLE);
        boolean writesFirst = config.cutover().writesFirst() && row.isPresent() && !record.hasReturned();
        KeyRange keys = row.filter(now -> MOVING.contains(now.phase()) || writesFirst)
                .flatMap(MigrationRecord.Row::gapStart)
                .map(first -> new KeyRange(null, first - 1))
                .orElse(KeyRange.ALL);
        if (phase.returns()) {
            return scopeBack(config, source, target, phase, keys);
        }
        if (!phase.streams()) {
            LongPredicate due = phase.isCopied() ? key -> true : key -> false;
            return new Scope(
                    keys,
                    due,
                    () -> {},
                    Optional.empty(),
                    "no stream runs in phase " + phase + ": the rows are compared as they are");
        }
        LongPredicate due =
                phase == Phase.BACKFILL ? CopiedKeys.read(target, state, config.migration())::contains : key -> true;
        StreamElsewhere stream = new StreamElsewhere(
                source, target, new StreamPosition(target, state, config.migration()), config.migration());
        if (stream.isRunning()) {
            return new Scope(keys, due, stream, Optional.of(stream), "the daemon runs, in phase " + phase);
        }
        return new Scope(
                keys,
                due,
                () -> {},
                Optional.empty(),
                "the daemon does not run: what the source has changed since it stopped counts as different");
    }

    /** After a cutover it is the target that is right, and the source that follows. */
    private static Scope scopeBack(DaemonConfig config, Database source, Database target, Phase phase, KeyRange keys)
            throws SQLException {
        StreamElsewhere reverse = new StreamElsewhere(
                target,
                target,
                new StreamPosition(source, ReverseStream.schema(config), config.migration()),
                config.migration());
        boolean runs = reverse.isRunning();
        return new Scope(
                keys,
                key -> true,
                runs ? reverse : () -> {},
                runs ? Optional.of(reverse) : Optional.empty(),
                runs
                        ? "the daemon runs, in phase " + phase + ": the source follows the target"
                        : "the daemon does not run: what the target has changed since it stopped counts as different");
    }

    private int report(
            PrintWriter out, Scope scope, DifferenceReport found, Verdict verdict, long compared, EntryLog quarantine)
            throws IOException, SQLException {
        String position = scope.stream()
                .flatMap(StreamElsewhere::settled)
                .map(end -> ", the last of them past " + end)
                .orElse("");
        String summary = "compared " + compared + " rows" + position
                + (found.isFull() ? "; stopped at --most " + most + " differences" : "");
        out.println(summary);
        found.print(out);
        if (file != null) {
            found.end(summary);
            out.println("written to " + file);
        }
        if (verdict instanceof Verdict.Divergent) {
            out.println("to repair them: widekey fixup --file "
                    + (file == null ? "FILE, with what verify --file FILE writes" : file));
            return ExitCode.DIFFERENT;
        }
        if (found.excused(PENDING) > 0) {
            return ExitCode.DIFFERENT;
        }
        if (verdict instanceof Verdict.Nothing) {
            out.println("neither table holds a row, so nothing is proven; check the table names in the configuration");
            return ExitCode.DIFFERENT;
        }
        if (found.excused(QUARANTINED) > 0) {
            long open = quarantine.counts().open();
            out.println("every other row is equal; of those in quarantine " + open
                    + " are not accepted (widekey quarantine list)");
            return open > 0 ? ExitCode.DIFFERENT : ExitCode.OK;
        }
        out.println("every row is equal");
        return ExitCode.OK;
    }
}
