package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.StreamPosition;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The comparison of every row, which may take hours, so it goes on where it was when a process is stopped or killed: behind the proven prefix, if
 * nothing has happened that voids it. What the stream changed in the prefix since the comparison began is read from the source's log and compared again,
 * so a comparison in several parts proves as much as one that was never interrupted.
 *
 * <p>Used by the migration's thread.
 */
public final class FullPass {
    private static final Logger log = LoggerFactory.getLogger(FullPass.class);
    private static final long STORED_EVERY_NANOS = 2_000_000_000L;

    private final Parity parity;
    private final ProvenLog stored;
    private final ChangedKeys changes;
    private final SourceActivity activity;
    private final Predicate<String> isOn;
    private final String comparison;
    private final long epoch;
    private final LongSupplier nanoTime;

    private @Nullable ProvenPrefix taken;

    /** The keys that were changed between two places of the source's log. A port. */
    public interface ChangedKeys {

        /**
         * Reads the log once more.
         *
         * @param scope the keys of interest
         * @param mostChanges how many changes to read before giving up
         * @return what it found; empty when a stop was asked for
         */
        Optional<Found> between(
                StreamPosition.Stored from, Position to, KeyRange scope, long mostChanges, BooleanSupplier stopping)
                throws InterruptedException;

        /**
         * What was found.
         *
         * @param keys each once
         * @param failure why they are not all of them; empty when they are
         */
        record Found(Set<Long> keys, Optional<String> failure) {}
    }

    /**
     * Wires it.
     *
     * @param isOn whether the stream is on the server with this UUID
     * @param comparison what is compared, and how, in a few bytes
     */
    public FullPass(
            Parity parity,
            ProvenLog stored,
            ChangedKeys changes,
            SourceActivity activity,
            Predicate<String> isOn,
            String comparison,
            long epoch,
            LongSupplier nanoTime) {
        this.parity = parity;
        this.stored = stored;
        this.changes = changes;
        this.activity = activity;
        this.isOn = isOn;
        this.comparison = comparison;
        this.epoch = epoch;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes up what an earlier process has proven. Called before the stream starts, since from then on it is the stream that shows what changes.
     *
     * @param stream where the stream will start
     */
    public void resume(StreamPosition.Stored stream, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Optional<ProvenPrefix> read = stored.read();
        if (read.isEmpty()) {
            return;
        }
        ProvenPrefix proven = read.get();
        Optional<String> voided = voided(proven, stream.position());
        if (voided.isPresent()) {
            forget(voided.get());
            return;
        }
        log.info(
                "reading the log since the comparison began, for the keys that have changed up to key {}",
                proven.upTo());
        Optional<ChangedKeys.Found> found = changes.between(
                proven.began(), stream.position(), new KeyRange(null, proven.upTo()), proven.rows(), stopping);
        if (found.isEmpty()) {
            return;
        }
        if (found.get().failure().isPresent()) {
            forget(found.get().failure().get());
            return;
        }
        Set<Long> keys = found.get().keys();
        activity.watch(keys);
        taken = proven;
        log.info(
                "the comparison goes on behind key {}: {} rows were equal in epoch {}, of which {} have changed since",
                proven.upTo(),
                proven.rows(),
                proven.epoch(),
                keys.size());
    }

    private Optional<String> voided(ProvenPrefix proven, Position stream) {
        if (!proven.comparison().equals(comparison)) {
            return Optional.of("another version of the daemon, or of the tables, was compared");
        }
        if (!proven.server().equals(stream.serverUuid())) {
            return Optional.of("it was compared with another server");
        }
        return stream.covers(proven.began().position())
                ? Optional.empty()
                : Optional.of("the stream is not as far as it was");
    }

    /** From now on the stream shows which keys change; what was taken up is watched already. */
    public void watch() {
        if (taken == null) {
            activity.watch();
        }
    }

    /** Whether what was taken up, if anything, can still be used. Forgets it when not: the comparison has to begin anew, from {@link #watch} on. */
    public boolean holds(String server) throws SQLException {
        if (taken != null && !taken.server().equals(server)) {
            forget("another server has taken the source's place");
            return false;
        }
        if (taken != null && activity.changed().isEmpty()) {
            forget("too many keys have changed");
            return false;
        }
        return true;
    }

    /**
     * Compares every row, behind what was taken up.
     *
     * @param stream the stored position of the stream
     * @param end up to which the stream is known to be applied
     * @return what was proven, in words; empty when a stop was asked for
     * @throws HaltException when rows differ, or when there was nothing to compare
     */
    public Optional<String> prove(StreamPosition.Stored stream, Position end, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        ProvenPrefix from = taken;
        Optional<Parity.Earlier> earlier = from == null
                ? Optional.empty()
                : Optional.of(new Parity.Earlier(from.upTo(), from.rows(), from.epoch(), changedUpTo(from.upTo())));
        Recorder recorder = new Recorder(from == null ? stream : from.began(), from == null ? 0 : from.rows());
        try {
            Optional<String> proof = parity.prove(earlier, recorder, end, stopping);
            if (proof.isEmpty()) {
                recorder.end();
            }
            return proof;
        } catch (InterruptedException stop) {
            recorder.end();
            throw stop;
        } catch (HaltException halt) {
            try {
                forget("the migration halts");
            } catch (SQLException failure) {
                halt.addSuppressed(failure);
            }
            throw halt;
        }
    }

    private Collection<Long> changedUpTo(long upTo) {
        Set<Long> keys = activity.changed().orElseThrow();
        keys.removeIf(key -> key > upTo);
        return keys;
    }

    /** The comparison has ended and was acted on: it is not gone on with. */
    public void end() throws SQLException {
        taken = null;
        stored.forget();
    }

    /** What was proven is void, or of no use any more: the next comparison begins with the first row. */
    public void forget(String why) throws SQLException {
        taken = null;
        if (stored.forget()) {
            log.info("the next comparison begins with the first row: {}", why);
        }
    }

    /** Stores how far the comparison is, at most every few seconds. For one comparison; called by one thread at a time. */
    private final class Recorder implements Parity.Progress {
        private final StreamPosition.Stored began;
        private final long before;
        private long storedAt = nanoTime.getAsLong();
        private @Nullable ProvenPrefix open;

        Recorder(StreamPosition.Stored began, long before) {
            this.began = began;
            this.before = before;
        }

        @Override
        public void equalUpTo(long key, long rows) throws SQLException {
            open = new ProvenPrefix(key, before + rows, began, comparison, epoch);
            if (nanoTime.getAsLong() - storedAt >= STORED_EVERY_NANOS) {
                write();
                storedAt = nanoTime.getAsLong();
            }
        }

        /** The comparison is stopped: what is left to store is stored now. */
        void end() {
            try {
                write();
            } catch (SQLException failure) {
                log.info("the next process begins a little earlier: {}", failure.getMessage());
            }
        }

        private void write() throws SQLException {
            ProvenPrefix now = open;
            // What another server's rows showed says nothing of this one's.
            if (now != null && isOn.test(now.server())) {
                stored.write(now);
                open = null;
            }
        }
    }
}
