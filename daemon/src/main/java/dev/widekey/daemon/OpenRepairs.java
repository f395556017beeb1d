package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.repair.Outcome;
import dev.widekey.daemon.repair.RepairLog;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Asks the daemon for repairs and waits for it when it runs. */
final class OpenRepairs {
    private static final long LOOK_AGAIN_NANOS = 300_000_000L;

    private final Database target;
    private final String migration;
    private final RepairLog repairs;

    private OpenRepairs(Database target, String migration, RepairLog repairs) {
        this.target = target;
        this.migration = migration;
        this.repairs = repairs;
    }

    /**
     * Those of a migration.
     *
     * @throws Refusals.RefusedException when it has not been started
     */
    static OpenRepairs of(DaemonConfig config, Database target, StateSchema state) throws SQLException {
        MigrationRecord record = new MigrationRecord(
                target,
                state,
                config.migration(),
                new Retries(new SimpleMeterRegistry(), () -> false).briefly("state"));
        if (record.readIfAny().isEmpty()) {
            throw new Refusals.RefusedException(
                    List.of(
                            new Problem(
                                    Problem.Code.NOT_STARTED,
                                    "migration " + config.migration()
                                            + " has not been started, so no stream carries what is repaired",
                                    "target " + target.endpoint() + " "
                                            + config.target().stateSchema(),
                                    "run the migration: it copies the missing rows, and halts on those that differ; repair these then")));
        }
        try (Connection connection = target.connect()) {
            state.create(connection);
        }
        return new OpenRepairs(target, config.migration(), new RepairLog(target, state, config.migration()));
    }

    /**
     * Asks for these keys.
     *
     * @param wait whether to wait for the outcome as long as the daemon runs
     * @return the exit code
     */
    int ask(Collection<Long> keys, boolean wait, PrintWriter out) throws SQLException {
        long before = repairs.last();
        repairs.ask(keys, System.getProperty("user.name") + ", " + Names.ofThisProcess());
        return keys.isEmpty() ? ExitCode.OK : await(before, wait, out);
    }

    private int await(long before, boolean wait, PrintWriter out) throws SQLException {
        long open = repairs.count();
        if (open > 0 && wait && isHeld()) {
            out.println(
                    "waiting for the daemon, which repairs them behind the copy; what is asked for stays asked for");
            out.flush();
        }
        while (open > 0) {
            if (!wait || !isHeld()) {
                out.println(open + " are open; the daemon repairs them before it proves parity"
                        + (wait ? ", once it is started" : ""));
                return ExitCode.OK;
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            open = repairs.count();
        }
        Map<Outcome, Long> outcomes = repairs.outcomes(before);
        outcomes.forEach((outcome, count) -> out.println(count + " " + outcome.text()));
        return outcomes.containsKey(Outcome.DIFFERENT) || outcomes.containsKey(Outcome.QUARANTINED)
                ? ExitCode.DIFFERENT
                : ExitCode.OK;
    }

    private boolean isHeld() throws SQLException {
        try (Connection connection = target.pool().getConnection()) {
            return Ownership.isHeld(connection, migration);
        }
    }
}
