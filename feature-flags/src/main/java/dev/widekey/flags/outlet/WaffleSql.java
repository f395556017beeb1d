package dev.widekey.flags.outlet;

import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flags of django-waffle, changed by SQL behind its back. Waffle keeps values in Django's cache and does not see such a change
 * until the entry expires, so a write returns only after the cache's time-out. That nobody uses the old value then is assumed, not
 * seen: prefer {@link WaffleCommand}. Thread-safe.
 */
public final class WaffleSql implements Outlet {

    private static final Logger LOG = LoggerFactory.getLogger(WaffleSql.class);
    private static final long LOOK_AGAIN_NANOS = 100_000_000L;

    private final WaffleTable table;
    private final Duration cacheTime;
    private final BooleanSupplier isOver;
    private final LongSupplier nanoTime;

    /**
     * Writes into one table.
     *
     * @param cacheTime the longest time for which a process of the application may use an old value
     * @param isOver whether waiting is to be given up
     */
    public WaffleSql(WaffleTable table, Duration cacheTime, BooleanSupplier isOver, LongSupplier nanoTime) {
        this.table = table;
        this.cacheTime = cacheTime;
        this.isOver = isOver;
        this.nanoTime = nanoTime;
    }

    /** What the table says, which a process may not have noticed yet. */
    @Override
    public Map<String, Boolean> read(Set<String> names) throws OutletException {
        return table.read(names);
    }

    @Override
    public void write(String name, boolean value) throws OutletException {
        if (!table.write(name, value)) {
            return;
        }
        LOG.info("Flag {} is {} in {}; waiting {} s for caches to expire", name, value, table, cacheTime.toSeconds());
        long end = nanoTime.getAsLong() + cacheTime.toNanos();
        for (long left = cacheTime.toNanos(); left > 0; left = end - nanoTime.getAsLong()) {
            if (isOver.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                throw new OutletException(
                        Kind.WAITING,
                        "flag " + name + " is " + value + " in " + table + ", and caches may hold the old value for "
                                + Duration.ofNanos(left).toSeconds() + " s yet");
            }
            LockSupport.parkNanos(this, Math.min(left, LOOK_AGAIN_NANOS));
        }
    }

    @Override
    public void check(Set<String> names) throws OutletException {
        read(names);
        table.requireWritable();
    }

    @Override
    public String toString() {
        return "the waffle table " + table;
    }
}
