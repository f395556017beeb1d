package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BatchQueueTest {

    private final BatchQueue queue = new BatchQueue(100);

    private static BatchQueue.Batch batch(long bytes) {
        Position position = new Position("s", "b.1", bytes, Gtids.empty(), "");
        return new BatchQueue.Batch(List.of(), position, null, bytes, 0, false);
    }

    private interface Waiting {
        void run() throws InterruptedException;
    }

    private CompletableFuture<Boolean> put(long ticket, BatchQueue.Item item) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        return started(() -> answer.complete(queue.put(ticket, item))).thenCompose(done -> answer);
    }

    /** Runs it on a thread of its own, and returns when it is over or waits. */
    private CompletableFuture<Boolean> started(Waiting work) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                work.run();
                answer.complete(true);
            } catch (InterruptedException e) {
                answer.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        await().until(() -> answer.isDone() || thread.getState() == Thread.State.WAITING);
        return answer;
    }

    @Test
    void items_leave_in_order() throws Exception {
        long ticket = queue.open();
        queue.put(ticket, batch(1));
        queue.put(ticket, batch(2));
        assertThat(queue.take()).isEqualTo(batch(1));
        assertThat(queue.take()).isEqualTo(batch(2));
    }

    @Test
    void a_full_queue_makes_the_reader_wait_for_room() throws Exception {
        long ticket = queue.open();
        queue.put(ticket, batch(80));
        CompletableFuture<Boolean> second = put(ticket, batch(30));
        assertThat(second).isNotDone();
        queue.take();
        assertThat(second.get()).isTrue();
    }

    @Test
    void an_item_larger_than_the_bound_passes_alone() throws Exception {
        long ticket = queue.open();
        assertThat(queue.put(ticket, batch(1_000))).isTrue();
        CompletableFuture<Boolean> second = put(ticket, batch(1));
        assertThat(second).isNotDone();
        queue.take();
        assertThat(second.get()).isTrue();
    }

    @Test
    void a_new_ticket_drops_what_waits_and_turns_the_old_reader_away() throws Exception {
        long old = queue.open();
        queue.put(old, batch(80));
        CompletableFuture<Boolean> waiting = put(old, batch(30));
        long fresh = queue.open();
        assertThat(waiting.get()).isFalse();
        assertThat(queue.put(old, batch(1))).isFalse();
        queue.put(fresh, batch(2));
        assertThat(queue.take()).isEqualTo(batch(2));
    }

    @Test
    void an_item_is_delivered_when_the_next_one_is_asked_for() throws Exception {
        long ticket = queue.open();
        queue.awaitDelivered();
        queue.put(ticket, batch(1));
        queue.take();
        queue.open();
        CompletableFuture<Boolean> delivered = started(queue::awaitDelivered);
        assertThat(delivered).isNotDone();
        started(queue::take);
        assertThat(delivered.get()).isTrue();
    }

    @Test
    void closing_lets_nobody_wait() throws Exception {
        long ticket = queue.open();
        queue.put(ticket, batch(80));
        CompletableFuture<Boolean> waiting = put(ticket, batch(30));
        queue.close();
        assertThat(waiting.get()).isFalse();
        queue.awaitDelivered();
        assertThat(queue.take()).isNull();
    }
}
