package dev.widekey.backfill.parity;

import dev.widekey.backfill.KeyRange;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a comparison has come without leaving anything out. Its ranges touch and begin in ascending order, but several workers end them in any order.
 * Holds one entry for each stretch behind a range that is not ended, so no more than there are workers. Thread-safe.
 */
final class EqualPrefix {
    private final Map<Long, Stretch> byAbove = new HashMap<>();
    private final Map<Long, Stretch> byUpTo = new HashMap<>();
    private Stretch prefix;

    /** Some ranges that touch; the bounds are those of a {@link KeyRange}. */
    private record Stretch(@Nullable Long above, @Nullable Long upTo, long rows) {

        Stretch join(Stretch next) {
            return new Stretch(above, next.upTo, rows + next.rows);
        }
    }

    /**
     * A key, and how much lies in front of it.
     *
     * @param upTo every key in scope up to this one was compared and is equal
     * @param rows so many
     */
    record Reached(long upTo, long rows) {}

    /** Nothing is compared yet. */
    EqualPrefix(KeyRange scope) {
        prefix = new Stretch(scope.above(), scope.above(), 0);
    }

    /**
     * Takes in a range that was compared to its end and is equal.
     *
     * @return how far the comparison has come, if that is further than before and not the open end
     */
    synchronized Optional<Reached> ended(KeyRange range, long rows) {
        Stretch now = new Stretch(range.above(), range.upTo(), rows);
        if (now.upTo != null) {
            Stretch after = byAbove.remove(now.upTo);
            if (after != null) {
                byUpTo.remove(after.upTo);
                now = now.join(after);
            }
        }
        if (Objects.equals(now.above, prefix.upTo)) {
            prefix = prefix.join(now);
            return Optional.ofNullable(prefix.upTo).map(upTo -> new Reached(upTo, prefix.rows));
        }
        Stretch before = byUpTo.remove(now.above);
        if (before != null) {
            byAbove.remove(before.above);
            now = before.join(now);
        }
        byAbove.put(Objects.requireNonNull(now.above), now);
        if (now.upTo != null) {
            byUpTo.put(now.upTo, now);
        }
        return Optional.empty();
    }

    /** Stretches that wait for a range before them. */
    synchronized int waiting() {
        return byAbove.size();
    }
}
