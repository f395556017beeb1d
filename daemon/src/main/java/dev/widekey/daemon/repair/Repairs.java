package dev.widekey.daemon.repair;

import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.Ownership;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes rows equal that somebody has asked to repair: each is read from the source and written to the target in its turn among the changes of the
 * stream, so a repair is as safe under live writes as the stream itself (the model's {@code Repair}). While writes are on the source the source is
 * right; ids the application owns on the target are left alone.
 *
 * <p>A crash leaves keys open, which are then repaired again: repairing twice changes nothing. Used by the migration's thread.
 */
public final class Repairs {
    private static final Logger log = LoggerFactory.getLogger(Repairs.class);
    private static final int AT_ONCE = 500;

    private final RepairLog asked;
    private final ParityCheck check;
    private final Touching stream;
    private final Quarantine quarantine;
    private final Ownership ownership;
    private final LongSupplier firstOwned;
    private final Retry retry;

    /**
     * Wires it.
     *
     * @param firstOwned the first id the application owns on the target
     * @param retry for reads and writes of the log that fail for a passing reason
     */
    public Repairs(
            RepairLog asked,
            ParityCheck check,
            Touching stream,
            Quarantine quarantine,
            Ownership ownership,
            LongSupplier firstOwned,
            Retry retry) {
        this.asked = asked;
        this.check = check;
        this.stream = stream;
        this.quarantine = quarantine;
        this.ownership = ownership;
        this.firstOwned = firstOwned;
        this.retry = retry;
    }

    /** Whether any key is open. */
    public boolean areAsked() throws SQLException {
        return !passing(() -> asked.open(1)).isEmpty();
    }

    /** What has to be done before the first row is repaired. */
    public interface Before {
        /** Does it; may be done again. */
        void repair() throws SQLException;
    }

    /**
     * Repairs until no key is open.
     *
     * @param before called when there is a key to repair
     * @return whether none is open; false when a stop was asked for
     */
    public boolean run(Before before, BooleanSupplier stopping) throws SQLException, InterruptedException {
        while (!stopping.getAsBoolean()) {
            List<Long> keys = passing(() -> asked.open(AT_ONCE));
            if (keys.isEmpty()) {
                return true;
            }
            before.repair();
            Map<Long, Outcome> outcomes = new HashMap<>();
            List<Long> open = new ArrayList<>();
            for (Long key : keys) {
                if (key >= firstOwned.getAsLong()) {
                    outcomes.put(key, Outcome.OWNED);
                } else {
                    open.add(key);
                }
            }
            Set<Long> unequal = check.unequal(open);
            open.forEach(key -> outcomes.put(key, unequal.contains(key) ? Outcome.REPAIRED : Outcome.EQUAL));
            if (!stream.touch(unequal, stopping)) {
                return false;
            }
            CrashPoint.AFTER_REPAIR.reached();
            for (Long key : stillDifferent(unequal, stopping)) {
                outcomes.put(key, quarantine.holds(key) ? Outcome.QUARANTINED : Outcome.DIFFERENT);
            }
            passing(() -> {
                asked.done(ownership, outcomes);
                return true;
            });
            log.info("{} keys to repair: {} differed", keys.size(), unequal.size());
        }
        return false;
    }

    private Set<Long> stillDifferent(Set<Long> keys, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Set<Long> different = new HashSet<>();
        List<Long> all = List.copyOf(keys);
        // A comparison names no more differences than this.
        for (int from = 0; from < all.size(); from += ParityCheck.DIFFERENCES_NAMED) {
            List<Long> some = all.subList(from, Math.min(all.size(), from + ParityCheck.DIFFERENCES_NAMED));
            for (Difference difference : check.compareKeys(some, stopping)) {
                different.add(difference.key());
            }
        }
        return different;
    }

    private <T> T passing(Callable<T> work) throws SQLException {
        return Retries.call(retry, "the keys to repair cannot be read or written", work);
    }
}
