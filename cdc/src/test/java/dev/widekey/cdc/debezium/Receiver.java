package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.Server;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/** A listener that keeps everything it gets. */
class Receiver implements ChangeListener {

    static final Duration PATIENCE = Duration.ofSeconds(60);

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

    /** Waits for the stream to halt. */
    FeedHalt awaitHalt() {
        await("halt").atMost(PATIENCE).until(() -> halt.get() != null);
        return halt.get();
    }

    /** Waits until the condition holds; fails at once when the stream halts instead. */
    void awaitThat(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            assertThat(halt.get()).as(what).isNull();
            return condition.call();
        });
    }

    /** Waits until the stream has passed everything the server has written so far. */
    void awaitEndOfLog(Server server) throws SQLException {
        Position mark = Feeds.endOfLog(server);
        awaitThat("end of log", () -> reached().map(p -> p.covers(mark)).orElse(false));
    }

    synchronized Optional<Position> reached() {
        return batches.isEmpty()
                ? Optional.empty()
                : Optional.of(batches.get(batches.size() - 1).resume());
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

    /** The changes as text: {@code 7=a|b}, {@code 7~} for a touch, or {@code -7}. */
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
        if (change.isTouch()) {
            return change.key() + "~";
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
