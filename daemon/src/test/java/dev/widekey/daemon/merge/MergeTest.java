package dev.widekey.daemon.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.RowBatch;
import dev.widekey.backfill.Window;
import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Faults;
import dev.widekey.daemon.state.HaltException;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class MergeTest {
    private static final String SERVER = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private static final Chunk LOW = new Chunk(0, new KeyRange(null, 100L));
    private static final Chunk HIGH = new Chunk(1, new KeyRange(100L, null));

    private final MemoryTarget target = new MemoryTarget();
    private final Alarm alarm = new Alarm();
    private final AtomicLong now = new AtomicLong();
    private final SourceActivity activity = new SourceActivity(now::get);
    private final StreamApplier applier =
            new StreamApplier(target.stream(), Retry.ofDefaults("apply"), alarm, at(0), at(0).gtids());
    private final Merge merge = new Merge(target.chunks(), applier, activity, alarm, gtids(10));
    private final Thread applying = new Thread(applier, "apply");
    private long batches = 10;

    @BeforeEach
    void start() {
        applying.start();
    }

    @AfterEach
    void stop() throws Exception {
        applier.requestStop();
        applying.join(10_000);
        assertThat(applying.isAlive()).isFalse();
    }

    @Test
    void aDeleteLeavesATombstoneInTheWindowOfItsRange() throws Exception {
        try (Window low = merge.open(LOW);
                Window high = merge.open(HIGH)) {
            deliver(Change.delete(100), Change.delete(101), Change.delete(-4));
            low.commit();
            high.commit();
        }
        assertThat(target.committed).isEqualTo(Map.of(0L, List.of(-4L, 100L), 1L, List.of(101L)));
    }

    @Test
    void aRowThatComesBackTakesItsTombstoneAway() throws Exception {
        try (Window window = merge.open(LOW)) {
            deliver(Change.delete(1), Change.delete(2), Change.delete(3));
            deliver(write(2));
            deliver(write(3), Change.delete(3));
            window.commit();
        }
        assertThat(target.committed).isEqualTo(Map.of(0L, List.of(1L, 3L)));
    }

    @Test
    void whatWasDeliveredBeforeAWindowIsOpenedIsWaitedForAndNotMarked() throws Exception {
        deliver(Change.delete(1));
        try (Window window = merge.open(LOW)) {
            deliver(Change.delete(2));
            window.awaitVisible(null);
            window.commit();
        }
        assertThat(target.waitedFor).containsExactly(gtids(11));
        assertThat(target.committed).isEqualTo(Map.of(0L, List.of(2L)));
    }

    @Test
    void theFirstWindowWaitsForWhatTheStartPositionHolds() throws Exception {
        try (Window window = merge.open(LOW)) {
            window.awaitVisible(null);
        }
        assertThat(target.waitedFor).containsExactly(gtids(10));
    }

    @Test
    void aClosedWindowIsForgottenAndItsTransactionEnded() throws Exception {
        Window broken = merge.open(LOW);
        broken.insert(null);
        deliver(Change.delete(1));
        broken.close();
        assertThat(target.rolledBack).containsExactly(0L);
        try (Window again = merge.open(LOW)) {
            deliver(Change.delete(2));
            again.commit();
        }
        assertThat(target.committed).isEqualTo(Map.of(0L, List.of(2L)));
    }

    @Test
    void aCommitThatFailsKeepsTheWindowUntilItIsClosed() throws Exception {
        target.failure = new SQLTransientException("passing");
        try (Window window = merge.open(LOW)) {
            deliver(Change.delete(1));
            assertThatThrownBy(window::commit).isSameAs(target.failure);
            target.failure = null;
            deliver(Change.delete(2));
            window.commit();
        }
        assertThat(target.committed).isEqualTo(Map.of(0L, List.of(1L, 2L)));
    }

    @Test
    void tooManyTombstonesStartTheChunkOver() throws Exception {
        try (Window window = merge.open(HIGH)) {
            deliver(LongStream.rangeClosed(101, 200_101)
                    .mapToObj(Change::delete)
                    .toArray(Change[]::new));
            // Forgetting them again later does not make the window whole.
            deliver(write(101));
            assertThatThrownBy(window::commit)
                    .isInstanceOf(SQLTransientException.class)
                    .hasMessageContaining("starts over")
                    .satisfies(failure -> assertThat(Faults.passes(failure)).isTrue());
        }
        assertThat(target.committed).isEmpty();
        try (Window again = merge.open(HIGH)) {
            deliver(Change.delete(101));
            again.commit();
        }
        assertThat(target.committed).isEqualTo(Map.of(1L, List.of(101L)));
    }

    @Test
    void exactlyAsManyTombstonesAsAllowedAreKept() throws Exception {
        try (Window window = merge.open(HIGH)) {
            deliver(LongStream.rangeClosed(101, 200_100)
                    .mapToObj(Change::delete)
                    .toArray(Change[]::new));
            window.commit();
        }
        assertThat(target.committed.get(1L)).hasSize(200_000);
    }

    @Test
    void aDeleteDeliveredDuringTheCommitWaitsForItsEnd() throws Exception {
        target.committing = new CountDownLatch(1);
        target.go = new CountDownLatch(1);
        try (Window window = merge.open(LOW)) {
            CompletableFuture<Void> commit = run(window::commit);
            assertThat(target.committing.await(30, TimeUnit.SECONDS)).isTrue();
            Thread dispatcher = new Thread(
                    () -> {
                        try {
                            deliver(Change.delete(1));
                        } catch (InterruptedException stop) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "dispatch");
            dispatcher.start();
            await().until(() -> dispatcher.getState() == Thread.State.WAITING);
            assertThat(target.applied).isEmpty();
            target.go.countDown();
            commit.get(30, TimeUnit.SECONDS);
            dispatcher.join(30_000);
            await().until(() -> target.applied.equals(List.of(1L)));
        }
        assertThat(target.committed).isEqualTo(Map.of(0L, List.of()));
    }

    @Test
    void noDeliveryFallsBetweenAWindowsWaitAndItsTombstones() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> stream = run(() -> {
            for (int i = 0; i < 20_000; i++) {
                deliver(Change.delete(batches));
            }
            ended.set(true);
        });
        Chunk all = new Chunk(7, KeyRange.ALL);
        int looked = 0;
        while (!ended.get() || looked < 100) {
            try (Window window = merge.open(all)) {
                window.awaitVisible(null);
                Thread.onSpinWait();
                window.commit();
            }
            long waited = last(target.waitedFor.remove(0));
            List<Long> tombstones = target.committed.remove(7L);
            // Batch n deletes key n-1 and is transaction n: what was not waited for is marked, without a hole.
            long next =
                    tombstones.stream().filter(key -> key >= waited).findFirst().orElse(waited);
            assertThat(next).as("first key marked after transaction %s", waited).isEqualTo(waited);
            for (int i = 1; i < tombstones.size(); i++) {
                assertThat(tombstones.get(i)).isEqualTo(tombstones.get(i - 1) + 1);
            }
            looked++;
        }
        stream.get(30, TimeUnit.SECONDS);
        System.out.println("windows opened: " + looked);
    }

    @Test
    void everyChangeIsSeenByTheWatchAndApplied() throws Exception {
        activity.watch();
        now.set(5);
        deliver(write(1), Change.delete(2));
        await().until(() -> applier.applied() == 2);
        assertThat(activity.changed().orElseThrow()).containsExactlyInAnyOrder(1L, 2L);
        assertThat(activity.writes()).isEqualTo(1);
        assertThat(target.applied).containsExactly(1L, 2L);
        assertThat(applier.position()).isEqualTo(at(11));
    }

    @ParameterizedTest
    @EnumSource(FeedHalt.Reason.class)
    void aHaltOfTheStreamIsRaisedUnderItsOwnName(FeedHalt.Reason reason) {
        merge.onHalt(new FeedHalt(reason, "why"));
        assertThatThrownBy(alarm::check)
                .isInstanceOf(HaltException.class)
                .hasMessage("why")
                .extracting(halt -> ((HaltException) halt).reason().name())
                .isEqualTo(reason == FeedHalt.Reason.RECEIVER_FAILED ? "FAILED" : reason.name());
    }

    private void deliver(Change... changes) throws InterruptedException {
        batches++;
        merge.onBatch(new ChangeBatch(Arrays.asList(changes), at(batches), gtids(batches), changes.length));
    }

    private static Change write(long key) {
        return Change.upsert(key, new byte[][] {{'1'}});
    }

    private static Gtids gtids(long last) {
        return Gtids.parse(SERVER + ":1-" + last);
    }

    private static long last(Gtids gtids) {
        String text = gtids.toString();
        return Long.parseLong(text.substring(text.lastIndexOf('-') + 1));
    }

    private static Position at(long batch) {
        return new Position(SERVER, "binlog.000001", batch, Gtids.empty(), "");
    }

    private interface Work {
        void run() throws SQLException, InterruptedException;
    }

    private static CompletableFuture<Void> run(Work work) {
        return CompletableFuture.runAsync(() -> {
            try {
                work.run();
            } catch (SQLException | InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    /** Both ports, with nothing behind them. */
    private static final class MemoryTarget {
        final List<Gtids> waitedFor = new CopyOnWriteArrayList<>();
        final Map<Long, List<Long>> committed = new TreeMap<>();
        final List<Long> rolledBack = new ArrayList<>();
        final List<Long> applied = new CopyOnWriteArrayList<>();
        volatile SQLException failure;
        volatile CountDownLatch committing = new CountDownLatch(0);
        volatile CountDownLatch go = new CountDownLatch(0);

        StreamApplier.StreamWriter stream() {
            return (lastImages, resume, delivered) -> applied.addAll(lastImages.keySet());
        }

        ChunkWriter chunks() {
            return new ChunkWriter() {
                @Override
                public Visibility visibility() {
                    return (source, chunk, delivered) -> waitedFor.add(delivered);
                }

                @Override
                public Transaction begin(Chunk chunk) {
                    return transaction(chunk);
                }
            };
        }

        private ChunkWriter.Transaction transaction(Chunk chunk) {
            return new ChunkWriter.Transaction() {
                private boolean ended;

                @Override
                public void insert(RowBatch batch) {}

                @Override
                public void commit(Set<Long> tombstones) throws SQLException, InterruptedException {
                    if (failure != null) {
                        throw failure;
                    }
                    committing.countDown();
                    assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
                    committed.put(chunk.number(), tombstones.stream().sorted().toList());
                    ended = true;
                }

                @Override
                public void close() {
                    if (!ended) {
                        rolledBack.add(chunk.number());
                    }
                }
            };
        }
    }
}
