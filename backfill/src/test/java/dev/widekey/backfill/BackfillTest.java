package dev.widekey.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.widekey.backfill.MemoryMerge.At;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BackfillTest {
    private final MemoryTable table = new MemoryTable(1000);
    private final MemoryMerge merge = new MemoryMerge();

    @AfterEach
    void nobodyBrokeTheProtocol() {
        assertThat(merge.offences).isEmpty();
        assertThat(merge.opened).allSatisfy(window -> assertThat(window.closed).isTrue());
    }

    @ParameterizedTest
    @EnumSource(ChunkOrder.class)
    void everyRowIsCopiedOnceByAnyNumberOfWorkers(ChunkOrder order) throws Exception {
        Backfill copy = backfill(order, 7, 4, Throttle.NONE);
        assertThat(copy.run()).isTrue();
        assertThat(merge.target).isEqualTo(table.rows);
        assertThat(merge.opened).hasSameSizeAs(merge.planned);
        assertThat(merge.uncopied()).isEmpty();
    }

    @Test
    void progressCountsWhatIsCommitted() throws Exception {
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 1, Throttle.NONE);
        assertThat(copy.progress()).isEqualTo(new Progress(0, 0, 0, 0, 0));
        AtomicInteger seen = new AtomicInteger();
        merge.when((step, chunk) -> {
            if (step == At.COMMIT && chunk.number() < 10) {
                assertThat(copy.progress().chunks()).isEqualTo(chunk.number());
                assertThat(copy.progress().rows()).isEqualTo(100 * chunk.number());
                assertThat(copy.progress().fraction()).isBetween(chunk.number() / 10.0, (chunk.number() + 1) / 10.0);
                seen.incrementAndGet();
            }
        });
        copy.run();
        assertThat(seen).hasValue(10);
        long bytes = table.rows.entrySet().stream()
                .mapToLong(
                        row -> row.getKey().toString().length() + row.getValue().length())
                .sum();
        assertThat(copy.progress()).isEqualTo(new Progress(1, 11, 1000, bytes, 0));
    }

    @ParameterizedTest
    @EnumSource(
            value = At.class,
            names = {"AWAIT", "INSERT", "COMMIT"})
    void aChunkThatFailsForAPassingReasonStartsOverInANewWindow(At where) throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        merge.when((step, chunk) -> {
            if (step == where && chunk.number() == 3 && failed.compareAndSet(false, true)) {
                throw new SQLTransientException("passing");
            }
        });
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 2, Throttle.NONE);
        assertThat(copy.run()).isTrue();
        assertThat(merge.windowsOf(3)).hasSize(2);
        assertThat(merge.windowsOf(3).get(1).calls).contains("AWAIT", "INSERT", "COMMIT");
        assertThat(merge.target).isEqualTo(table.rows);
        assertThat(copy.progress().rows()).isEqualTo(1000);
        assertThat(copy.progress().retries()).isEqualTo(1);
    }

    @Test
    void aSourceThatIsAwayWhenTheCopyBeginsIsWaitedFor() throws Exception {
        table.away = 5;
        assertThat(backfill(ChunkOrder.ASCENDING, 100, 1, Throttle.NONE).run()).isTrue();
        assertThat(table.away).isZero();
        assertThat(merge.target).isEqualTo(table.rows);
    }

    @Test
    void theFirstFailureThatDoesNotPassStopsAllWorkersAndIsThrown() {
        SQLException rejected = new SQLException("too long");
        CountDownLatch othersRetry = new CountDownLatch(3);
        merge.when((step, chunk) -> {
            if (step == At.COMMIT && chunk.number() == 3) {
                await().until(() -> othersRetry.getCount() == 0);
                throw rejected;
            }
            if (step == At.COMMIT && chunk.number() != 3) {
                othersRetry.countDown();
                throw new SQLTransientException("passing, but never over");
            }
        });
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 4, Throttle.NONE);
        assertThat(catchThrowable(copy::run)).isSameAs(rejected);
        assertThat(merge.target).isEmpty();
        assertThat(merge.planned).hasSize(4);
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("copy-") && thread.isAlive()));
    }

    @Test
    void anErrorOfTheProgramStopsTheCopyToo() {
        merge.when((step, chunk) -> {
            if (step == At.INSERT && chunk.number() == 2) {
                throw new IllegalStateException("bug");
            }
        });
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 3, Throttle.NONE);
        assertThatThrownBy(copy::run).isInstanceOf(IllegalStateException.class).hasMessage("bug");
    }

    @ParameterizedTest
    @EnumSource(ChunkOrder.class)
    void aChunkThatIsTooLargeIsSplitUntilItFitsAndThePlanGoesOnBehindIt(ChunkOrder order) throws Exception {
        merge.when((step, chunk) -> {
            if (step == At.INSERT) {
                List<Long> keys = table.rows.keySet().stream()
                        .filter(chunk.range()::contains)
                        .toList();
                if (keys.size() > 30) {
                    throw new ChunkReader.TooLargeException(keys.get(keys.size() / 3));
                }
            }
        });
        assertThat(backfill(order, 100, 3, Throttle.NONE).run()).isTrue();
        assertThat(merge.target).isEqualTo(table.rows);
        assertThat(merge.planned).hasSizeGreaterThan(1000 / 30);
        assertThat(merge.uncopied()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ChunkOrder.class)
    void afterASplitTheNextProcessPlansBehindWhatIsFurthest(ChunkOrder order) throws Exception {
        merge.add(new Chunk(0, order == ChunkOrder.ASCENDING ? new KeyRange(null, 400L) : new KeyRange(600L, null)));
        merge.split(merge.planned.get(0), order == ChunkOrder.ASCENDING ? 200 : 800, 1);
        assertThat(backfill(order, 100, 1, Throttle.NONE).run()).isTrue();
        assertThat(merge.target).isEqualTo(table.rows);
        assertThat(merge.copied).hasSize(merge.planned.size());
        assertThat(merge.opened).as("nothing is copied twice").hasSameSizeAs(merge.planned);
    }

    @ParameterizedTest
    @EnumSource(ChunkOrder.class)
    void aPlanBegunInTheOtherOrderIsGoneOnWithInThatOrder(ChunkOrder order) throws Exception {
        merge.add(new Chunk(0, order == ChunkOrder.ASCENDING ? new KeyRange(600L, null) : new KeyRange(null, 400L)));
        assertThat(backfill(order, 100, 2, Throttle.NONE).run()).isTrue();
        assertThat(merge.target).isEqualTo(table.rows);
        assertThat(backfill(order, 100, 2, Throttle.NONE).run()).isTrue();
        assertThat(merge.target).isEqualTo(table.rows);
    }

    @Test
    void aStopLetsTheChunkAtHandBeFinished() throws Exception {
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        merge.when((step, chunk) -> {
            if (step == At.COMMIT && chunk.number() == 2) {
                committing.countDown();
                assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
            }
        });
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 1, Throttle.NONE);
        CompletableFuture<Boolean> end = run(copy);
        assertThat(committing.await(30, TimeUnit.SECONDS)).isTrue();
        copy.requestStop();
        go.countDown();
        assertThat(end.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(merge.copied).containsExactly(0L, 1L, 2L);
        assertThat(merge.planned).hasSize(3);
    }

    @Test
    void aStopWhileAChunkIsPlannedLeavesItToTheNextProcess() throws Exception {
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 3, Throttle.NONE);
        merge.when((step, chunk) -> {
            if (step == At.PLAN && chunk.number() == 4) {
                copy.requestStop();
            }
        });
        assertThat(copy.run()).isFalse();
        assertThat(merge.planned).hasSize(5);
        assertThat(merge.uncopied()).isNotEmpty();

        merge.when((step, chunk) -> {});
        assertThat(backfill(ChunkOrder.ASCENDING, 100, 3, Throttle.NONE).run()).isTrue();
        assertThat(merge.target).isEqualTo(table.rows);
    }

    @Test
    void aStopEndsAChunkThatKeepsStartingOver() throws Exception {
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 2, Throttle.NONE);
        merge.when((step, chunk) -> {
            if (step == At.INSERT && chunk.number() == 1) {
                copy.requestStop();
                throw new SQLTransientException("passing");
            }
        });
        assertThat(copy.run()).isFalse();
        assertThat(merge.copied).doesNotContain(1L);
    }

    @Test
    void aFailureThatDoesNotPassIsThrownEvenWhenAStopWasAskedFor() {
        SQLException rejected = new SQLException("too long");
        CountDownLatch bothAtWork = new CountDownLatch(2);
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 2, Throttle.NONE);
        CountDownLatch otherEnded = new CountDownLatch(1);
        merge.when((step, chunk) -> {
            if (step == At.INSERT) {
                bothAtWork.countDown();
                assertThat(bothAtWork.await(30, TimeUnit.SECONDS)).isTrue();
                copy.requestStop();
                if (chunk.number() == 0) {
                    otherEnded.countDown();
                    throw new SQLTransientException("passing");
                }
                assertThat(otherEnded.await(30, TimeUnit.SECONDS)).isTrue();
                await().until(() -> Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> thread.getName().startsWith("copy-"))
                                .filter(thread -> thread.getState() != Thread.State.RUNNABLE)
                                .count()
                        >= 1);
                throw rejected;
            }
        });
        assertThat(catchThrowable(copy::run)).isSameAs(rejected);
    }

    @Test
    void chunksAnEarlierProcessLeftComeFirst() throws Exception {
        merge.planned.add(new Chunk(0, new KeyRange(null, 100L)));
        merge.planned.add(new Chunk(1, new KeyRange(100L, 200L)));
        merge.planned.add(new Chunk(2, new KeyRange(200L, 300L)));
        merge.copied.add(1L);
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 1, Throttle.NONE);
        assertThat(copy.run()).isTrue();
        assertThat(merge.opened.stream().map(window -> window.chunk.number()))
                .startsWith(0L, 2L, 3L)
                .doesNotContain(1L);
        assertThat(merge.planned.get(3).range().above()).isEqualTo(300);
        assertThat(merge.target).hasSize(900);
    }

    /** The race: a former owner of the migration is still about to begin when the new owner plans. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void aPlanThatAnotherProcessBeginsMeanwhileIsNotTakenForACopiedOne(int reads) throws Exception {
        Backfill copy = backfill(new TakenOver(reads), ChunkOrder.NEWEST_FIRST, 100, 2, Throttle.NONE);
        boolean complete = false;
        try {
            complete = copy.run();
        } catch (SQLException lost) {
            assertThat(lost.getMessage()).isEqualTo("not the owner any more");
        }
        assertThat(complete && !merge.uncopied().isEmpty()).isFalse();
    }

    /** Another process plans everything as one chunk after so many of this one's reads; this one may not plan any more. */
    private final class TakenOver implements Plan {
        private int left;

        TakenOver(int reads) {
            left = reads;
        }

        private <T> T read(T answer) {
            if (--left == 0) {
                merge.planned.add(new Chunk(0, KeyRange.ALL));
            }
            return answer;
        }

        @Override
        public Optional<Chunk> last() {
            return read(merge.last());
        }

        @Override
        public Optional<Chunk> furthest(ChunkOrder order) {
            return read(merge.furthest(order));
        }

        @Override
        public List<Chunk> uncopied() {
            return read(merge.uncopied());
        }

        @Override
        public void add(Chunk chunk) throws SQLException {
            throw new SQLException("not the owner any more");
        }

        @Override
        public List<Chunk> split(Chunk chunk, long at, long number) {
            throw new AssertionError(chunk + " is split");
        }
    }

    @Test
    void aPlanThatIsCopiedLeavesNothingToDo() throws Exception {
        merge.planned.add(new Chunk(0, KeyRange.ALL));
        merge.copied.add(0L);
        Backfill copy = backfill(ChunkOrder.NEWEST_FIRST, 100, 3, Throttle.NONE);
        assertThat(copy.run()).isTrue();
        assertThat(merge.opened).isEmpty();
        assertThat(copy.progress().fraction()).isEqualTo(1);
    }

    @Test
    void anEmptyTableIsOneChunk() throws Exception {
        table.rows.clear();
        assertThat(backfill(ChunkOrder.NEWEST_FIRST, 100, 3, Throttle.NONE).run())
                .isTrue();
        assertThat(merge.planned).containsExactly(new Chunk(0, KeyRange.ALL));
        assertThat(merge.copied).containsExactly(0L);
    }

    @Test
    void noChunkBeginsWhileTheThrottleHolds() throws Exception {
        AtomicInteger passes = new AtomicInteger();
        Backfill copy = backfill(ChunkOrder.ASCENDING, 100, 1, stopping -> {
            if (passes.getAndIncrement() == 2) {
                await().until(stopping::getAsBoolean);
            }
            return Throttle.Turn.FREE;
        });
        CompletableFuture<Boolean> end = run(copy);
        await().until(() -> passes.get() == 3);
        assertThat(merge.copied).containsExactly(0L, 1L);
        copy.requestStop();
        assertThat(end.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(merge.planned).hasSize(2);
    }

    private Backfill backfill(ChunkOrder order, int chunkRows, int workers, Throttle throttle) {
        return backfill(merge, order, chunkRows, workers, throttle);
    }

    private Backfill backfill(Plan plan, ChunkOrder order, int chunkRows, int workers, Throttle throttle) {
        Retry retry = Retry.of(
                "copy",
                RetryConfig.custom()
                        .maxAttempts(Integer.MAX_VALUE)
                        .intervalFunction(IntervalFunction.of(Duration.ofMillis(1)))
                        .retryOnException(failure -> failure instanceof SQLTransientException)
                        .build());
        return new Backfill(
                table.source(),
                MemoryTable.NAME,
                plan,
                merge,
                throttle,
                retry,
                order,
                ChunkSize.fixed(chunkRows),
                workers);
    }

    private static CompletableFuture<Boolean> run(Backfill copy) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return copy.run();
            } catch (SQLException | InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        });
    }
}
