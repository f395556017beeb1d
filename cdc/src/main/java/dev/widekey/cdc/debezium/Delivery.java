package dev.widekey.cdc.debezium;

import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the queue's batches to the listener, one thread, one after the other, and remembers how far it got. The remembered values may be
 * read by any thread.
 */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final BatchQueue queue;
    private final ChangeListener listener;
    private final Runnable onEnd;

    private volatile Position handed;
    private volatile Gtids delivered;
    private volatile @Nullable Position mark;
    private final AtomicLong changes = new AtomicLong();
    private volatile boolean known;
    private volatile boolean atEnd;
    private volatile long sourceMillis;
    private volatile @Nullable SourceClock clock;

    /**
     * Delivers nothing yet.
     *
     * @param before every transaction of which an earlier feed may have delivered a part
     * @param onEnd told that the stream is over, before the listener learns why
     */
    Delivery(BatchQueue queue, Position from, Gtids before, ChangeListener listener, Runnable onEnd) {
        this.queue = queue;
        this.listener = listener;
        this.onEnd = onEnd;
        this.handed = from;
        this.delivered = from.gtids().plus(before);
    }

    /** Delivers until the queue is closed or the stream halts. */
    void run() {
        FeedHalt halt = deliver();
        if (halt != null) {
            LOG.warn("The change stream has stopped for good ({}): {}", halt.reason(), halt.message());
            queue.close();
            onEnd.run();
            listener.onHalt(halt);
        }
    }

    /** Returns why it ended; null when the queue was closed. */
    private @Nullable FeedHalt deliver() {
        try {
            for (BatchQueue.Item item = queue.take(); item != null; item = queue.take()) {
                if (item instanceof BatchQueue.Halt halt) {
                    return halt.halt();
                }
                hand((BatchQueue.Batch) item);
            }
            return null;
        } catch (InterruptedException e) {
            // Closing interrupts; nobody else has a reason to.
            return queue.isClosed() ? null : receiverFailed(e);
        } catch (RuntimeException | Error e) {
            return receiverFailed(e);
        }
    }

    private static FeedHalt receiverFailed(Throwable e) {
        LOG.error("The receiver of changes failed", e);
        return new FeedHalt(Reason.RECEIVER_FAILED, "The receiver of changes failed: " + e);
    }

    /** Hands one batch over, unless it leads nowhere. */
    void hand(BatchQueue.Batch batch) throws InterruptedException {
        Position resume = complete(batch.resume());
        Gtids seen = delivered.plus(resume.gtids());
        String running = batch.running();
        delivered = running == null ? seen : seen.plus(running);
        sourceMillis = batch.sourceMillis();
        atEnd = batch.atEnd();
        known = batch.atEnd() || batch.sourceMillis() > 0;
        // A place that stays may still gain transactions: the mark that names them is read after the log was.
        boolean moved = !batch.changes().isEmpty()
                || !handed.covers(resume)
                || !handed.gtids().contains(resume.gtids());
        if (moved) {
            listener.onBatch(new ChangeBatch(batch.changes(), resume, delivered, batch.bytes()));
            changes.addAndGet(batch.changes().size());
            handed = resume;
        }
    }

    /**
     * Adds the transactions in front of the last known mark. The engine counts a transaction without BEGIN and COMMIT, which is what DDL
     * is, only when the next one begins; a quiet source that ends with DDL would never count it.
     */
    private Position complete(Position resume) {
        Position passed = mark;
        if (passed == null || resume.gtids().isEmpty() || !resume.covers(passed)) {
            return resume;
        }
        return new Position(
                resume.serverUuid(),
                resume.file(),
                resume.offset(),
                resume.gtids().plus(passed.gtids()),
                resume.fingerprint());
    }

    /** The place to go on from after a restart: behind the last batch the listener has taken over. */
    Position handed() {
        return handed;
    }

    /** Every transaction of which anything was handed over. */
    Gtids delivered() {
        return delivered;
    }

    /** Learns what time it is on the source. */
    void clock(SourceClock read) {
        clock = read;
    }

    /** Learns an end of the log, seen now. */
    void mark(Position endOfLog) {
        mark = endOfLog;
    }

    long changes() {
        return changes.get();
    }

    /** Age of the newest thing handed over; empty when nothing of known age was. */
    Optional<Duration> lag() {
        SourceClock now = clock;
        if (!known || now == null) {
            return Optional.empty();
        }
        return atEnd ? Optional.of(Duration.ZERO) : now.age(sourceMillis, System.nanoTime());
    }
}
