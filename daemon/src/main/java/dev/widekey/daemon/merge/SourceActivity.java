package dev.widekey.daemon.merge;

import dev.widekey.cdc.Change;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What the application still does on the source, as the stream shows it: when it last wrote a row, and which keys changed since somebody began to
 * watch. Thread-safe.
 *
 * <p>Deletes do not count as writing: an application that already writes to the target deletes a module's rows on both sides.
 */
public final class SourceActivity {
    /** More changed keys than this and comparing everything is the better check. */
    private static final int WATCHED_KEYS = 1_000_000;

    private static final int RECENT_KEYS = 5_000;

    private final LongSupplier nanoTime;
    private final long began;
    private long lastWrite;
    private long writes;

    /** Nobody has taken them yet; when they are too many, those that changed longest ago are left out. */
    private final Set<Long> recent = new LinkedHashSet<>();

    private Optional<Set<Long>> watched = Optional.empty();

    /** Nothing is known yet, so the quiet begins now at the earliest. */
    public SourceActivity(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.lastWrite = began;
    }

    synchronized void saw(Change change) {
        if (!change.isDelete()) {
            lastWrite = nanoTime.getAsLong();
            writes++;
        }
        recent.remove(change.key());
        recent.add(change.key());
        if (recent.size() > RECENT_KEYS) {
            recent.remove(recent.iterator().next());
        }
        if (watched.isPresent()) {
            Set<Long> keys = watched.get();
            keys.add(change.key());
            if (keys.size() > WATCHED_KEYS) {
                watched = Optional.empty();
            }
        }
    }

    /** The quiet begins anew, whatever came before: silence from before the flip says nothing about who still writes after it. */
    public synchronized void beginQuiet() {
        lastWrite = nanoTime.getAsLong();
    }

    /** Nanoseconds since the last insert or update was delivered, since the quiet began anew, or since this process began. */
    public synchronized long quietNanos() {
        return nanoTime.getAsLong() - lastWrite;
    }

    /** Inserts and updates delivered to this process. */
    public synchronized long writes() {
        return writes;
    }

    /** The rate of inserts and updates delivered to this process; empty while it is too young to tell. */
    public synchronized OptionalDouble writesPerSecond() {
        double seconds = (nanoTime.getAsLong() - began) / 1e9;
        return seconds < 1 ? OptionalDouble.empty() : OptionalDouble.of(writes / seconds);
    }

    /** Begins to collect the keys of all changes delivered from now on, forgetting earlier ones. */
    public synchronized void watch() {
        watched = Optional.of(new HashSet<>());
    }

    /** Like {@link #watch()}, beginning with keys of which somebody else knows that they changed. */
    public synchronized void watch(Set<Long> keys) {
        watched = Optional.of(new HashSet<>(keys));
    }

    /** The keys changed since {@link #watch}, as {@link #changed}, which are forgotten at the same moment; watching goes on. */
    public synchronized Optional<Set<Long>> takeChanged() {
        Optional<Set<Long>> taken = watched;
        watched = Optional.of(new HashSet<>());
        return taken;
    }

    /** How many keys changed since {@link #watch}; none when they are not known. */
    public synchronized int changedCount() {
        return watched.map(Set::size).orElse(0);
    }

    /** Takes the keys that changed last, as many as are asked for at most; each is given once for all its changes until then. */
    public synchronized Set<Long> takeRecent(int most) {
        Set<Long> taken = new HashSet<>();
        for (Iterator<Long> keys = recent.iterator(); keys.hasNext() && taken.size() < most; ) {
            taken.add(keys.next());
            keys.remove();
        }
        return taken;
    }

    /** The keys changed since {@link #watch}; empty when nobody watched or when they were too many to keep. */
    public synchronized Optional<Set<Long>> changed() {
        return watched.map(HashSet::new);
    }
}
