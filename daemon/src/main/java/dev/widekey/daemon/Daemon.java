package dev.widekey.daemon;

import dev.widekey.backfill.Backfill;
import dev.widekey.backfill.ChunkSize;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.SourceTable;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.cdc.ChangeFeed;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.debezium.DebeziumChangeFeed;
import dev.widekey.daemon.config.CutoverMode;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Indexes;
import dev.widekey.daemon.cutover.Cutover;
import dev.widekey.daemon.cutover.Flips;
import dev.widekey.daemon.cutover.FullComparison;
import dev.widekey.daemon.cutover.Parity;
import dev.widekey.daemon.cutover.Pause;
import dev.widekey.daemon.cutover.ProvenLog;
import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Faults;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.forecast.Forecasts;
import dev.widekey.daemon.forecast.LogWatch;
import dev.widekey.daemon.hook.HookLog;
import dev.widekey.daemon.hook.Hooks;
import dev.widekey.daemon.index.LateIndexLog;
import dev.widekey.daemon.index.LateIndexes;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.Rereading;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.merge.TargetChunkWriter;
import dev.widekey.daemon.merge.TargetStreamWriter;
import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.migration.Retrace;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.repair.DifferenceLog;
import dev.widekey.daemon.repair.Passes;
import dev.widekey.daemon.repair.RepairLog;
import dev.widekey.daemon.repair.Repairs;
import dev.widekey.daemon.service.Notify;
import dev.widekey.daemon.service.Terminal;
import dev.widekey.daemon.state.ChunkLog;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.SettingTable;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.status.Metrics;
import dev.widekey.daemon.status.Observation;
import dev.widekey.daemon.status.StatusServer;
import dev.widekey.daemon.table.TargetTable;
import dev.widekey.daemon.throttle.ChargedFeed;
import dev.widekey.daemon.throttle.CommitLatency;
import dev.widekey.daemon.throttle.CopyThrottle;
import dev.widekey.daemon.throttle.Governor;
import dev.widekey.daemon.throttle.LiveSettings;
import dev.widekey.daemon.throttle.Settings;
import dev.widekey.daemon.throttle.SignalWatch;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.FlagStoreException;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.Routing;
import dev.widekey.flags.Stage;
import dev.widekey.flags.Switch;
import dev.widekey.flags.WriteGuard;
import dev.widekey.flags.ack.JdbcAcknowledgements;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon of one migration: everything it is made of, built in dependency order, run once and closed.
 *
 * <p>{@link #run} by one thread; {@link #requestStop} by any.
 */
final class Daemon implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);

    private final DaemonConfig config;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Notify notify = new Notify(System.getenv());
    private final Alarm alarm = new Alarm();
    private final Retries retries = new Retries(metrics, this::isOver);
    private final Database source;
    private final Database target;
    private final Database.Owner owner;
    private final FlagStores flagStores;
    private final boolean wait;

    private volatile boolean stopping;
    private volatile @Nullable Migration migration;

    /**
     * Opens nothing yet.
     *
     * @param wait whether to wait for servers that cannot be reached
     */
    Daemon(DaemonConfig config, boolean wait) {
        this.config = config;
        this.wait = wait;
        metrics.config().commonTags("migration", config.migration());
        this.owner = new Database.Owner(config.migration(), UUID.randomUUID().toString());
        int workers = config.workers();
        this.source = Database.source(Endpoint.of(config.source()), owner, workers + 4, metrics);
        this.target = Database.target(
                Endpoint.of(config.target()), owner, workers + 8 + TargetStreamWriter.CONNECTIONS, metrics);
        this.flagStores = new FlagStores(config, this::isOver, owner, metrics);
    }

    /** Checks both servers, takes the migration over, and runs it to its end; returns the process's exit code. */
    int run() throws Exception {
        Admission admission = new Admission(config, source, target, flagStores);
        List<Problem> problems = wait ? admission.problemsOnceReachable(notify, () -> stopping) : admission.problems();
        if (stopping) {
            return ExitCode.OK;
        }
        if (!problems.isEmpty()) {
            throw new Refusals.RefusedException(problems);
        }
        admission.notes().forEach(note -> log.info("{}", note));
        StateSchema state = new StateSchema(config.target().stateSchema());
        MigrationRecord record = new MigrationRecord(target, state, config.migration(), retries.untilItPasses("state"));
        // Whoever is still to be told needs an owner.
        if (isDone(record) && config.hooks().isEmpty()) {
            return nothingToDo();
        }
        CrashPoint.BEFORE_STATE_TABLES.reached();
        try (Connection connection = target.connect()) {
            state.create(connection);
            CrashPoint.AFTER_STATE_TABLES.reached();
            new JdbcFlagStore(target.pool(), state.schema(), config.migration(), WriteGuard.NONE)
                    .createTables(connection);
            new JdbcAcknowledgements(target.pool(), state.schema(), config.migration()).createTable(connection);
        }
        CrashPoint.AFTER_FLAG_TABLES.reached();
        try (Ownership ownership = Ownership.take(target, state, owner, Names.ofThisProcess())) {
            Ownership.endOthers(source, owner);
            try {
                return migrate(state, ownership, record);
            } catch (HaltException halt) {
                log.error("halted: {}: {}", halt.reason(), halt.getMessage());
                remember(halt, record, ownership);
                return ExitCode.HALTED;
            }
        }
    }

    /** Ends {@link #run} at the next safe point. */
    void requestStop() {
        stopping = true;
        notify.stopping();
        Migration running = migration;
        if (running != null) {
            running.requestStop();
        }
    }

    /** Whether this migration, of these two tables, is over: then not even an owner is written down. */
    private boolean isDone(MigrationRecord record) throws SQLException {
        return record.readIfAny()
                .filter(row -> row.phase() == Phase.DONE
                        && row.source().equals(Names.of(config.source()))
                        && row.destination().equals(Names.of(config.target())))
                .isPresent();
    }

    private int nothingToDo() {
        log.info("migration {} is done; nothing to do", config.migration());
        return ExitCode.OK;
    }

    private int migrate(StateSchema state, Ownership ownership, MigrationRecord record) throws Exception {
        record.require(ownership, Names.of(config.source()), Names.of(config.target()));
        MigrationRecord.Row before = record.read().orElseThrow();
        if (before.phase() == Phase.DONE) {
            hooks(state, ownership, () -> true).close();
            return nothingToDo();
        }

        Tables tables = Tables.read(config, source, target);
        SourceTable sourceTable = tables.source();
        TargetTable targetTable = tables.target();

        FlagStore flags = flagStores.over(
                new JdbcFlagStore(target.pool(), state.schema(), config.migration(), connection -> {
                    ownership.check(connection);
                    CrashPoint.INSIDE_FLAG.reached();
                }),
                () -> {
                    try (Connection connection = target.pool().getConnection()) {
                        ownership.check(connection);
                    }
                });
        Routing routing = new Routing(
                flags,
                FlagStores.name(config.flags().write()),
                FlagStores.name(config.flags().read()));
        say(new Switch(flags, Switch.FENCED, false), before.phase(), Flips.OWNER + ownership.epoch());
        boolean writesFirst = config.cutover().writesFirst() && !record.hasReturned();
        RoutingWatch.requireExpected(writesFirst, before.phase(), routing);
        FlipWatch followers =
                new FlipWatch(new JdbcAcknowledgements(target.pool(), state.schema(), config.migration()), routing);
        Switches switches = new Switches(flags);

        Quarantine quarantine = new Quarantine(target, state, config.migration());
        quarantine.load();
        EntryLog entries = new EntryLog(target, state, config.migration());
        StreamPosition positions = new StreamPosition(target, state, config.migration());
        ChunkLog chunks = new ChunkLog(target, state, config.migration(), ownership, retries.untilItPasses("plan"));
        SourceActivity activity = new SourceActivity(System::nanoTime);
        TargetStreamWriter streamWriter = new TargetStreamWriter(
                target,
                targetTable,
                positions,
                quarantine,
                ownership,
                new Rereading(source, sourceTable, tables.visibility()));
        if (writesMayBeMoved(routing)) {
            before.gapStart().ifPresent(streamWriter::reserve);
        }
        try (Connection connection = source.pool().getConnection()) {
            tables.visibility().prepare(connection);
            if (before.halt().filter(TargetStreamWriter.FORGIVEN::contains).isPresent()) {
                // Whoever starts a halted migration has dealt with what it halted on.
                streamWriter.forgive(Position.endOfLog(connection));
            }
        }
        TargetChunkWriter chunkWriter = new TargetChunkWriter(
                target,
                targetTable,
                chunks,
                quarantine,
                ownership,
                tables.visibility(),
                retries.untilItIsKnown("resolve"),
                streamWriter::firstReserved);

        Settings file = Settings.of(config);
        Governor governor = new Governor(file, System::nanoTime);
        LiveSettings settings = new LiveSettings(new SettingTable(target, state, config.migration()), file, governor);
        settings.refresh();
        CommitLatency commits = new CommitLatency(System::nanoTime);

        FeedConfig feed = tables.feed();
        Function<BooleanSupplier, ChangeFeed> feeds =
                follows -> new ChargedFeed(new DebeziumChangeFeed(feed, follows), governor);
        Stream stream = new Stream(
                source,
                feeds,
                streamWriter,
                chunkWriter,
                activity,
                alarm,
                retries.untilItPasses("apply"),
                retries.untilItPasses("mark"));
        LogWatch binlog = new LogWatch(
                source,
                stream::position,
                () -> stream.status().flatMap(FeedStatus::lag),
                config.cutover().maxLag(),
                System::nanoTime);
        Forecasts forecasts = new Forecasts(
                source, config.source().schema(), config.source().table(), sourceTable.key(), binlog, System::nanoTime);
        CopyThrottle throttle = new CopyThrottle(
                stream::status,
                switches.pause()::isOn,
                forecasts::hold,
                config.cutover().maxLag(),
                governor,
                alarm);
        ParityCheck check = tables.check(
                config, source, target, stream, governor, retries.untilItPasses("compare"), config.workers());
        DifferenceLog differences = new DifferenceLog(target, state, config.migration());
        Parity parity = new Parity(
                check,
                differences,
                quarantine::holds,
                record,
                ownership,
                () -> writesFirst ? below(streamWriter.firstReserved()) : KeyRange.ALL);
        FullComparison comparison = new FullComparison(
                parity,
                new ProvenLog(target, state, config.migration(), ownership, retries.untilItPasses("proven")),
                new Retrace(feeds),
                activity,
                stream::isOn,
                tables.comparison(),
                ownership.epoch(),
                System::nanoTime);
        Rounds rounds = new Rounds(
                turns -> tables.check(config, source, target, stream, turns, retries.untilItPasses("compare"), 1),
                throttle,
                activity,
                parity,
                System::nanoTime);
        Repairs repairs = new Repairs(
                new RepairLog(target, state, config.migration()),
                check,
                stream,
                quarantine,
                ownership,
                streamWriter::firstReserved,
                retries.untilItPasses("repair"));
        Passes passes = new Passes(quarantine, stream, retries.untilItPasses("quarantine"));
        QuarantineGate refused = new QuarantineGate(quarantine, entries, passes, System::nanoTime);
        Approval approval = new Approval(config, flags);
        LateIndexes indexes = new LateIndexes(
                target,
                ownership,
                config.target().schema(),
                config.target().table(),
                new LateIndexLog(target, state, config.migration(), ownership),
                config.backfill().indexes() == Indexes.LATE,
                retries.untilItPasses("index"));
        CutoverWiring moves = new CutoverWiring(
                config, source, target, owner, state, ownership, record, before, tables, retries, alarm, metrics);
        Flips flips = new Flips(routing, Flips.OWNER + ownership.epoch(), retries.untilItPasses("flip"));
        Optional<ReverseStream> reverse = moves.reverse();
        StartOfStream start = new StartOfStream(
                config,
                flags,
                flips,
                source,
                target,
                feed,
                positions,
                ownership,
                indexes,
                moves.writeFirst(writesFirst, flips, streamWriter, reverse));
        Pause held = new Pause(System::nanoTime);
        Cutover cutover = moves.cutover(
                flips,
                new CutoverWiring.Live(
                        stream, streamWriter, activity, parity, differences, quarantine, throttle, governor),
                start,
                reverse,
                refused,
                followers,
                switches,
                held);
        Migration life = new Migration(
                ownership,
                record,
                start,
                stream,
                windows -> new Backfill(
                        source.pool(),
                        sourceTable,
                        chunks,
                        windows,
                        throttle,
                        retries.untilItPasses("copy"),
                        config.backfill().order(),
                        ChunkSize.upTo(config.backfill().chunkRows()),
                        config.workers()),
                indexes,
                repairs,
                passes,
                comparison,
                rounds,
                throttle,
                () -> refused.closed().or(() -> moves.gapShortage(activity)).or(approval::closed),
                cutover,
                alarm);
        migration = life;
        followers.follow(life::phase);
        if (stopping) {
            life.requestStop();
        }
        QuarantineWatch quarantined = new QuarantineWatch(quarantine, entries);
        Supplier<Stream> streams = () -> reverse.filter(back -> life.phase().returns())
                .map(ReverseStream::stream)
                .orElse(stream);
        Observation observation = new Observation(
                config.migration(),
                ownership.epoch(),
                life,
                streams,
                throttle,
                parity,
                rounds,
                quarantined::counts,
                forecasts::last,
                followers::last,
                flagStores::waitsFor,
                alarm,
                System::nanoTime);
        RunwayWatch runway = new RunwayWatch(reverse, life::phase, System::nanoTime);
        try (stream;
                Closer back = () -> reverse.ifPresent(ReverseStream::close);
                Metrics meters = new Metrics(metrics, observation, life, streams, governor, held, runway::left);
                Forecasts watching = forecasts.start();
                StatusServer http = serve(observation);
                Terminal terminal = new Terminal(Terminal.isInteractive(System.getenv()));
                SignalWatch signals = new SignalWatch(
                        config, source.endpoint(), target.endpoint(), sourceTable.key(), commits, governor);
                Pulse pulse = new Pulse(
                        observation,
                        new Lease(ownership, commits, alarm),
                        switches.all(),
                        settings,
                        new RoutingWatch(routing, start::movesWrites, life::phase, alarm),
                        followers,
                        runway,
                        new TargetWatch(target, tables.targetDefinition(), alarm),
                        quarantined,
                        notify,
                        terminal);
                Hooks hooks = hooks(state, ownership, () -> life.phase() == Phase.DONE)) {
            notify.ready();
            return outcome(life);
        }
    }

    private Hooks hooks(StateSchema state, Ownership ownership, BooleanSupplier done) {
        HookLog ledger = new HookLog(target, state, config.migration(), ownership, retries.untilItPasses("hooks"));
        return Hooks.start(config.hooks(), ledger, retries, this::isOver, done, metrics);
    }

    /** Tells the application's clients, before the first flip, how they are going to be moved. */
    private void say(Switch fenced, Phase phase, String who) {
        if (phase.compareTo(Phase.READY) > 0 && phase != Phase.OPEN_BACK) {
            return;
        }
        if (config.cutover().mode() == CutoverMode.FENCED) {
            fenced.turnOn(who, "cutover.mode: fenced");
        } else if (fenced.isOn()) {
            fenced.turnOff(who, "cutover.mode: rolling");
        }
    }

    /** What is closed with the rest. */
    private interface Closer extends AutoCloseable {
        @Override
        void close();
    }

    private StatusServer serve(Observation observation) throws IOException {
        DaemonConfig.Listen listen = config.http().listen();
        try {
            return new StatusServer(
                    new InetSocketAddress(listen.host(), listen.port()),
                    metrics,
                    observation::last,
                    () -> !alarm.isRaised());
        } catch (BindException taken) {
            throw new Refusals.RefusedException(List.of(new Problem(
                    Problem.Code.HTTP_ADDRESS,
                    "the address cannot be listened on: " + taken.getMessage(),
                    "http.listen " + listen,
                    "free it, or name another address or port 0 in the configuration")));
        }
    }

    private int outcome(Migration life) throws SQLException, InterruptedException {
        try {
            if (life.run()) {
                log.info("migration {} is done", config.migration());
            } else {
                log.info("stopped migration {} in phase {}", config.migration(), life.phase());
            }
            return ExitCode.OK;
        } catch (InterruptedException | SQLException failure) {
            // Whatever was interrupted or lost its server while stopping is taken up again by the next start.
            alarm.check();
            if (stopping && (failure instanceof InterruptedException || Faults.passes(failure))) {
                log.info("stopped migration {} in phase {}", config.migration(), life.phase());
                return ExitCode.OK;
            }
            throw failure;
        }
    }

    private void remember(HaltException halt, MigrationRecord record, Ownership ownership) {
        if (halt.reason() == HaltException.Reason.OWNERSHIP_LOST) {
            return;
        }
        try {
            CrashPoint.BEFORE_HALT.reached();
            record.halt(ownership, halt);
            CrashPoint.AFTER_HALT.reached();
        } catch (SQLException | HaltException failure) {
            log.warn("the reason could not be stored: {}", failure.getMessage());
        }
    }

    /** Before the write flag is flipped every id is the source's, whatever gap an earlier attempt reserved. */
    private static boolean writesMayBeMoved(Routing routing) {
        try {
            return !routing.pair().stage().equals(Optional.of(Stage.BEFORE));
        } catch (FlagStoreException unknown) {
            log.warn("the writes may have been moved: {}", unknown.getMessage());
            return true;
        }
    }

    /** The keys that are the source's. */
    private static KeyRange below(long firstReserved) {
        return firstReserved == Long.MAX_VALUE ? KeyRange.ALL : new KeyRange(null, firstReserved - 1);
    }

    private boolean isOver() {
        return stopping || alarm.isRaised();
    }

    @Override
    public void close() {
        flagStores.close();
        source.close();
        target.close();
    }
}
