package dev.widekey.cdc.debezium;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/** A listener that keeps everything it gets. */
final class Receiver implements ChangeListener {

    private final List<ChangeBatch> batches = new ArrayList<>();
    private final AtomicReference<FeedHalt> halt = new AtomicReference<>();

    @Override
    public synchronized void onBatch(ChangeBatch batch) throws InterruptedException {
        if (halt.get() != null) {
            throw new IllegalStateException("a batch after the halt");
        }
        batches.add(batch);
    }

    @Override
    public void onHalt(FeedHalt reason) {
        if (!halt.compareAndSet(null, reason)) {
            throw new IllegalStateException("halted twice");
        }
    }

    FeedHalt halt() {
        return halt.get();
    }

    synchronized List<ChangeBatch> batches() {
        return new ArrayList<>(batches);
    }

    List<Change> changes() {
        return batches().stream().flatMap(batch -> batch.changes().stream()).toList();
    }

    /** The changes as text: {@code 7=a|b} or {@code -7}. */
    List<String> texts() {
        return changes().stream().map(Receiver::text).toList();
    }

    /** What a table looks like after applying the changes in order. */
    Map<Long, String> applied() {
        Map<Long, String> rows = new TreeMap<>();
        for (Change change : changes()) {
            if (change.isDelete()) {
                rows.remove(change.key());
            } else {
                rows.put(change.key(), text(change));
            }
        }
        return rows;
    }

    static String text(Change change) {
        if (change.isDelete()) {
            return "-" + change.key();
        }
        StringBuilder text = new StringBuilder().append(change.key()).append('=');
        for (byte[] value : change.row()) {
            text.append(value == null ? "NULL" : new String(value, StandardCharsets.UTF_8))
                    .append('|');
        }
        text.setLength(text.length() - 1);
        return text.toString();
    }
}
