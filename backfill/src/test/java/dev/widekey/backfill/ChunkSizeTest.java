package dev.widekey.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkSizeTest {

    private final ChunkSize size = ChunkSize.upTo(50_000);

    @Test
    void itDoublesWhileChunksAreFastAndSmall() {
        assertThat(size.rows()).isEqualTo(1_000);
        size.learn(1_000, 100_000, Duration.ofMillis(10));
        assertThat(size.rows()).isEqualTo(2_000);
        for (int i = 0; i < 10; i++) {
            size.learn(size.rows(), size.rows() * 100L, Duration.ofMillis(10));
        }
        assertThat(size.rows()).isEqualTo(50_000);
    }

    @Test
    void itAimsAtTheTargetTime() {
        size.learn(1_000, 100_000, Duration.ofSeconds(4));
        assertThat(size.rows()).isEqualTo(250);
        size.learn(250, 25_000, Duration.ofMillis(800));
        assertThat(size.rows()).isEqualTo(312);
    }

    @Test
    void itKeepsToTheBytesOfAChunkWhateverTheRowsMeasure() {
        size.learn(1_000, 64L << 20, Duration.ofMillis(10));
        assertThat(size.rows()).isEqualTo(125);
        size.learn(1, 4L << 20, Duration.ofMillis(10));
        assertThat(size.rows()).as("the fewest").isEqualTo(10);
    }

    @Test
    void anEmptyChunkTeachesNothing() {
        size.learn(0, 0, Duration.ofSeconds(9));
        assertThat(size.rows()).isEqualTo(1_000);
    }

    @Test
    void aLimitBelowTheFirstSizeHolds() {
        ChunkSize small = ChunkSize.upTo(5);
        assertThat(small.rows()).isEqualTo(5);
        small.learn(5, 50, Duration.ofSeconds(100));
        assertThat(small.rows()).isEqualTo(5);
    }

    @Test
    void aFixedSizeStays() {
        ChunkSize fixed = ChunkSize.fixed(7);
        fixed.learn(7, 1L << 40, Duration.ofSeconds(100));
        assertThat(fixed.rows()).isEqualTo(7);
    }
}
