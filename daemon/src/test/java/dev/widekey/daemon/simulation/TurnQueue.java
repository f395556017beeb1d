package dev.widekey.daemon.simulation;

import dev.widekey.cdc.ChangeBatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The applier's queue between actors: putting and taking are steps, and waiting is no matter of time. */
final class TurnQueue extends LinkedBlockingQueue<ChangeBatch> {
    private static final long serialVersionUID = 1L;

    private final transient Schedule schedule;
    private final transient Chance chance;
    private final transient BooleanSupplier over;

    /** @param over whether the taker need not wait any more */
    TurnQueue(Schedule schedule, Chance chance, BooleanSupplier over) {
        this.schedule = schedule;
        this.chance = chance;
        this.over = over;
    }

    @Override
    public boolean add(ChangeBatch batch) {
        schedule.step("queues", batch.changes().size());
        return super.add(batch);
    }

    @Override
    public ChangeBatch poll(long time, TimeUnit unit) {
        schedule.await("a batch", () -> !isEmpty() || over.getAsBoolean());
        return super.poll();
    }

    /** Sometimes another batch comes a moment too late to be written together with the one before. */
    @Override
    public ChangeBatch poll() {
        return chance.percent(50) ? null : super.poll();
    }
}
