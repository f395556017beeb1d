package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.StateSchema;
import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code widekey drain-source}: deletes the source's rows in small steps, to the last one, or all at once, once the migration is done and the way back is given
 * up. Killed, it is run again.
 */
@Command(
        name = "drain-source",
        mixinStandardHelpOptions = true,
        description = {
            "Deletes every row of the source table, in small steps, after a cutover whose way back was given up.",
            "Nothing brings them back. The table itself, and its fence, stay."
        })
final class DrainSourceCommand implements Callable<Integer> {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long TOLD_EVERY = 100_000;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--confirm",
            paramLabel = "SCHEMA.TABLE",
            required = true,
            description = "The source table whose rows are to be deleted, spelled out.")
    private String confirmed = "";

    @Option(
            names = "--rows-per-second",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Most rows deleted in a second; ${DEFAULT-VALUE} unless given.")
    private int rate;

    @Option(
            names = "--step",
            paramLabel = "N",
            defaultValue = "500",
            description = "Rows in one transaction; ${DEFAULT-VALUE} unless given.")
    private int step;

    @Option(
            names = "--truncate",
            description = "Empty the table at once instead of in steps; the account needs DROP on it.")
    private boolean truncate;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws SQLException, Ownership.HeldException {
        DaemonConfig loaded = config.load();
        String table = loaded.source().schema() + "." + loaded.source().table();
        if (!confirmed.equals(table)) {
            throw usage("--confirm " + confirmed + " is not the source table; it is " + table);
        }
        if (rate < 1 || step < 1) {
            throw usage("--rows-per-second and --step have to be at least 1");
        }
        Database.Owner owner =
                new Database.Owner(loaded.migration(), UUID.randomUUID().toString());
        try (Database source = Database.source(Endpoint.of(loaded.source()), owner, 2, new SimpleMeterRegistry());
                Database target = Database.target(Endpoint.of(loaded.target()), owner, 4, new SimpleMeterRegistry())) {
            StateSchema state = new StateSchema(loaded.target().stateSchema());
            Retries retries = new Retries(new SimpleMeterRegistry(), () -> false);
            MigrationRecord record = new MigrationRecord(target, state, loaded.migration(), retries.briefly("state"));
            refuseUnlessDone(record, target, state);
            // A daemon that runs is not taken over from; what was done until then is looked at once more.
            try (Ownership ownership = Ownership.take(target, state, owner, Names.ofThisProcess())) {
                refuseUnlessDone(record, target, state);
                Retry retry = retries.untilItPasses("drain-source");
                return truncate
                        ? truncate(loaded, source, target, ownership, retry)
                        : drain(loaded, source, target, ownership, retry);
            }
        }
    }

    private static void refuseUnlessDone(MigrationRecord record, Database target, StateSchema state)
            throws SQLException {
        Phase phase = record.readIfAny().map(MigrationRecord.Row::phase).orElse(Phase.IDLE);
        // Whoever comes from WATCH to DONE has compared every row after the cutover.
        List<MigrationRecord.Entry> history = record.history();
        boolean compared = phase == Phase.DONE
                && history.size() > 1
                && history.get(history.size() - 2).phase() == Phase.WATCH;
        if (!compared) {
            throw new Refusals.RefusedException(
                    List.of(
                            new Problem(
                                    Problem.Code.NOT_STARTED,
                                    phase == Phase.DONE
                                            ? "nobody has compared every row since the cutover, as it is done in WATCH"
                                            : "the migration stands in " + phase
                                                    + ", and the source's rows are needed until it is DONE",
                                    "target " + target.endpoint() + " " + state.schema(),
                                    "give the way back up first (widekey.finish); after a cutover without one, look at the source and empty it yourself")));
        }
    }

    private int truncate(DaemonConfig loaded, Database source, Database target, Ownership ownership, Retry retry)
            throws SQLException {
        Retries.call(retry, "the source table cannot be emptied", () -> {
            try (OwnedTransaction owned = OwnedTransaction.begin(target, ownership);
                    Connection connection = source.connect();
                    Statement statement = connection.createStatement()) {
                // Every later statement on the table waits behind it.
                statement.execute("SET SESSION lock_wait_timeout = 2");
                statement.execute("TRUNCATE TABLE " + name(loaded));
                owned.commit();
                return true;
            }
        });
        spec.commandLine().getOut().println("the source table is empty; it was truncated");
        return ExitCode.OK;
    }

    private static String name(DaemonConfig loaded) {
        return quoted(loaded.source().schema()) + "." + quoted(loaded.source().table());
    }

    private int drain(DaemonConfig loaded, Database source, Database target, Ownership ownership, Retry retry)
            throws SQLException {
        PrintWriter out = spec.commandLine().getOut();
        String key = Tables.read(loaded, source, target).source().key();
        String delete = "DELETE FROM " + name(loaded) + " ORDER BY " + quoted(key) + " LIMIT " + step;
        long deleted = 0;
        long due = System.nanoTime();
        while (true) {
            int rows = Retries.call(retry, "the source's rows cannot be deleted", () -> {
                try (OwnedTransaction owned = OwnedTransaction.begin(target, ownership);
                        Connection connection = source.pool().getConnection();
                        Statement statement = connection.createStatement()) {
                    int some = statement.executeUpdate(delete);
                    owned.commit();
                    return some;
                }
            });
            if (rows == 0) {
                out.println("the source table is empty; " + deleted + " rows deleted");
                return ExitCode.OK;
            }
            if (deleted / TOLD_EVERY != (deleted + rows) / TOLD_EVERY) {
                out.println((deleted + rows) + " rows deleted");
                out.flush();
            }
            deleted += rows;
            ownership.renew();
            due = Math.max(due, System.nanoTime() - SECOND_NANOS) + rows * SECOND_NANOS / rate;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private CommandLine.ParameterException usage(String what) {
        return new CommandLine.ParameterException(spec.commandLine(), what);
    }
}
