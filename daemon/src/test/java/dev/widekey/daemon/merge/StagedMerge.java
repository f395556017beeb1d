package dev.widekey.daemon.merge;

import dev.widekey.backfill.Crew;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.TargetTable;
import io.github.resilience4j.retry.Retry;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Merge and applier whose every step between threads somebody else directs. */
public final class StagedMerge {
    private StagedMerge() {}

    /** An applier that takes its batches from this queue. */
    public static StreamApplier applier(
            StreamApplier.StreamWriter writer,
            Retry retry,
            Alarm alarm,
            Position start,
            BlockingQueue<ChangeBatch> waiting) {
        return new StreamApplier(writer, retry, alarm, start, start.gtids(), waiting);
    }

    /** A writer that uses this crew for so many keys and more. */
    public static StreamApplier.StreamWriter writer(
            Database target,
            TargetTable table,
            StreamPosition positions,
            Quarantine quarantine,
            Ownership ownership,
            Crew crew,
            int parallelFrom) {
        return new TargetStreamWriter(
                target, table, positions, quarantine, ownership, Optional.empty(), crew, parallelFrom);
    }

    /**
     * A merge.
     *
     * @param step told around each look at the list of windows and each change of it
     */
    public static Merge merge(
            ChunkWriter writer,
            StreamApplier applier,
            SourceActivity activity,
            Alarm alarm,
            Position start,
            Supplier<Lock> locks,
            int mostTombstones,
            Consumer<String> step) {
        return new Merge(writer, applier, activity, alarm, start.gtids(), new Windows(step), locks, mostTombstones);
    }

    private static final class Windows extends CopyOnWriteArrayList<ChunkWindow> {
        private static final long serialVersionUID = 1L;

        private final transient Consumer<String> step;

        Windows(Consumer<String> step) {
            this.step = step;
        }

        @Override
        public boolean add(ChunkWindow window) {
            step.accept("registers");
            boolean added = super.add(window);
            step.accept("is registered");
            return added;
        }

        @Override
        public boolean remove(Object window) {
            step.accept("forgets");
            return super.remove(window);
        }

        @Override
        public Iterator<ChunkWindow> iterator() {
            step.accept("looks at windows");
            Iterator<ChunkWindow> seen = super.iterator();
            step.accept("has looked");
            return seen;
        }
    }
}
