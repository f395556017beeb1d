package dev.widekey.sandbox.fault;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The faults that are wanted, one for each link, and how many have happened. Thread-safe. */
final class FaultPlan {
    private static final long SLOWNESS_MILLIS = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Link, LinkFault> wanted = new EnumMap<>(Link.class);
    private final Set<Link> counted = EnumSet.noneOf(Link.class);
    private long injected;
    private boolean closed;

    void inject(LinkFault fault, Link link) {
        if (!fault.suits(link)) {
            throw new IllegalArgumentException(fault + " cannot happen on " + link);
        }
        lock.lock();
        try {
            wanted.put(link, fault);
            counted.remove(link);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void heal() {
        lock.lock();
        try {
            wanted.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            wanted.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long injected() {
        lock.lock();
        try {
            return injected;
        } finally {
            lock.unlock();
        }
    }

    /** True when the fault is wanted here and now. One that happens once is used up by the answer. */
    boolean strikes(LinkFault fault, Link link) {
        lock.lock();
        try {
            if (wanted.get(link) != fault) {
                return false;
            }
            if (!fault.isLasting()) {
                wanted.remove(link);
                injected++;
            } else if (counted.add(link)) {
                injected++;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a kilobyte pass: at once, later, or not before the black hole is gone. */
    void pass(Link link) throws InterruptedException {
        lock.lock();
        try {
            if (strikes(LinkFault.SLOW, link)) {
                long left = TimeUnit.MILLISECONDS.toNanos(SLOWNESS_MILLIS);
                while (left > 0 && wanted.get(link) == LinkFault.SLOW) {
                    left = changed.awaitNanos(left);
                }
            }
            while (!closed && strikes(LinkFault.BLACK_HOLE, link)) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }
}
