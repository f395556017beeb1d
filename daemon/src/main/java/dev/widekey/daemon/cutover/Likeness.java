package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.merge.SourceActivity;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process knows of how the source, which follows the target through the reverse stream, compares with it: that both were equal once, and every
 * key that changed since. Used by the migration's thread.
 */
public final class Likeness {
    private static final Logger log = LoggerFactory.getLogger(Likeness.class);

    private final Reverse reverse;
    private final Parity parity;
    private final SourceActivity activity;

    /** Whether every row was compared after the cutover. */
    private boolean compared;

    /** Whether both tables were equal once, and every key that changed since is known. */
    private boolean known;

    /**
     * Wires it; nothing is known.
     *
     * @param parity compares the source with the target, which is right
     * @param activity what the application does on the target, as the reverse stream shows it
     */
    public Likeness(Reverse reverse, Parity parity, SourceActivity activity) {
        this.reverse = reverse;
        this.parity = parity;
        this.activity = activity;
    }

    /** The reverse stream has written nothing: the tables are equal but for what it will show from now on. */
    void begins() {
        activity.watch();
        known = true;
        compared = false;
    }

    /** Nothing is known any more. */
    void forget() {
        known = false;
        compared = false;
    }

    boolean isCompared() {
        return compared;
    }

    boolean isKnown() {
        return known;
    }

    /** Keys that changed since the last comparison. */
    int changed() {
        return activity.changedCount();
    }

    /** Compares every row in the range: the source stands still but for what the reverse stream writes. */
    void compareAll(KeyRange scope, BooleanSupplier giveUp) throws SQLException, InterruptedException {
        if (!known) {
            activity.watch();
        }
        Optional<Position> end = reverse.drain(giveUp);
        Optional<String> equal = end.isEmpty() ? Optional.empty() : parity.prove(scope, end.get(), giveUp);
        if (equal.isPresent()) {
            log.info("after the cutover: {}", equal.get());
            compared = true;
            known = true;
        }
    }

    /** Compares what changed in the range since, so that little is left for the moment in which nobody can write. Returns whether it is known. */
    boolean proveMost(KeyRange scope, BooleanSupplier stopping) throws SQLException, InterruptedException {
        Optional<Set<Long>> changed = activity.takeChanged();
        Optional<Position> end = reverse.drain(stopping);
        known = known && changed.isPresent() && end.isPresent();
        if (known) {
            prove(changed.get(), scope, end.get(), stopping);
        } else {
            compared = false;
        }
        return known;
    }

    /** Compares the rest once nobody can write and the reverse stream is at that end. Returns whether it is known. */
    boolean proveRest(KeyRange scope, Position end, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Optional<Set<Long>> changed = activity.changed();
        known = known && changed.isPresent();
        if (known) {
            prove(changed.get(), scope, end, stopping);
        }
        return known;
    }

    private void prove(Set<Long> keys, KeyRange scope, Position position, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        keys.removeIf(key -> !scope.contains(key));
        parity.prove(keys, position, stopping);
    }
}
