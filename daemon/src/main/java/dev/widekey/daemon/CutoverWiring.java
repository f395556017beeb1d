package dev.widekey.daemon;

import dev.widekey.backfill.Throttle;
import dev.widekey.daemon.config.CutoverMode;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.cutover.Attempts;
import dev.widekey.daemon.cutover.Cutover;
import dev.widekey.daemon.cutover.Fenced;
import dev.widekey.daemon.cutover.Flips;
import dev.widekey.daemon.cutover.GapSize;
import dev.widekey.daemon.cutover.IdGap;
import dev.widekey.daemon.cutover.Likeness;
import dev.widekey.daemon.cutover.Parity;
import dev.widekey.daemon.cutover.Pause;
import dev.widekey.daemon.cutover.Rollback;
import dev.widekey.daemon.cutover.Rolling;
import dev.widekey.daemon.cutover.RollingBack;
import dev.widekey.daemon.cutover.Seal;
import dev.widekey.daemon.cutover.WriteFirst;
import dev.widekey.daemon.cutover.WrongSide;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.fence.Nudge;
import dev.widekey.daemon.fence.TripWire;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.merge.TargetStreamWriter;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.repair.DifferenceLog;
import dev.widekey.daemon.repair.RepairLog;
import dev.widekey.daemon.repair.Repairs;
import dev.widekey.daemon.state.HaltException;
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
        boolean returns = config.cutover().rollback() || before.phase().returns() || before.phase() == Phase.OPEN_BACK;
        if (returns || config.cutover().mode() == CutoverMode.FENCED) {
            try (Connection connection = source.connect()) {
                ReverseStream.schema(config).create(connection);
            }
        }
        return returns
                ? Optional.of(new ReverseStream(config, tables, owner, ownership, awaited(), alarm, retries, metrics))
                : Optional.empty();
    }

    /** Why the id gap is too narrow for the writes to move; empty when it is not. */
    Optional<String> gapShortage(SourceActivity activity) {
        return gapSize(config.cutover().mode() == CutoverMode.ROLLING ? STRAGGLERS : AWAITED_FENCE)
                .shortage(activity.writesPerSecond());
    }

    /** What moves the writes before the first row is copied; empty when they move behind the proof. */
    Optional<WriteFirst> writeFirst(
            boolean writesFirst, Flips flips, TargetStreamWriter writer, Optional<ReverseStream> reverse) {
        return writesFirst
                ? Optional.of(new WriteFirst(
                        flips,
                        gap(writer::reserve, WriteFirst.STRAGGLERS),
                        reverse.map(Function.identity()),
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
            Pause pause)
            throws SQLException {
        forgiveWrongSides(reverse);
        Fence sourceFence = fence(source, config.source());
        Fence targetFence = fence(target, config.target());
        Rolling rolling = new Rolling(
                flips,
                gap(live.writer()::reserve, STRAGGLERS),
                live.stream(),
                live.parity(),
                live.activity(),
                targetFence,
                live.throttle()::lagReason,
                live.activity()::writesPerSecond,
                () -> refused.closed().or(() -> gapShortage(live.activity())),
                () -> refused.closed().or(followers::pending),
                reverse.map(back -> sealing(live, back, sourceFence)),
                record,
                retries.untilItPasses("flip"),
                config.cutover().quiet());
        Fenced fenced = new Fenced(
                flips,
                awaited(),
                sourceFence,
                targetFence,
                nudgeOfSource(),
                live.stream(),
                live.stream()::end,
                live.parity(),
                live.activity(),
                // Approval is asked for before; a rehearsal needs none.
                () -> refused.closed().or(() -> gapShortage(live.activity())).or(live.throttle()::hold),
                rehearsal(switches.rehearse(), start.owner()),
                live.activity()::writesPerSecond,
                reverse.map(Function.identity()),
                pause,
                retries.untilItPasses("flip"),
                config.cutover().lockWait(),
                config.cutover().maxPause(),
                System::nanoTime);
        Optional<Rollback> rollback = Optional.empty();
        Optional<RollingBack> rollingBack = Optional.empty();
        if (reverse.isPresent()) {
            ReverseStream back = reverse.get();
            Likeness likeness = new Likeness(back, parityBack(live, back), back.activity());
            RollingBack rolls =
                    rollingBack(flips, live, start, back, likeness, followers, switches, sourceFence, targetFence);
            Rollback.Back begins = config.cutover().mode() == CutoverMode.FENCED
                    ? new Rollback.Back(Phase.FENCE_BACK, Optional::empty)
                    : new Rollback.Back(Phase.RETURN_READS, rolls::closed);
            rollback = Optional.of(
                    rollback(flips, live, start, back, likeness, begins, switches, pause, sourceFence, targetFence));
            rollingBack = Optional.of(rolls);
        }
        return new Cutover(
                config.cutover().mode(), flips, rolling, fenced, rollback, rollingBack, sourceFence, targetFence);
    }

    /** Whoever starts a halted migration has dealt with what it halted on. */
    private void forgiveWrongSides(Optional<ReverseStream> reverse) throws SQLException {
        if (reverse.isPresent()
                && before.halt()
                        .filter(HaltException.Reason.WRONG_SIDE.name()::equals)
                        .isPresent()) {
            wire(target, config.target(), state).forget();
            wire(source, config.source(), ReverseStream.schema(config)).forget();
        }
    }

    private Nudge nudgeOfSource() {
        return new Nudge(source, ReverseStream.schema(config), config.migration());
    }

    private Nudge nudgeOfTarget() {
        return new Nudge(target, state, config.migration());
    }

    private Rolling.Sealing sealing(Live live, ReverseStream back, Fence sourceFence) {
        return new Rolling.Sealing(
                back,
                new WrongSide(wire(target, config.target(), state), "target", "source"),
                seal("source", sourceFence, nudgeOfSource(), live.stream()),
                live.stream()::end,
                new Attempts(System::nanoTime));
    }

    private Seal seal(String side, Fence fence, Nudge nudge, Cutover.Drain stream) {
        return new Seal(
                side,
                fence,
                nudge,
                stream,
                config.cutover().lockWait(),
                config.cutover().maxPause(),
                System::nanoTime);
    }

    private TripWire wire(Database database, DaemonConfig.Server server, StateSchema notes) {
        return new TripWire(
                database,
                config.migration(),
                server.schema(),
                server.table(),
                tables.source().key(),
                notes,
                retries.untilItPasses("fence"));
    }

    private Parity parityBack(Live live, ReverseStream back) {
        return new Parity(
                back.check(live.governor()),
                live.differences(),
                key -> live.quarantine().holds(key) || back.holds(key),
                record,
                ownership);
    }

    private RollingBack rollingBack(
            Flips flips,
            Live live,
            StartOfStream start,
            ReverseStream back,
            Likeness likeness,
            FlipWatch followers,
            Switches switches,
            Fence sourceFence,
            Fence targetFence) {
        return new RollingBack(
                flips,
                new IdGap(
                        /* source= */ target,
                        /* target= */ source,
                        side("target", config.target()),
                        side("source", config.source()),
                        back.sourceTable(),
                        record,
                        ownership,
                        back::reserve,
                        gapSize(STRAGGLERS),
                        back.lastId()),
                back,
                new RollingBack.Forward() {
                    @Override
                    public void store() throws SQLException {
                        start.restart();
                    }

                    @Override
                    public void free() {
                        live.writer().reserveNone();
                        start.returned();
                    }
                },
                likeness,
                back.activity(),
                new WrongSide(wire(source, config.source(), ReverseStream.schema(config)), "source", "target"),
                seal("source", sourceFence, nudgeOfSource(), live.stream()),
                seal("target", targetFence, nudgeOfTarget(), back),
                switches.returning(start.owner(), retries.untilItPasses("flip")),
                switches.rollback()::mayBeOn,
                followers::pending,
                record,
                retries.untilItPasses("flip"),
                config.cutover().quiet(),
                System::nanoTime);
    }

    private Rollback rollback(
            Flips flips,
            Live live,
            StartOfStream start,
            ReverseStream back,
            Likeness likeness,
            Rollback.Back begins,
            Switches switches,
            Pause pause,
            Fence sourceFence,
            Fence targetFence) {
        return new Rollback(
                flips,
                sourceFence,
                targetFence,
                nudgeOfTarget(),
                back,
                () -> {
                    start.again(record, back.sourceTable(), awaited().nextOnTarget());
                    live.writer().reserveNone();
                },
                likeness,
                new Repairs(
                        new RepairLog(target, state, config.migration()),
                        back.check(Throttle.NONE),
                        back.stream(),
                        back.quarantine(),
                        ownership,
                        () -> Long.MAX_VALUE,
                        retries.untilItPasses("repair")),
                begins,
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
                side("source", config.source()),
                side("target", config.target()),
                tables.target(),
                record,
                ownership,
                guard,
                gapSize(longest),
                Long.MAX_VALUE);
    }

    private GapSize gapSize(Duration longest) {
        return new GapSize(config.cutover().idGap(), config.cutover().idGapFixed(), longest);
    }

    private IdGap.Side side(String role, DaemonConfig.Server server) {
        return new IdGap.Side(
                role, server.schema(), server.table(), tables.source().key());
    }
}
