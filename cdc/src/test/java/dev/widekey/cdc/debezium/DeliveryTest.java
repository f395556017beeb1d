package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DeliveryTest {

    private static final String SERVER = "3E11FA47-71CA-11E1-9E33-C80AA9429562";

    private final BatchQueue queue = new BatchQueue(1 << 20);

    @Test
    void a_mark_learned_after_the_log_was_read_to_its_end_still_names_its_transactions() throws Exception {
        // DDL ends the log: the engine's set lacks it, and the mark that has it is read a moment later.
        Position end = at(500, "1-7");
        Position mark = at(500, "1-8");
        AtomicReference<Delivery> delivery = new AtomicReference<>();
        List<ChangeBatch> handed = new ArrayList<>();
        delivery.set(new Delivery(
                queue,
                at(100, "1-5"),
                gtids("1-5"),
                each(batch -> {
                    handed.add(batch);
                    delivery.get().mark(mark);
                }),
                () -> {}));
        long ticket = queue.open();
        for (int heartbeat = 0; heartbeat < 3; heartbeat++) {
            queue.put(ticket, new BatchQueue.Batch(List.of(), end, null, 0, 1, true));
        }
        queue.put(ticket, new BatchQueue.Halt(new FeedHalt(FeedHalt.Reason.TRUNCATED, "end of the test")));

        delivery.get().run();

        assertThat(handed).hasSize(2);
        assertThat(handed.get(0).resume().gtids()).isEqualTo(gtids("1-7"));
        assertThat(handed.get(1).resume().gtids()).isEqualTo(gtids("1-8"));
        assertThat(delivery.get().handed().gtids()).isEqualTo(gtids("1-8"));
    }

    private static Position at(long offset, String transactions) {
        return new Position(SERVER, "binlog.000001", offset, gtids(transactions), "");
    }

    private static Gtids gtids(String transactions) {
        return Gtids.parse(SERVER + ":" + transactions);
    }

    private static ChangeListener each(Consumer<ChangeBatch> receiver) {
        return new ChangeListener() {
            @Override
            public void onBatch(ChangeBatch batch) {
                receiver.accept(batch);
            }

            @Override
            public void onHalt(FeedHalt halt) {}
        };
    }
}
