package dev.widekey.daemon;

import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.debezium.DebeziumChangeFeed;
import dev.widekey.daemon.config.CutoverMode;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.ExistingRows;
import dev.widekey.daemon.config.Indexes;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.hook.Hooks;
import dev.widekey.daemon.index.IndexPlan;
import dev.widekey.daemon.preflight.Moving;
import dev.widekey.daemon.preflight.Preflight;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.preflight.Side;
import dev.widekey.daemon.preflight.TruncateCheck;
import dev.widekey.daemon.service.Notify;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.throttle.SignalWatch;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.WriteGuard;
import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether the migration may begin or go on: everything preflight checks, and, for a migration that has begun, whether its stream can go on
 * from where it stopped. Changes nothing.
 */
final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final long LOOK_AGAIN_NANOS = 5_000_000_000L;

    /** Rows that are there and do not fit, and that the stream can show: they go to quarantine, which is no reason not to begin. */
    private static final Set<Problem.Code> UNFIT_ROWS =
            EnumSet.of(Problem.Code.NEGATIVE_VALUES, Problem.Code.INVALID_LABEL, Problem.Code.JSON_NOT_TEXT);

    private final DaemonConfig config;
    private final Database source;
    private final Database target;
    private final FlagStores flags;
    private List<Problem> unfit = List.of();
    private final Retry retry = new Retries(new SimpleMeterRegistry(), () -> false).briefly("state");

    /** Until then nothing of the migration has been done, and no flag of the application been looked at. */
    private static final Set<Phase> BEGINNING = EnumSet.of(Phase.IDLE, Phase.PREPARE);

    Admission(DaemonConfig config, Database source, Database target, FlagStores flags) {
        this.config = config;
        this.source = source;
        this.target = target;
        this.flags = flags;
    }

    /** Every problem; empty when the migration may begin or go on. */
    List<Problem> problems() {
        List<Problem> problems = new Preflight(
                        config.migration(),
                        side(source, config.source()),
                        side(target, config.target()),
                        config.target().stateSchema(),
                        config.throttle().mode() == Pacing.AUTO,
                        config.backfill().existingRows() == ExistingRows.KEEP,
                        moving())
                .run();
        unfit = problems.stream()
                .filter(problem -> UNFIT_ROWS.contains(problem.code()))
                .toList();
        problems = Stream.concat(
                        problems.stream().filter(problem -> !UNFIT_ROWS.contains(problem.code())),
                        Stream.concat(flags.problems(journal()).stream(), hooks().stream()))
                .toList();
        if (problems.isEmpty()) {
            problems = replicas();
        }
        return problems.isEmpty() ? resumption() : problems;
    }

    private Optional<Problem> hooks() {
        return Hooks.flaw(config.hooks())
                .map(flaw -> new Problem(
                        Problem.Code.HOOK,
                        flaw,
                        "hooks.kafka.properties",
                        "mend the file; see the producer's settings"));
    }

    private Moving moving() {
        if (config.cutover().rollback()) {
            return Moving.WITH_WAY_BACK;
        }
        return config.cutover().mode() == CutoverMode.FENCED ? Moving.FENCED : Moving.ROLLING;
    }

    /** What a start is going to do that somebody may want to know before, when {@link #problems} found none. */
    List<String> notes() throws SQLException {
        List<String> notes = new ArrayList<>();
        for (Problem problem : unfit) {
            notes.add("for quarantine: " + problem.what() + ", in " + problem.where() + "; to have them moved, "
                    + problem.fix());
        }
        notes.addAll(indexNotes());
        notes.addAll(flags.notes(journal()));
        if (moving() != Moving.ROLLING) {
            try (Connection connection = source.connect()) {
                TruncateCheck.note(
                                connection,
                                config.source().schema(),
                                config.source().table())
                        .ifPresent(notes::add);
            }
        }
        return notes;
    }

    private FlagStore journal() {
        return new JdbcFlagStore(target.pool(), config.target().stateSchema(), config.migration(), WriteGuard.NONE);
    }

    private List<String> indexNotes() throws SQLException {
        if (config.backfill().indexes() == Indexes.KEEP) {
            return List.of();
        }
        Optional<Phase> phase = new MigrationRecord(
                        target, new StateSchema(config.target().stateSchema()), config.migration(), retry)
                .readIfAny()
                .map(MigrationRecord.Row::phase);
        if (phase.filter(now -> now != Phase.IDLE).isPresent()) {
            return List.of();
        }
        try (Connection connection = target.connect()) {
            return List.of(IndexPlan.read(
                            connection,
                            config.target().schema(),
                            config.target().table())
                    .text());
        }
    }

    /**
     * Like {@link #problems}, but asks again and again while the only problem is that a server cannot be reached: after a power cut the database may
     * be up later than its client.
     */
    List<Problem> problemsOnceReachable(Notify manager, BooleanSupplier stopping) {
        List<Problem> problems = problems();
        while (!problems.isEmpty()
                && problems.stream().allMatch(problem -> problem.code() == Problem.Code.UNREACHABLE)
                && !stopping.getAsBoolean()) {
            problems.forEach(problem -> log.warn("waiting: {}", problem));
            manager.extendStart();
            manager.status("waiting: " + problems.get(0).what());
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            problems = problems();
        }
        return problems;
    }

    private List<Problem> replicas() {
        if (config.throttle().mode() == Pacing.OFF) {
            return List.of();
        }
        return SignalWatch.unreadable(config.throttle(), source.endpoint(), target.endpoint()).stream()
                .map(what -> new Problem(
                        Problem.Code.REPLICA_UNREADABLE,
                        "it cannot be seen how far a replica is behind",
                        what,
                        "mend the replica, GRANT REPLICATION CLIENT ON *.* there, or take it out of the configuration"))
                .toList();
    }

    private List<Problem> resumption() {
        StateSchema state = new StateSchema(config.target().stateSchema());
        try {
            Optional<MigrationRecord.Row> row =
                    new MigrationRecord(target, state, config.migration(), retry).readIfAny();
            Optional<String> other = row.isPresent() ? otherFormat(state) : Optional.empty();
            if (other.isPresent()) {
                return List.of(
                        new Problem(
                                Problem.Code.OTHER_FORMAT,
                                other.get(),
                                "target " + target.endpoint(),
                                "run the daemon that wrote it until the migration is done, or begin again with an empty target"));
            }
            if (row.isPresent() && !isOfTheseTables(row.get())) {
                return List.of(new Problem(
                        Problem.Code.OTHER_TABLES,
                        "migration " + config.migration() + " was begun for "
                                + row.get().source() + " and " + row.get().destination(),
                        "target " + target.endpoint(),
                        "give this migration an id of its own"));
            }
            if (row.isEmpty() || BEGINNING.contains(row.get().phase())) {
                // Behind the id gap the flip may be the migration's own; which it is, the phase itself looks at.
                boolean mayHaveFlipped = config.cutover().writesFirst()
                        && row.flatMap(MigrationRecord.Row::gapStart).isPresent();
                return mayHaveFlipped ? List.of() : flags.problemsOfABeginning(journal());
            }
            if (!row.get().phase().streams()) {
                return List.of();
            }
            Optional<StreamPosition.Stored> stored = new StreamPosition(target, state, config.migration()).read();
            if (stored.isEmpty()) {
                return List.of();
            }
            try (Connection connection = source.connect()) {
                return DebeziumChangeFeed.obstacle(
                                Tables.read(config, source, target).feed(),
                                connection,
                                stored.get().position(),
                                stored.get().delivered(),
                                row.get().phase().followsFailover())
                        .map(this::problem)
                        .map(List::of)
                        .orElse(List.of());
            }
        } catch (SQLException failure) {
            return List.of(new Problem(
                    Problem.Code.CHECK_FAILED,
                    "whether the stream can go on could not be checked: " + failure.getMessage(),
                    "source " + source.endpoint(),
                    "try again"));
        }
    }

    private Optional<String> otherFormat(StateSchema state) throws SQLException {
        try (Connection connection = target.connect()) {
            return state.otherFormat(connection);
        }
    }

    private boolean isOfTheseTables(MigrationRecord.Row row) {
        return row.source().equals(Names.of(config.source()))
                && row.destination().equals(Names.of(config.target()));
    }

    private Problem problem(FeedHalt halt) {
        return new Problem(
                Problem.Code.valueOf(
                        halt.reason() == FeedHalt.Reason.POSITION_LOST ? "POSITION_LOST" : "STREAM_CANNOT_RESUME"),
                halt.message(),
                "source " + source.endpoint(),
                halt.reason() == FeedHalt.Reason.POSITION_LOST
                        ? "begin again: empty the target table, delete the rows of migration " + config.migration()
                                + " from schema " + config.target().stateSchema()
                                + ", and keep the source's binlogs longer (binlog_expire_logs_seconds)"
                        : "undo the change, or begin again with an empty target");
    }

    private static Side side(Database database, DaemonConfig.Server server) {
        return new Side(
                database.role(),
                server.host() + ":" + server.port(),
                database::connect,
                server.schema(),
                server.table());
    }
}
