package dev.widekey.daemon.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkTimeTest {
    private final AtomicLong now = new AtomicLong(Long.MIN_VALUE / 2);
    private final List<String> told = new ArrayList<>();

    private final WorkTime time = new WorkTime(
            stopping -> {
                // A budget that is overdrawn, or a pause.
                now.addAndGet(Duration.ofHours(1).toNanos());
                return new Throttle.Turn() {
                    @Override
                    public void spent(long rows, long bytes) {
                        told.add("spent " + rows + " " + bytes);
                    }

                    @Override
                    public void close() {
                        told.add("closed");
                    }
                };
            },
            now::get);

    @Test
    void workIsATwentiethOfTheTimeAndWaitingIsNoWork() throws Exception {
        work(Duration.ofMillis(100));
        work(Duration.ofMillis(40));
        assertThat(time.rest()).isEqualTo(Duration.ofMillis(19 * 140));
        work(Duration.ofSeconds(60));
        assertThat(time.rest()).isEqualTo(Duration.ofMinutes(19));
    }

    @Test
    void howeverLittleWasDoneThereIsARest() throws Exception {
        assertThat(time.rest()).isEqualTo(Duration.ofMillis(500));
        work(Duration.ofMillis(1));
        assertThat(time.rest()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void whatIsReadIsCharged() throws Exception {
        work(Duration.ofMillis(1));
        assertThat(told).containsExactly("spent 7 8", "closed");
    }

    private void work(Duration length) throws Exception {
        try (Throttle.Turn turn = time.await(() -> false)) {
            turn.spent(7, 8);
            now.addAndGet(length.toNanos());
        }
    }
}
