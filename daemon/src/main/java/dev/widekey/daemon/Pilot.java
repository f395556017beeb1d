package dev.widekey.daemon;

import dev.widekey.backfill.ChunkSize;
import dev.widekey.backfill.SampleCopy;
import dev.widekey.backfill.SampleCopy.Copied;
import dev.widekey.backfill.SampleRange;
import dev.widekey.backfill.SourceTable;
import dev.widekey.backfill.parity.Findings;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Indexes;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.forecast.Retention;
import dev.widekey.daemon.forecast.WrittenLog;
import dev.widekey.daemon.index.IndexPlan;
import dev.widekey.daemon.pilot.PilotReport;
import dev.widekey.daemon.pilot.ScratchTable;
import dev.widekey.daemon.pilot.TableSize;
import dev.widekey.daemon.preflight.PilotChecks;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.preflight.Side;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.table.SecondaryIndex;
import dev.widekey.daemon.throttle.Governor;
import dev.widekey.daemon.throttle.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Copies a sample of the source's rows into a scratch table, with the readers, statements, sizes and workers of the copy, compares it as the daemon compares, and
 * drops the table again. Neither the target's table nor the migration's state is touched. Used by one thread, once.
 */
final class Pilot {
    /** Old and new rows differ in size, and so do the ranges; each is large enough to be timed. */
    private static final int RANGES = 10;

    /** So much of the sample is copied before anything is timed: what a process compiles it pays for once. */
    private static final int WARM_UP_SHARE = 10;

    private final DaemonConfig config;
    private final Database source;
    private final Database target;
    private final Retries retries = new Retries(new SimpleMeterRegistry(), () -> false);
    private final Governor governor;
    private final int workers;

    Pilot(DaemonConfig config, Database source, Database target) {
        this.config = config;
        this.source = source;
        this.target = target;
        this.workers = config.workers();
        // The pace begins low and rises slowly, so that a sample would be over before it says anything.
        this.governor = new Governor(
                new Settings(
                        Pacing.OFF,
                        config.throttle().rowsPerSecond(),
                        config.throttle().bytesPerSecond(),
                        workers,
                        workers),
                System::nanoTime);
    }

    /** Why there can be no pilot now, once the migration itself may begin. */
    List<Problem> problems() throws SQLException {
        StateSchema state = new StateSchema(config.target().stateSchema());
        Optional<Phase> phase = new MigrationRecord(target, state, config.migration(), retries.briefly("state"))
                .readIfAny()
                .map(MigrationRecord.Row::phase);
        if (phase.filter(now -> now != Phase.IDLE).isPresent()) {
            return List.of(new Problem(
                    Problem.Code.MIGRATION_BEGUN,
                    "migration " + config.migration() + " has begun and is in " + phase.orElseThrow()
                            + "; a pilot is for the time before",
                    "target " + target.endpoint(),
                    "leave --pilot out; widekey status shows how far the migration is"));
        }
        return PilotChecks.run(
                new Side(
                        target.role(),
                        config.target().host() + ":" + config.target().port(),
                        target::connect,
                        config.target().schema(),
                        config.target().table()),
                state.schema(),
                ScratchTable.nameFor(config.migration()));
    }

    /**
     * Runs it.
     *
     * @param rows wanted in the sample
     * @return the report, line by line
     * @throws Refusals.RefusedException when another pilot runs
     */
    List<String> run(long rows) throws SQLException, InterruptedException {
        DaemonConfig.Target to = config.target();
        Optional<ScratchTable> made =
                ScratchTable.create(target, to.stateSchema(), config.migration(), to.schema(), to.table());
        try (ScratchTable scratch = made.orElseThrow(this::anotherRuns)) {
            List<String> lines = new ArrayList<>(measure(scratch, rows).lines());
            if (scratch.refused() > 0) {
                lines.add("the target refuses " + scratch.refused()
                        + " rows of the sample; the copy puts such rows in quarantine");
            }
            return lines;
        }
    }

    private Refusals.RefusedException anotherRuns() {
        return new Refusals.RefusedException(List.of(new Problem(
                Problem.Code.PILOT_RUNNING,
                "another pilot of migration " + config.migration() + " runs",
                "target " + target.endpoint(),
                "wait for its end")));
    }

