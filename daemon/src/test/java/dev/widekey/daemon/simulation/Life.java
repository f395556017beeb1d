package dev.widekey.daemon.simulation;

import dev.widekey.backfill.Backfill;
import dev.widekey.backfill.ChunkOrder;
import dev.widekey.backfill.SourceTable;
import dev.widekey.backfill.StagedCopy;
import dev.widekey.backfill.Throttle;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.config.Secret;
import dev.widekey.daemon.config.Tls;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Faults;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.Merge;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.merge.StagedMerge;
import dev.widekey.daemon.merge.StreamApplier;
import dev.widekey.daemon.merge.TargetChunkWriter;
import dev.widekey.daemon.merge.Visibility;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.simulation.Tally.Event;
import dev.widekey.daemon.state.ChunkLog;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.TargetTable;
import io.github.resilience4j.core.IntervalBiFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One process of the daemon, from taking the migration over to the end of the copy, with the phases in the order {@code Migration} has them. Everything
 * it wires is production code; only the wiring is not.
 */
final class Life {
    static final String MIGRATION = "m";

    private static final List<String> COLUMNS = List.of("id", "v");
    private static final SourceTable SOURCE = new SourceTable("s", "t", "id", COLUMNS);
    private static final TargetTable TARGET = new TargetTable("d", "t", "id", COLUMNS);
    private static final StateSchema STATE = new StateSchema("w");
    private static final Endpoint NOWHERE =
            new Endpoint("nowhere", 0, "nobody", new Secret(""), Tls.DISABLED, Optional.empty());
    private static final FeedConfig FEED = new FeedConfig(
            "m",
            "nowhere",
            0,
            "",
            "",
            FeedConfig.Tls.DISABLED,
            Optional.empty(),
            1,
            "s",
            "t",
            "id",
            COLUMNS,
            Duration.ZERO);

    /** What is the same for all processes of a run. */
    record Settings(
            ChunkOrder order, int workers, int chunkRows, int batchRows, int mostTombstones, int parallelFrom) {}

    private final World world;
    private final Schedule schedule;
    private final Chance chance;
    private final Tally tally;
    private final Instance instance;
    private final Settings settings;
    private final Alarm alarm = new Alarm();
    private final Database source;
    private final Database target;
    private final Database.Owner owner;

    Life(World world, Instance instance, Settings settings) {
        this.world = world;
        this.schedule = world.schedule;
        this.chance = world.chance;
        this.tally = world.tally;
        this.instance = instance;
        this.settings = settings;
        this.owner = new Database.Owner(MIGRATION, instance.name());
        Jdbc toSource = new Jdbc(world.sourceServer, instance);
        Jdbc toTarget = new Jdbc(world.targetServer, instance);
        this.source = new Database("source", NOWHERE, owner, toSource.pool(), toSource::connect);
        this.target = new Database("target", NOWHERE, owner, toTarget.pool(), toTarget::connect);
    }

    /** Runs to its end and says how it ended. */
    void run() {
        try (Ownership ownership = Ownership.take(target, STATE, owner, instance.name())) {
            migrate(ownership);
        } catch (Ownership.HeldException held) {
            tally.count(Event.HELD);
            schedule.step("held", "");
        } catch (HaltException halt) {
            halted(halt);
        } catch (SQLException | InterruptedException failure) {
            boolean expected = instance.stopping && failure instanceof InterruptedException
                    || failure instanceof SQLException && Faults.passes(failure);
            if (!expected) {
                throw new IllegalStateException(failure);
            }
            schedule.step("ends", String.valueOf(failure.getMessage()));
        }
    }

    private void halted(HaltException halt) {
        schedule.step("halts", halt.reason().name());
        switch (halt.reason()) {
            case OWNERSHIP_LOST -> {
                if (world.claims.owner() == instance) {
                    throw halt;
                }
                tally.count(Event.WRITES_REFUSED_BY_EPOCH);
            }
            case SOURCE_CHANGED -> {
                if (!world.source.hasFailedOver()) {
                    throw halt;
                }
                tally.count(Event.HALTS);
                world.halted();
            }
            default -> throw halt;
        }
    }

