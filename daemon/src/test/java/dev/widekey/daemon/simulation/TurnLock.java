package dev.widekey.daemon.simulation;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** A lock between actors. Taking it and giving it back are steps. */
final class TurnLock implements Lock {
    private final Schedule schedule;
    private final String name;
    private boolean held;

    TurnLock(Schedule schedule, String name) {
        this.schedule = schedule;
        this.name = name;
    }

    @Override
    public void lock() {
        schedule.step("lock", name);
        if (held) {
            schedule.await(name, () -> !held);
        }
        held = true;
    }

    @Override
    public void unlock() {
        held = false;
        if (!schedule.isVanished()) {
            schedule.step("unlock", name);
        }
    }

    @Override
    public void lockInterruptibly() {
        lock();
    }

    @Override
    public boolean tryLock() {
        schedule.step("try", name);
        boolean free = !held;
        held = true;
        return free;
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
        return tryLock();
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException();
    }
}
