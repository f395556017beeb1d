package dev.widekey.daemon;

import dev.widekey.backfill.Throttle;
import dev.widekey.daemon.config.CutoverMode;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.cutover.Cutover;
import dev.widekey.daemon.cutover.Fenced;
import dev.widekey.daemon.cutover.Flips;
import dev.widekey.daemon.cutover.IdGap;
import dev.widekey.daemon.cutover.Parity;
import dev.widekey.daemon.cutover.Pause;
import dev.widekey.daemon.cutover.Rollback;
import dev.widekey.daemon.cutover.Rolling;
import dev.widekey.daemon.cutover.WriteFirst;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.fence.Nudge;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.merge.TargetStreamWriter;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.repair.DifferenceLog;
import dev.widekey.daemon.repair.RepairLog;
import dev.widekey.daemon.repair.Repairs;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.throttle.CopyThrottle;
import dev.widekey.daemon.throttle.Governor;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What the cutover and the way back are made of, built in dependency order: the second part of {@link Daemon}'s wiring.
 *
 * @param before the migration as this process found it
 */
record CutoverWiring(
        DaemonConfig config,
        Database source,
        Database target,
        Database.Owner owner,
        StateSchema state,
        Ownership ownership,
        MigrationRecord record,
        MigrationRecord.Row before,
        Tables tables,
        Retries retries,
        Alarm alarm,
        MeterRegistry metrics) {
    /** How long stragglers may go on writing to the source. */
    private static final Duration STRAGGLERS = Duration.ofHours(1);

    /** How long the source may go on handing out ids while its fence is awaited. */
    private static final Duration AWAITED_FENCE = Duration.ofMinutes(2);

    /** The stream, and what goes on beside it. */
    record Live(
            Stream stream,
            TargetStreamWriter writer,
            SourceActivity activity,
            Parity parity,
            DifferenceLog differences,
            Quarantine quarantine,
            CopyThrottle throttle,
            Governor governor) {}

    /** The reverse stream, and the daemon's schema on the source; empty when there is no way back. */
    Optional<ReverseStream> reverse() throws SQLException {
        boolean returns = config.cutover().returns() || before.phase().returns() || before.phase() == Phase.OPEN_BACK;
        if (returns || config.cutover().mode() == CutoverMode.FENCED) {
            try (Connection connection = source.connect()) {
                ReverseStream.schema(config).create(connection);
            }
        }
        return returns
                ? Optional.of(new ReverseStream(config, tables, owner, ownership, awaited(), alarm, retries, metrics))
                : Optional.empty();
    }

    /** What moves the writes before the first row is copied; empty when they move behind the proof. */
    Optional<WriteFirst> writeFirst(Flips flips, TargetStreamWriter writer) {
        return config.cutover().writesFirst()
                ? Optional.of(new WriteFirst(
                        flips,
                        gap(writer::reserve, WriteFirst.STRAGGLERS),
                        record,
                        retries.untilItPasses("flip"),
                        System::nanoTime))
                : Optional.empty();
    }

    /** All of it. */
    Cutover cutover(
            Flips flips,
            Live live,
            StartOfStream start,
            Optional<ReverseStream> reverse,
            QuarantineGate refused,
            FlipWatch followers,
            Switches switches,
            Pause pause) {
        Fence sourceFence = fence(source, config.source());
        Fence targetFence = fence(target, config.target());
        Rolling rolling = new Rolling(
                flips,
                gap(live.writer()::reserve, STRAGGLERS),
                live.stream(),
                live.parity(),
                live.activity(),
                live.throttle()::lagReason,
                live.activity()::writesPerSecond,
                refused::closed,
                () -> refused.closed().or(followers::pending),
                record,
                retries.untilItPasses("flip"),
                config.cutover().quiet());
        Fenced fenced = new Fenced(
                flips,
                awaited(),
                sourceFence,
                targetFence,
                new Nudge(source, ReverseStream.schema(config), config.migration()),
                live.stream(),
                live.stream()::end,
                live.parity(),
                live.activity(),
                // Approval is asked for before; a rehearsal needs none.
                () -> refused.closed().or(live.throttle()::hold),
                rehearsal(switches.rehearse(), start.owner()),
                live.activity()::writesPerSecond,
                reverse.map(Function.identity()),
                pause,
                retries.untilItPasses("flip"),
                config.cutover().lockWait(),
                config.cutover().maxPause(),
                System::nanoTime);
        Optional<Rollback> rollback =
                reverse.map(back -> rollback(flips, live, start, back, switches, pause, sourceFence, targetFence));
        return new Cutover(config.cutover().mode(), flips, rolling, fenced, rollback, sourceFence, targetFence);
    }

    private Rollback rollback(
            Flips flips,
            Live live,
            StartOfStream start,
            ReverseStream back,
            Switches switches,
            Pause pause,
            Fence sourceFence,
            Fence targetFence) {
        return new Rollback(
                flips,
                sourceFence,
                targetFence,
                new Nudge(target, state, config.migration()),
                back,
                () -> {
                    start.again(record, back.sourceTable(), awaited().nextOnTarget());
                    live.writer().reserveNone();
                },
                new Parity(
                        back.check(live.governor()),
                        live.differences(),
                        key -> live.quarantine().holds(key) || back.holds(key),
                        record,
                        ownership),
                new Repairs(
                        new RepairLog(target, state, config.migration()),
                        back.check(Throttle.NONE),
                        back.stream(),
                        back.quarantine(),
                        ownership,
                        () -> Long.MAX_VALUE,
                        retries.untilItPasses("repair")),
                back.activity(),
                switches.rollback()::isOn,
                switches.rollback()::mayBeOn,
                switches.finish()::isOn,
                pause,
                config.cutover().lockWait(),
                config.cutover().maxPause(),
                System::nanoTime);
    }

    private static Fenced.Rehearsal rehearsal(CachedSwitch wanted, String owner) {
        return new Fenced.Rehearsal() {
            @Override
            public boolean isWanted() {
                return wanted.isOn();
            }

            @Override
            public void over(String outcome) {
                wanted.turnOff(owner, outcome);
            }
        };
    }

    private Fence fence(Database database, DaemonConfig.Server server) {
        return new Fence(
                database,
                target,
                ownership,
                config.migration(),
                server.schema(),
                server.table(),
                retries.untilItPasses("fence"));
    }

    /** Nobody writes to the target before the stream has ended, so no change of the source can meet one of the target's. */
    private IdGap awaited() {
        return gap(id -> {}, AWAITED_FENCE);
    }

    private IdGap gap(LongConsumer guard, Duration longest) {
        return new IdGap(
                source,
                target,
                new IdGap.Side(
                        config.source().schema(),
                        config.source().table(),
                        tables.source().key()),
                new IdGap.Side(
                        config.target().schema(),
                        config.target().table(),
                        tables.source().key()),
                tables.target(),
                record,
                ownership,
                guard,
                config.cutover().idGap(),
                longest);
    }
}
