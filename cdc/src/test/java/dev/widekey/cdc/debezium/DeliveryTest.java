package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.DURATION;

import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.time.Duration;
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

    @Test
    void a_source_whose_clock_was_set_back_has_an_unknown_lag_until_the_end_of_the_log() throws Exception {
        Delivery delivery = new Delivery(queue, at(100, "1-5"), gtids("1-5"), each(batch -> {}), () -> {});
        delivery.hand(batch(200, 5_000_000, false));
        assertThat(delivery.lag()).as("before the source's clock is known").isEmpty();

        delivery.clock(new SourceClock(5_010_000, System.nanoTime()));
        assertThat(delivery.lag()).get(DURATION).isGreaterThanOrEqualTo(Duration.ofSeconds(10));

        delivery.clock(new SourceClock(1_400_000, System.nanoTime()));
        assertThat(delivery.lag()).as("an hour back").isEmpty();

        delivery.hand(batch(300, 5_020_000, true));
        assertThat(delivery.lag()).contains(Duration.ZERO);
    }

    private static BatchQueue.Batch batch(long offset, long sourceMillis, boolean atEnd) {
        return new BatchQueue.Batch(List.of(), at(offset, "1-7"), null, 0, sourceMillis, atEnd);
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