    private void migrate(Ownership ownership) throws SQLException, InterruptedException {
        StreamPosition positions = new StreamPosition(target, STATE, MIGRATION);
        ChunkLog chunks = new ChunkLog(target, STATE, MIGRATION, ownership, retry(this::isWorking));
        Quarantine quarantine = new Quarantine(target, STATE, MIGRATION);
        quarantine.load();
        if (!world.claims.isPrepared()) {
            prepare(ownership, positions);
        }
        StreamPosition.Stored stored = positions.read().orElseThrow();
        Position start = stored.position();
        Visibility visibility = world.source.hasGtids ? Visibility.ofGtids() : Visibility.ofMarkers("w", MIGRATION);
        SourceActivity activity = new SourceActivity(schedule::steps);
        StreamApplier applier = StagedMerge.applier(
                StagedMerge.writer(
                        target,
                        TARGET,
                        positions,
                        quarantine,
                        ownership,
                        new TurnCrew(schedule, instance, chance),
                        settings.parallelFrom()),
                retry(this::isWorking),
                alarm,
                start,
                new TurnQueue(schedule, chance, () -> !isWorking()));
        Merge merge = StagedMerge.merge(
                new TargetChunkWriter(target, TARGET, chunks, quarantine, ownership, visibility, retry(() -> true)),
                applier,
                activity,
                alarm,
                start,
                () -> {
                    schedule.step("window", "");
                    tally.count(Event.CHUNKS_BEGUN);
                    return new TurnLock(schedule, "window");
                },
                settings.mostTombstones(),
                step -> schedule.step(step, ""));
        start("apply", applier);
        start(
                "feed",
                () -> new Feed(world.source, schedule, world.mischief, tally, chance, world.delivered)
                        .run(stored, merge));
        Throttle throttle = stopping -> {
            schedule.step("throttle", "");
            alarm.check();
            return Throttle.Turn.FREE;
        };
        Backfill copy = StagedCopy.of(
                source.pool(),
                SOURCE,
                chunks,
                merge,
                throttle,
                retry(this::isWorking),
                settings.order(),
                settings.chunkRows(),
                settings.workers(),
                new TurnCrew(schedule, instance, chance),
                settings.batchRows());
        instance.onStop = () -> {
            copy.requestStop();
            applier.requestStop();
        };
        if (instance.stopping) {
            instance.onStop.run();
        }
        boolean copied = copy.run();
        alarm.check();
        if (copied) {
            drain(applier);
        }
    }

    private void start(String name, Runnable body) {
        schedule.start(instance, name + "#" + instance.number, chance.of(List.of(1, 2, 4, 8)), body);
    }

    /** Stores the start position, then the phase; a process that dies in between does both again. */
    private void prepare(Ownership ownership, StreamPosition positions) throws SQLException {
        try (Connection connection = source.pool().getConnection();
                OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            Position from = Position.start(connection, FEED);
            positions.write(transaction.connection(), from, from.gtids());
            transaction.commit();
        }
        schedule.step("phase", "BACKFILL");
        if (world.claims.owner() != instance) {
            throw new HaltException(HaltException.Reason.OWNERSHIP_LOST, "the phase cannot be stored");
        }
        world.claims.prepared();
    }

    private void drain(StreamApplier applier) throws SQLException, InterruptedException {
        schedule.await("the application to fall silent", () -> world.application.isSilent() || !isWorking());
        alarm.check();
        if (instance.stopping) {
            return;
        }
        Position end;
        try (Connection connection = source.pool().getConnection()) {
            end = Position.endOfLog(connection);
        }
        while (!applier.await(end, () -> true)) {
            Position seen = applier.position();
            schedule.await("the stream to move", () -> applier.position() != seen || !isWorking());
            if (instance.stopping) {
                return;
            }
        }
        alarm.check();
        world.done(end);
    }

    private boolean isWorking() {
        return !instance.stopping && !alarm.isRaised();
    }

    private Retry retry(java.util.function.BooleanSupplier wanted) {
        Predicate<Throwable> again = failure -> Faults.passes(failure) && wanted.getAsBoolean();
        IntervalBiFunction<Object> atOnce = (attempt, outcome) -> {
            schedule.step("tries again", attempt);
            if (schedule.actor().startsWith("copy")) {
                tally.count(Event.CHUNKS_STARTED_OVER);
            }
            if (outcome.isLeft()
                    && String.valueOf(outcome.getLeft().getMessage()).contains("were deleted")) {
                tally.count(Event.TOMBSTONES_OVERFLOWN);
            }
            return 0L;
        };
        return Retry.of(
                "retry",
                RetryConfig.custom()
                        .maxAttempts(Integer.MAX_VALUE)
                        .intervalBiFunction(atOnce)
                        .retryOnException(again)
                        .build());
    }
}
