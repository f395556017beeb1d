package dev.widekey.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChunkLogIT {
    private static final Chunk FIRST = new Chunk(0, new KeyRange(null, -5L));
    private static final Chunk SECOND = new Chunk(1, new KeyRange(-5L, 0L));
    private static final Chunk LAST = new Chunk(2, new KeyRange(0L, null));

    private OwnedTarget target;
    private ChunkLog log;

    @BeforeEach
    void create() throws Exception {
        target = new OwnedTarget();
        log = target.chunks();
    }

    @AfterEach
    void drop() throws Exception {
        target.close();
    }

    @Test
    void aNewPlanIsEmpty() throws Exception {
        assertThat(log.last()).isEmpty();
        assertThat(log.uncopied()).isEmpty();
    }

    @Test
    void chunksComeBackAsTheyWerePlannedInfinityIncluded() throws Exception {
        log.add(FIRST);
        log.add(SECOND);
        log.add(LAST);
        assertThat(target.chunks().uncopied()).containsExactly(FIRST, SECOND, LAST);
        assertThat(log.last()).contains(LAST);
    }

    @Test
    void theLastChunkIsTheOneWithTheHighestNumber() throws Exception {
        for (int number = 0; number < 12; number++) {
            log.add(new Chunk(number, new KeyRange((long) number, number + 1L)));
        }
        assertThat(log.last()).map(Chunk::number).contains(11L);
    }

    @Test
    void aChunkPlannedTwiceIsPlannedOnce() throws Exception {
        log.add(FIRST);
        log.add(FIRST);
        assertThat(log.uncopied()).containsExactly(FIRST);
    }

    @Test
    void aChunkIsCopiedExactlyWhenItsTransactionIsCommitted() throws Exception {
        log.add(FIRST);
        log.add(SECOND);
        try (OwnedTransaction transaction = OwnedTransaction.begin(target.database, target.ownership)) {
            log.record(transaction.connection(), FIRST, 7);
        }
        assertThat(log.uncopied()).containsExactly(FIRST, SECOND);
        assertThat(isCopied(FIRST)).isFalse();
        record(FIRST, 7);
        assertThat(log.uncopied()).containsExactly(SECOND);
        assertThat(isCopied(FIRST)).isTrue();
        assertThat(isCopied(LAST)).isFalse();
        assertThat(log.last()).contains(SECOND);
        assertThat(target.schema.value("SELECT copied_rows FROM chunk WHERE copied"))
                .contains("7");
    }

    @Test
    void aChunkIsNotRecordedTwiceNorWithoutAPlan() throws Exception {
        log.add(FIRST);
        record(FIRST, 0);
        assertThatThrownBy(() -> record(FIRST, 0)).isInstanceOf(HaltException.class);
        assertThatThrownBy(() -> record(LAST, 0)).isInstanceOf(HaltException.class);
    }

    @Test
    void theQuestionWaitsForTheTransactionThatHoldsTheChunk() throws Exception {
        log.add(FIRST);
        try (OwnedTransaction transaction = OwnedTransaction.begin(target.database, target.ownership);
                Connection impatient = target.database.connect()) {
            log.record(transaction.connection(), FIRST, 7);
            impatient.createStatement().execute("SET SESSION innodb_lock_wait_timeout = 1");
            assertThatThrownBy(() -> log.isCopied(impatient, FIRST)).hasMessageContaining("Lock wait timeout");
            transaction.commit();
        }
        assertThat(isCopied(FIRST)).isTrue();
    }

    @Test
    void plansOfTwoMigrationsDoNotMeet() throws Exception {
        ChunkLog other = new ChunkLog(target.database, target.state, "other", target.ownership, Retry.ofDefaults("p"));
        log.add(FIRST);
        assertThat(other.last()).isEmpty();
        assertThat(other.uncopied()).isEmpty();
    }

    @Test
    void aProcessThatLostTheMigrationPlansNothing() throws Exception {
        target.loseOwnership();
        assertThatThrownBy(() -> log.add(FIRST))
                .isInstanceOf(HaltException.class)
                .extracting(halt -> ((HaltException) halt).reason())
                .isEqualTo(HaltException.Reason.OWNERSHIP_LOST);
        assertThat(log.last()).isEmpty();
    }

    private boolean isCopied(Chunk chunk) throws Exception {
        try (Connection fresh = target.database.connect()) {
            return log.isCopied(fresh, chunk);
        }
    }

    private void record(Chunk chunk, long rows) throws Exception {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target.database, target.ownership)) {
            log.record(transaction.connection(), chunk, rows);
            transaction.commit();
        }
    }
}
