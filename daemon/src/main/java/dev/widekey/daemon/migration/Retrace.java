package dev.widekey.daemon.migration;

import dev.widekey.backfill.KeyRange;
import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeFeed;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.cutover.FullComparison;
import dev.widekey.daemon.state.StreamPosition;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stretch of the source's log a second time, for the keys in it, and applies nothing. It uses the stream's place in the source's list of readers, so
 * the stream must not run. Used by one thread at a time.
 */
public final class Retrace implements FullComparison.ChangedKeys {
    private static final long LOOK_AGAIN_NANOS = 50_000_000L;

    /** More keys than this and comparing everything is the better check. */
    private static final int MOST_KEYS = 500_000;

    private final Function<BooleanSupplier, ChangeFeed> feeds;

    /**
     * Wires it.
     *
     * @param feeds makes the feed, which may follow another server if it is told so
     */
    public Retrace(Function<BooleanSupplier, ChangeFeed> feeds) {
        this.feeds = feeds;
    }

    @Override
    public Optional<Found> between(
            StreamPosition.Stored from, Position to, KeyRange scope, long mostChanges, BooleanSupplier stopping)
            throws InterruptedException {
        if (from.position().covers(to)) {
            return Optional.of(new Found(Set.of(), Optional.empty()));
        }
        Collected collected = new Collected(to, scope, mostChanges);
        try (ChangeFeed feed = feeds.apply(() -> false)) {
            feed.start(from.position(), from.delivered(), collected);
            while (!collected.isOver()) {
                if (stopping.getAsBoolean()) {
                    return Optional.empty();
                }
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException("stop asked for");
                }
            }
        }
        return Optional.of(collected.found());
    }

    /** The keys so far; what comes behind the end is passed over. */
    private static final class Collected implements ChangeListener {
        private final Position to;
        private final KeyRange scope;
        private final long mostChanges;
        private final Set<Long> keys = new HashSet<>();
        private long changes;
        private boolean ended;
        private @Nullable String failure;

        Collected(Position to, KeyRange scope, long mostChanges) {
            this.to = to;
            this.scope = scope;
            this.mostChanges = mostChanges;
        }

        @Override
        public synchronized void onBatch(ChangeBatch batch) {
            if (isOver()) {
                return;
            }
            for (Change change : batch.changes()) {
                if (scope.contains(change.key())) {
                    keys.add(change.key());
                }
            }
            changes += batch.changes().size();
            if (changes > mostChanges || keys.size() > MOST_KEYS) {
                failure = "more has changed since than was compared, or than is worth comparing again";
            }
            ended = batch.resume().covers(to);
        }

        @Override
        public synchronized void onHalt(FeedHalt halt) {
            if (!isOver()) {
                failure = "the log since then cannot be read: " + halt.message();
            }
        }

        synchronized boolean isOver() {
            return ended || failure != null;
        }

        synchronized Found found() {
            return new Found(keys, Optional.ofNullable(failure));
        }
    }
}