    private PilotReport measure(ScratchTable scratch, long rows) throws SQLException, InterruptedException {
        DaemonConfig piloted = onto(scratch);
        Tables tables = Tables.read(piloted, source, target);
        List<SampleRange> ranges = SampleRange.of(source.pool(), tables.source(), RANGES, rows);
        List<SecondaryIndex> late = late();
        SampleCopy copy = copy(scratch, tables);
        if (!ranges.isEmpty()) {
            scratch.drop(late);
            copy.run(List.of(ranges.get(0).upperHalf(rows / WARM_UP_SHARE)));
            scratch.renew();
        }
        scratch.drop(late);
        WrittenLog before = log();
        List<Copied> copied = copy.run(ranges);
        Duration building = scratch.build(late);
        WrittenLog after = log();
        OptionalLong written = after.since(before);
        TableSize size = scratch.size();
        Findings.First findings = Findings.first(ParityCheck.DIFFERENCES_NAMED);
        List<Duration> compared = compare(piloted, tables, copied, findings);
        try (Connection connection = source.connect()) {
            return new PilotReport(
                    config.target().stateSchema() + "." + scratch.table(),
                    workers,
                    budget(),
                    copied,
                    compared,
                    findings.differences().size(),
                    TableSize.read(
                            connection,
                            config.source().schema(),
                            config.source().table()),
                    size,
                    late.size(),
                    building,
                    written,
                    after.unknown().isEmpty() ? "a file of it was purged meanwhile" : after.unknown(),
                    Retention.read(connection),
                    config.cutover().maxLag());
        }
    }

    private SampleCopy copy(ScratchTable scratch, Tables tables) {
        SourceTable from = tables.source();
        return new SampleCopy(
                source.pool(),
                from,
                chunk -> scratch.open(chunk, tables.target()),
                governor,
                retries.briefly("copy"),
                ChunkSize.upTo(config.backfill().chunkRows()),
                workers);
    }

    /** One range after the other, as they were copied; what the application changes meanwhile is found too. */
    private List<Duration> compare(DaemonConfig piloted, Tables tables, List<Copied> copied, Findings findings)
            throws SQLException, InterruptedException {
        ParityCheck check =
                tables.check(piloted, source, target, () -> {}, governor, retries.briefly("compare"), workers);
        List<Duration> compared = new ArrayList<>();
        for (Copied range : copied) {
            long begun = System.nanoTime();
            check.compare(range.range().rangeUpTo(range.upTo()), findings, () -> false);
            compared.add(Duration.ofNanos(System.nanoTime() - begun));
        }
        return compared;
    }

    private List<SecondaryIndex> late() throws SQLException {
        if (config.backfill().indexes() == Indexes.KEEP) {
            return List.of();
        }
        try (Connection connection = target.connect()) {
            return IndexPlan.read(
                            connection,
                            config.target().schema(),
                            config.target().table())
                    .late();
        }
    }

    private WrittenLog log() throws SQLException {
        try (Connection connection = target.connect()) {
            return WrittenLog.read(connection);
        }
    }

    private String budget() {
        List<String> limits = new ArrayList<>();
        Rate perSecond = config.throttle().rowsPerSecond();
        if (!perSecond.isOff()) {
            limits.add(perSecond.asRows() + " rows/s");
        }
        Rate bytes = config.throttle().bytesPerSecond();
        if (!bytes.isOff()) {
            limits.add(bytes.asBytes() + "/s");
        }
        return String.join(" and ", limits);
    }

    /** The configuration of a migration whose target is the scratch table: from here on everything is as it would be. */
    private DaemonConfig onto(ScratchTable scratch) {
        DaemonConfig.Target to = config.target();
        return new DaemonConfig(
                config.migration(),
                config.source(),
                new DaemonConfig.Target(
                        to.host(),
                        to.port(),
                        to.user(),
                        to.password(),
                        to.tls(),
                        to.truststore(),
                        to.stateSchema(),
                        scratch.table(),
                        to.stateSchema()),
                config.start(),
                config.flags(),
                config.backfill(),
                config.cutover(),
                config.stream(),
                config.throttle(),
                config.http(),
                config.audit(),
                config.hooks());
    }
}
