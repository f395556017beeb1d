package dev.widekey.daemon.merge;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Faults;
import dev.widekey.daemon.state.HaltException;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the stream to the target: batches in stream order, several at once where they wait, together with the position they lead to.
 *
 * <p>Within a transaction only the last image of a key is written; the target has no secondary unique key, so the order among different keys
 * does not matter. The position is always the end of a source transaction: what lies behind it is delivered again after a crash, and applying it
 * again leads to the same rows. For the same reason a transaction whose COMMIT was not answered is simply applied again: until the first one
 * has ended on the server, the second waits for its locks.
 *
 * <p>A touched row is read from the source instead, at a moment at which everything delivered is readable there: see {@link Rereading}.
 *
 * <p>{@link #run} by one thread; the rest is thread-safe.
 */
public final class StreamApplier implements Runnable {
    private static final long LOOK_AGAIN_MILLIS = 25;
    private static final Logger log = LoggerFactory.getLogger(StreamApplier.class);

    private static final int KIB_WAITING = 32 << 10;
    private static final int CHANGES_AT_ONCE = 10_000;
    private static final long BYTES_AT_ONCE = 16L << 20;

    private final StreamWriter writer;
    private final Retry retry;
    private final Alarm alarm;
    private final BlockingQueue<ChangeBatch> waiting;
    private final Semaphore room = new Semaphore(KIB_WAITING);
    private final AtomicLong applied = new AtomicLong();

    /** Keeps what is queued in the order of the positions it leads to. */
    private final Lock queueing = new ReentrantLock();

    private long queued;
    private Position lastResume;
    private Gtids lastDelivered;

    private final Object moved = new Object();
    private Position position;
    private volatile boolean stopping;

    /**
     * Wires the applier.
     *
     * @param start the stored position the stream resumes from
     * @param delivered what was delivered before, as it is stored
     */
    public StreamApplier(StreamWriter writer, Retry retry, Alarm alarm, Position start, Gtids delivered) {
        this(writer, retry, alarm, start, delivered, new LinkedBlockingQueue<>());
    }

    /** An applier whose queue decides how long it waits. */
    StreamApplier(
            StreamWriter writer,
            Retry retry,
            Alarm alarm,
            Position start,
            Gtids delivered,
            BlockingQueue<ChangeBatch> waiting) {
        this.writer = writer;
        this.retry = retry;
        this.alarm = alarm;
        this.position = start;
        this.lastResume = start;
        this.lastDelivered = delivered;
        this.waiting = waiting;
    }

    /** Queues a batch; blocks while too many wait, which is what slows the stream down. */
    void take(ChangeBatch batch) throws InterruptedException {
        queueing.lockInterruptibly();
        try {
            if (queue(batch)) {
                lastResume = batch.resume();
                lastDelivered = batch.delivered();
            }
        } finally {
            queueing.unlock();
        }
    }

    /**
     * Queues a touch of each of these keys behind everything queued so far; the touches are in no log, and so leave the position alone.
     *
     * @return what to give to {@link #awaitApplied}
     * @throws InterruptedException also when a stop was asked for: nothing is queued any more
     */
    public long touch(Collection<Long> keys) throws InterruptedException {
        queueing.lockInterruptibly();
        try {
            if (!queue(new ChangeBatch(keys.stream().map(Change::touch).toList(), lastResume, lastDelivered, 0))) {
                throw new InterruptedException("stop asked for");
            }
            return queued;
        } finally {
            queueing.unlock();
        }
    }

    /** Returns whether it is queued; it is not when a stop was asked for. */
    private boolean queue(ChangeBatch batch) throws InterruptedException {
        while (!stopping) {
            alarm.check();
            if (room.tryAcquire(weight(batch), 200, TimeUnit.MILLISECONDS)) {
                waiting.add(batch);
                queued += batch.changes().size();
                return true;
            }
        }
        return false;
    }

    /** Applies batches until a stop is asked for or an alarm is raised. */
    @Override
    public void run() {
        try {
            while (!stopping && !alarm.isRaised()) {
                ChangeBatch first = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (first != null) {
                    apply(gather(first));
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (HaltException halt) {
            alarm.raise(halt);
        } catch (Exception | Error failure) {
            if (!stopping) {
                alarm.raise(named(failure));
            }
        }
    }

    private static HaltException named(Throwable failure) {
        if (failure instanceof SQLException sql && Faults.isAboutTable(sql)) {
            return HaltException.ofTable(sql);
        }
        if (failure instanceof SQLException sql && Faults.isRefusal(sql)) {
            return HaltException.ofRefusal("target", sql);
        }
        return new HaltException(
                HaltException.Reason.FAILED,
                "applying the stream failed: " + failure.getMessage()
                        + "; what was applied is stored, so start again once the cause is gone",
                failure);
    }

    /** Ends {@link #run} after the transaction it is at. */
    public void requestStop() {
        stopping = true;
    }

    /** How far the stream is applied. */
    public Position position() {
        synchronized (moved) {
            return position;
        }
    }

    /** Changes applied by this process. */
    public long applied() {
        return applied.get();
    }

    /**
     * Waits until everything up to the mark is applied.
     *
     * @return whether it is; false when {@code giveUp} became true first
     * @throws HaltException when the stream has failed
     */
    public boolean await(Position mark, BooleanSupplier giveUp) throws InterruptedException {
        synchronized (moved) {
            while (!position.covers(mark)) {
                alarm.check();
                if (giveUp.getAsBoolean()) {
                    return false;
                }
                moved.wait(LOOK_AGAIN_MILLIS);
            }
            return true;
        }
    }

    /**
     * Waits until as many changes are applied.
     *
     * @return whether they are; false when {@code giveUp} became true first
     * @throws HaltException when the stream has failed
     */
    public boolean awaitApplied(long changes, BooleanSupplier giveUp) throws InterruptedException {
        synchronized (moved) {
            while (applied.get() < changes) {
                alarm.check();
                if (giveUp.getAsBoolean()) {
                    return false;
                }
                moved.wait(100);
            }
            return true;
        }
    }

    /** What a batch takes of the room; one that is larger than all of it takes all of it. */
    private static int weight(ChangeBatch batch) {
        return (int) Math.min(KIB_WAITING, batch.bytes() / 1024 + 1);
    }

    private List<ChangeBatch> gather(ChangeBatch first) {
        List<ChangeBatch> batches = new ArrayList<>();
        batches.add(first);
        long changes = first.changes().size();
        long bytes = first.bytes();
        while (writer.gathers() && changes < CHANGES_AT_ONCE && bytes < BYTES_AT_ONCE) {
            ChangeBatch next = waiting.poll();
            if (next == null) {
                break;
            }
            batches.add(next);
            changes += next.changes().size();
            bytes += next.bytes();
        }
        return batches;
    }

    private void apply(List<ChangeBatch> batches) throws Exception {
        TreeMap<Long, Change> lastImages = new TreeMap<>();
        long changes = 0;
        for (ChangeBatch batch : batches) {
            for (Change change : batch.changes()) {
                lastImages.put(change.key(), change);
                changes++;
            }
        }
        ChangeBatch last = batches.get(batches.size() - 1);
        Position resume = last.resume();
        boolean rereads = lastImages.values().stream().anyMatch(Change::isTouch);
        retry.executeCallable(() -> {
            if (stopping) {
                throw new InterruptedException("stop asked for");
            }
            if (rereads) {
                writer.awaitReadable(last.delivered());
            }
            writer.write(lastImages, resume, last.delivered());
            return true;
        });
        batches.forEach(batch -> room.release(weight(batch)));
        applied.addAndGet(changes);
        synchronized (moved) {
            position = resume;
            moved.notifyAll();
        }
        log.trace("applied {} changes up to {}", changes, resume);
    }

    /** Writes one transaction of the stream. A port, so that the applier can be tried against a target that is not MySQL. */
    public interface StreamWriter {

        /** Whether several batches may be written as one. */
        default boolean gathers() {
            return true;
        }

        /**
         * Returns once everything delivered is readable on the source; called before a write with touched keys. A touched row is then at least as
         * new as its change.
         */
        default void awaitReadable(Gtids delivered) throws SQLException {
            throw new UnsupportedOperationException("the stream shows every row of this table");
        }

        /**
         * Writes the last images, the position and what was delivered, and commits. Safe to repeat after any failure.
         *
         * @param delivered every transaction of which a part is written by then
         */
        void write(NavigableMap<Long, Change> lastImages, Position resume, Gtids delivered)
                throws SQLException, InterruptedException;
    }
}
