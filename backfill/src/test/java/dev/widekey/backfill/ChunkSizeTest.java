package dev.widekey.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkSizeTest {

    private final ChunkSize size = ChunkSize.upTo(50_000);

    @Test
    void itDoublesWhileChunksAreFastAndSmall() {
        assertThat(size.rows()).isEqualTo(1_000);
        size.learn(new ChunkReader.Volume(1_000, 100_000, Duration.ofMillis(10)));
        assertThat(size.rows()).isEqualTo(2_000);
        for (int i = 0; i < 10; i++) {
            size.learn(new ChunkReader.Volume(size.rows(), size.rows() * 100L, Duration.ofMillis(10)));
        }
        assertThat(size.rows()).isEqualTo(50_000);
    }

    @Test
    void itAimsAtTheTargetTime() {
        size.learn(new ChunkReader.Volume(1_000, 100_000, Duration.ofMillis(1_600)));
        assertThat(size.rows()).isEqualTo(625);
        size.learn(new ChunkReader.Volume(625, 62_500, Duration.ofMillis(800)));
        assertThat(size.rows()).isEqualTo(781);
    }

    @Test
    void roundTripsThatTakeLongDoNotMakeChunksOfSingleRows() {
        for (int i = 0; i < 20; i++) {
            size.learn(new ChunkReader.Volume(size.rows(), size.rows() * 100L, Duration.ofSeconds(9)));
        }
        assertThat(size.rows()).isEqualTo(500);
    }

    @Test
    void itKeepsToTheBytesOfAChunkWhateverTheRowsMeasure() {
        size.learn(new ChunkReader.Volume(1_000, 64L << 20, Duration.ofMillis(10)));
        assertThat(size.rows()).isEqualTo(125);
        size.learn(new ChunkReader.Volume(1, 4L << 20, Duration.ofMillis(10)));
        assertThat(size.rows()).isEqualTo(2);
        size.learn(new ChunkReader.Volume(2, 64L << 20, Duration.ofMillis(10)));
        assertThat(size.rows()).as("the fewest").isEqualTo(1);
    }

    @Test
    void anEmptyChunkTeachesNothing() {
        size.learn(new ChunkReader.Volume(0, 0, Duration.ofSeconds(9)));
        assertThat(size.rows()).isEqualTo(1_000);
    }

    @Test
    void aChunkThatWasTooLargeHalvesIt() {
        size.halve();
        assertThat(size.rows()).isEqualTo(500);
        for (int i = 0; i < 20; i++) {
            size.halve();
        }
        assertThat(size.rows()).isEqualTo(1);
    }

    @Test
    void aLimitBelowTheFirstSizeHolds() {
        ChunkSize small = ChunkSize.upTo(5);
        assertThat(small.rows()).isEqualTo(5);
        small.learn(new ChunkReader.Volume(5, 50, Duration.ofMillis(1)));
        assertThat(small.rows()).isEqualTo(5);
    }

    @Test
    void aFixedSizeStays() {
        ChunkSize fixed = ChunkSize.fixed(7);
        fixed.learn(new ChunkReader.Volume(7, 1L << 40, Duration.ofSeconds(100)));
        fixed.halve();
        assertThat(fixed.rows()).isEqualTo(7);
    }
}
