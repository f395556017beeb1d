package dev.widekey.daemon.quarantine;

import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.table.TargetTable;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows refused within one transaction. Used by its thread. */
public final class Refusals implements TargetTable.Refused {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    private final Quarantine quarantine;
    private final TreeMap<Long, Refusal> refusals = new TreeMap<>();

    /** None yet. */
    public Refusals(Quarantine quarantine) {
        this.quarantine = quarantine;
    }

    @Override
    public void refused(long key, SQLException why) {
        // What is not known to be about the row would be said of every other row too.
        Refusal refusal = Refusal.of(key, why)
                .orElseThrow(() -> new HaltException(
                        HaltException.Reason.ROW_REJECTED,
                        "the target does not take the row with key " + key + ", and not for its content: "
                                + why.getMessage() + "; start again once the cause is gone",
                        why));
        quarantine.note(refusal);
        refusals.put(key, refusal);
        log.warn("the target refuses the row with key {}", refusal);
    }

    /** Forgets what was said about these keys: the rows are gone. */
    public void forget(Set<Long> keys) {
        refusals.keySet().removeAll(keys);
    }

    /** The keys. */
    public Set<Long> keys() {
        return refusals.keySet();
    }

    /** In the order of their keys. */
    public Collection<Refusal> all() {
        return refusals.values();
    }
}
