package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.quarantine.Acceptance;
import dev.widekey.daemon.quarantine.Entry;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.state.StateSchema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code widekey quarantine}: the rows the target does not take, and a person's decision about each. */
@Command(
        name = "quarantine",
        mixinStandardHelpOptions = true,
        description = {
            "Rows the target refuses are in quarantine: not on the target, and not forgotten.",
            "No flag is flipped until each of them is written, gone from the source, or accepted."
        })
final class QuarantineCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Which rows. */
    private static final class Which {
        @Parameters(arity = "1..*", paramLabel = "KEY", description = "Primary keys; after -- when one is negative.")
        private List<Long> keys = new ArrayList<>();

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                description = "Those refused for this kind of reason, as list shows it.")
        private @Nullable String kind;

        @Option(names = "--all", description = "All of them.")
        private boolean all;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Every row in quarantine, by key. Exit code 5 while one is not accepted.")
    int list(
            @Mixin ConfigOption config,
            @Option(
                            names = "--accepted",
                            description =
                                    "Everything that was ever accepted instead, oldest first, whether it is still in quarantine or not.")
                    boolean accepted)
            throws SQLException {
        DaemonConfig loaded = config.load();
        try (Database target = open(loaded)) {
            EntryLog log = log(loaded, target);
            PrintWriter out = spec.commandLine().getOut();
            if (accepted) {
                List<Acceptance> all = log.accepted();
                for (Acceptance one : all) {
                    out.printf(
                            "%d  %s (%s)  accepted %s UTC by %s: %s%n",
                            one.key(), one.kind(), one.reason(), one.at(), one.by(), one.why());
                }
                out.println(all.size() + " accepted in all");
                return ExitCode.OK;
            }
            List<Entry> entries = log.entries();
            for (Entry entry : entries) {
                out.printf(
                        "%d  %s (%s)  since %s UTC, refused %d times%s%n",
                        entry.key(),
                        entry.kind(),
                        entry.reason(),
                        entry.firstSeen(),
                        entry.times(),
                        entry.acceptance()
                                .map(word -> "  accepted by " + word.by() + ": " + word.why())
                                .orElse(""));
            }
            long open = entries.stream()
                    .filter(entry -> entry.acceptance().isEmpty())
                    .count();
            out.println(entries.size() + " rows in quarantine, " + open + " of them open");
            return open > 0 ? ExitCode.DIFFERENT : ExitCode.OK;
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Everything known about one row.")
    int show(@Mixin ConfigOption config, @Parameters(paramLabel = "KEY") long key) throws SQLException {
        DaemonConfig loaded = config.load();
        try (Database target = open(loaded)) {
            EntryLog log = log(loaded, target);
            PrintWriter out = spec.commandLine().getOut();
            List<Acceptance> accepted =
                    log.accepted().stream().filter(one -> one.key() == key).toList();
            Entry entry = log.entries().stream()
                    .filter(one -> one.key() == key)
                    .findFirst()
                    .orElse(null);
            if (entry == null) {
                out.println(key + " is not in quarantine");
            } else {
                out.printf("key          %d%n", key);
                out.printf("kind         %s%n", entry.kind());
                out.printf("reason       %s (MySQL error %d)%n", entry.reason(), entry.code());
                out.printf("fingerprint  %s%n", entry.fingerprint());
                out.printf("first seen   %s UTC%n", entry.firstSeen());
                out.printf("last seen    %s UTC, refused %d times%n", entry.lastSeen(), entry.times());
            }
            for (Acceptance one : accepted) {
                out.printf(
                        "accepted     %s UTC by %s: %s%s%n",
                        one.at(),
                        one.by(),
                        one.why(),
                        entry == null || entry.fingerprint().equals(one.fingerprint())
                                ? ""
                                : " (refused for another reason then: " + one.reason() + ")");
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = {
                "Asks the daemon to try rows again, once they are mended on the source or the column is on the target.",
                "A row that is changed on the source is tried by itself."
            })
    int retry(
            @Mixin ConfigOption config,
            @ArgGroup(multiplicity = "1") Which which,
            @Option(names = "--no-wait", description = "Ask and return.") boolean noWait)
            throws SQLException {
        DaemonConfig loaded = config.load();
        try (Database target = open(loaded)) {
            OpenRepairs repairs = OpenRepairs.of(
                    loaded, target, new StateSchema(loaded.target().stateSchema()));
            List<Entry> chosen = chosen(log(loaded, target), which);
            PrintWriter out = spec.commandLine().getOut();
            out.println("asked for " + chosen.size() + " rows");
            out.flush();
            return repairs.ask(chosen.stream().map(Entry::key).toList(), !noWait, out);
        }
    }

    @Command(
            name = "accept",
            mixinStandardHelpOptions = true,
            description = {
                "Lets rows stay behind: they will not be on the target when the application is.",
                "Who and why are kept for good. A row that is refused for another reason later is open again."
            })
    int accept(
            @Mixin ConfigOption config,
            @ArgGroup(multiplicity = "1") Which which,
            @Option(names = "--why", required = true, paramLabel = "TEXT", description = "The reason, for the report.")
                    String why)
            throws SQLException {
        DaemonConfig loaded = config.load();
        if (why.isBlank()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--why is empty; say why these rows may stay behind");
        }
        try (Database target = open(loaded)) {
            StateSchema state = new StateSchema(loaded.target().stateSchema());
            EntryLog log = log(loaded, target);
            List<Entry> chosen = chosen(log, which).stream()
                    .filter(entry -> entry.acceptance().isEmpty())
                    .toList();
            try (Connection connection = target.connect()) {
                state.create(connection);
            }
            log.accept(chosen, System.getProperty("user.name") + ", " + Names.ofThisProcess(), why);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "accepted %d rows; %d are open%n",
                            chosen.size(), log.counts().open());
            return ExitCode.OK;
        }
    }

    private List<Entry> chosen(EntryLog log, Which which) throws SQLException {
        List<Entry> entries = log.entries();
        String kind = which.kind;
        if (kind != null) {
            List<Entry> ofKind = entries.stream()
                    .filter(entry -> entry.kind().equalsIgnoreCase(kind))
                    .toList();
            if (ofKind.isEmpty()) {
                Set<String> kinds = entries.stream().map(Entry::kind).collect(Collectors.toCollection(TreeSet::new));
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "no row is in quarantine for " + kind.toUpperCase(Locale.ROOT) + "; there are: "
                                + (kinds.isEmpty() ? "none at all" : String.join(", ", kinds)));
            }
            return ofKind;
        }
        if (which.all) {
            return entries;
        }
        Set<Long> unknown = new TreeSet<>(which.keys);
        entries.forEach(entry -> unknown.remove(entry.key()));
        if (!unknown.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "not in quarantine: "
                            + unknown.stream().map(String::valueOf).collect(Collectors.joining(", "))
                            + "; see widekey quarantine list");
        }
        return entries.stream()
                .filter(entry -> which.keys.contains(entry.key()))
                .toList();
    }

    private static EntryLog log(DaemonConfig config, Database target) {
        return new EntryLog(target, new StateSchema(config.target().stateSchema()), config.migration());
    }

    private static Database open(DaemonConfig config) {
        return Database.target(
                Endpoint.of(config.target()), new Database.Owner("none", "quarantine"), 2, new SimpleMeterRegistry());
    }
}
