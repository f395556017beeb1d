package dev.widekey.daemon.forecast;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How fast ids are taken, on average since the first look. Counted from the ids themselves: an update takes none, and an insert that was rolled back did.
 *
 * <p>Confined to one thread.
 */
final class IdRate {
    /** Of fewer ids nobody can tell a rate. */
    static final int FEWEST = 10;

    private @Nullable IdSpace first;
    private long since;
    private double taken;
    private double seconds;

    /** Takes in a look. */
    void look(IdSpace now, long nanos) {
        IdSpace begun = first;
        if (begun == null || begun.step() != now.step() || now.takenSince(begun) < taken) {
            // Somebody set the counter back, or this is another server: what was measured before is of no use.
            first = now;
            since = nanos;
            taken = 0;
            seconds = 0;
            return;
        }
        taken = now.takenSince(begun);
        seconds = (nanos - since) / 1e9;
    }

    /** Ids a second; empty while fewer than {@link #FEWEST} were taken, so that a quiet moment does not look like eternity. */
    OptionalDouble perSecond() {
        return taken < FEWEST || seconds <= 0 ? OptionalDouble.empty() : OptionalDouble.of(taken / seconds);
    }

    /** For how many seconds it was measured. */
    double measured() {
        return seconds;
    }
}
