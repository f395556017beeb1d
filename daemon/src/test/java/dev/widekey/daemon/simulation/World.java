package dev.widekey.daemon.simulation;

import dev.widekey.backfill.ChunkOrder;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.simulation.Schedule.Happening;
import dev.widekey.daemon.simulation.Tally.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;

/** One run: two servers, an application, what goes wrong, and the processes of the daemon one after the other. Everything follows from the seed. */
final class World {
    private static final int MOST_STEPS = 60_000;
    private static final int MOST_STARTS = 200;

    final Chance chance;
    final Trace trace;
    final Tally tally = new Tally();
    final Schedule schedule;
    final Mischief mischief;
    final Source source;
    final Target target = new Target();
    final Claims claims;
    final SourceServer sourceServer;
    final TargetServer targetServer;
    final Application application;
    /** The changes that were delivered to any process. */
    final Set<Long> delivered = new HashSet<>();

    private final Life.Settings settings;
    private final List<Instance> instances = new ArrayList<>();
    private boolean concluded;

    World(long seed, ActorThreads threads, boolean aloud) {
        chance = new Chance(seed);
        trace = new Trace(aloud);
        schedule = new Schedule(chance, trace, threads, MOST_STEPS);
        mischief = new Mischief(chance, tally, schedule);
        boolean hasGtids = chance.percent(75);
        source = new Source(hasGtids, !hasGtids || chance.percent(40));
        claims = new Claims(source, target, schedule, tally);
        sourceServer = new SourceServer(source, schedule, mischief, tally, chance);
        targetServer = new TargetServer(target, claims, schedule, mischief, tally, chance);
        application = new Application(source, claims, schedule, tally, chance);
        settings = new Life.Settings(
                chance.of(List.of(ChunkOrder.values())),
                chance.between(1, 3),
                chance.between(1, 3),
                chance.of(List.of(1, 2, 500)),
                chance.of(List.of(0, 1, 2, 200_000, 200_000)),
                chance.of(List.of(1, 2, 1_000, 1_000)));
        application.fill();
        schedule.note("world", settings + (hasGtids ? ", GTIDs" : "") + (source.isOrdered ? ", ordered" : ""));
        populate();
    }

    private void populate() {
        int visibility = chance.of(List.of(4, 16, 64, 256));
        schedule.add(application);
        schedule.add(targetServer);
        happens(() -> source.hasHidden() ? visibility : 0, this::becomeVisible);
        happens(() -> mayStart() ? Schedule.WHOLE : 0, () -> start(new Instance(instances.size() + 1)));
        happens(() -> working() == null ? 0 : mischief.weight(Kind.CRASH), this::crash);
        happens(() -> working() == null ? 0 : mischief.weight(Kind.PAUSE), this::pause);
        happens(() -> working() == null ? 0 : mischief.weight(Kind.STOP), this::stop);
        happens(() -> working() == null ? 0 : mischief.weight(Kind.SECOND_START), this::startSecond);
        happens(() -> paused() == null ? 0 : 4, () -> {
            Instance awake = paused();
            schedule.note("wakes up", awake.name());
            awake.paused = false;
        });
        happens(
                () -> claims.isPrepared() && !concluded && !source.hasFailedOver()
                        ? mischief.weight(Kind.FAIL_OVER)
                        : 0,
                this::failOver);
        happens(() -> isSettled() ? 1 : 0, schedule::end);
    }

    private void happens(IntSupplier weight, Runnable what) {
        schedule.add(new Happening() {
            @Override
            public int weight() {
                return weight.getAsInt();
            }

            @Override
            public void happen() {
                what.run();
            }
        });
    }

    /** Runs it to the end; empty when everything held. */
    String run() {
        schedule.run();
        tally.count(Event.STEPS, schedule.steps());
        tally.count(Event.RESTARTS, instances.size() - 1L);
        if (schedule.violation().isEmpty() && !source.hasFailedOver()) {
            claims.checkSame();
        }
        return schedule.violation();
    }

    void done(Position end) {
        schedule.step("done", end.toString());
        claims.checkDone(end);
        concluded = true;
    }

    void halted() {
        concluded = true;
    }

    private void becomeVisible() {
        List<Source.Commit> hidden = source.hidden();
        Source.Commit commit = source.isOrdered ? hidden.get(0) : chance.of(hidden);
        schedule.note("visible", commit.gtid.toString());
        source.show(commit);
    }

    private boolean mayStart() {
        return !concluded && working() == null && instances.size() < MOST_STARTS;
    }

    private void start(Instance instance) {
        instances.add(instance);
        schedule.note("starts", instance.name());
        schedule.start(instance, "main#" + instance.number, chance.of(List.of(1, 2, 4)), () -> {
            try {
                new Life(this, instance, settings).run();
            } finally {
                leave(instance);
            }
        });
    }

    private void startSecond() {
        mischief.strike(Kind.SECOND_START);
        start(new Instance(instances.size() + 1));
    }

    private void leave(Instance instance) {
        if (!instance.dead) {
            instance.dead = true;
            targetServer.leftBy(instance);
        }
    }

    private Instance working() {
        for (Instance instance : instances) {
            if (!instance.dead && !instance.paused) {
                return instance;
            }
        }
        return null;
    }

    private Instance paused() {
        for (Instance instance : instances) {
            if (instance.paused && !instance.dead) {
                return instance;
            }
        }
        return null;
    }

    private void crash() {
        mischief.strike(Kind.CRASH);
        leave(working());
    }

    private void pause() {
        mischief.strike(Kind.PAUSE);
        working().paused = true;
    }

    private void stop() {
        mischief.strike(Kind.STOP);
        Instance instance = working();
        instance.stopping = true;
        instance.onStop.run();
    }

    private void failOver() {
        mischief.strike(Kind.FAIL_OVER);
        source.failOver(chance.below(4));
        sourceServer.cut();
    }

    /** Nobody is left who could still do anything. */
    private boolean isSettled() {
        return concluded && working() == null && paused() == null && targetServer.weight() == 0;
    }
}
