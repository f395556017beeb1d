package dev.widekey.cdc.debezium;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last part of the feed, one batch at a time: for a test that is the binlog's reader itself. */
public final class HandOver {
    private final Delivery delivery;

    /** Hands over to the listener what lies behind a position, behind an earlier feed. */
    public HandOver(Position from, Gtids delivered, ChangeListener listener) {
        this.delivery = new Delivery(new BatchQueue(Long.MAX_VALUE), from, delivered, listener, () -> {});
    }

    /** Hands over a batch as a reader puts it together. */
    public void hand(List<Change> changes, Position resume, @Nullable String running) {
        try {
            delivery.hand(new BatchQueue.Batch(changes, resume, running, 0, 0, false));
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    /** Where a new reader begins. */
    public Position handed() {
        return delivery.handed();
    }

    /** An end of the log, seen now. */
    public void mark(Position endOfLog) {
        delivery.mark(endOfLog);
    }
}
