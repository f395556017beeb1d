package dev.widekey.daemon.repair;

import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.quarantine.Quarantine;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries the rows in quarantine again, all of them, pass by pass: what was refused for a reason that has gone is written. Two passes in a row that leave
 * the same rows refused for the same reasons show that trying is of no use any more; until then, or until there were many passes, it goes on.
 *
 * <p>Accepted rows are tried too: another server in the source's place may hold them otherwise. Used by the migration's thread; {@link
 * #isStuck} by any.
 */
public final class Passes {
    private static final Logger log = LoggerFactory.getLogger(Passes.class);
    private static final int AT_ONCE = 500;
    private static final int MOST = 10;

    private final Quarantine quarantine;
    private final Touching stream;
    private final Retry retry;
    private volatile boolean stuck;

    /**
     * Wires it.
     *
     * @param retry for reads of the entries that fail for a passing reason
     */
    public Passes(Quarantine quarantine, Touching stream, Retry retry) {
        this.quarantine = quarantine;
        this.stream = stream;
        this.retry = retry;
    }

    /** Whether the passes ended because they changed nothing any more. */
    public boolean isStuck() {
        return stuck;
    }

    /**
     * Tries until nothing is in quarantine, or trying changes nothing.
     *
     * @param before called when there is a row to try
     * @return false when a stop was asked for
     */
    public boolean run(Repairs.Before before, BooleanSupplier stopping) throws SQLException, InterruptedException {
        stuck = false;
        SortedMap<Long, String> held = entries();
        if (!held.isEmpty()) {
            before.repair();
        }
        for (int pass = 1; !held.isEmpty() && pass <= MOST; pass++) {
            List<Long> keys = List.copyOf(held.keySet());
            for (int from = 0; from < keys.size(); from += AT_ONCE) {
                if (!stream.touch(keys.subList(from, Math.min(keys.size(), from + AT_ONCE)), stopping)) {
                    return false;
                }
            }
            SortedMap<Long, String> after = entries();
            log.info(
                    "pass {} over the quarantine: {} rows were tried, {} are in it now",
                    pass,
                    keys.size(),
                    after.size());
            if (after.equals(held)) {
                stuck = true;
                log.warn("not converging: two passes in a row left the same {} rows in quarantine", after.size());
                return true;
            }
            held = after;
        }
        return !stopping.getAsBoolean();
    }

    private SortedMap<Long, String> entries() throws SQLException {
        return Retries.call(retry, "the quarantine cannot be read", quarantine::fingerprints);
    }
}
