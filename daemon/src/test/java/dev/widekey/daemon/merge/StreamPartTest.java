package dev.widekey.daemon.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPartTest {

    @Test
    void imagesArePutApartByWhatIsToBeDone() {
        StreamPart part = StreamPart.of(List.of(Change.delete(1), upsert(2), Change.touch(3), upsert(4)));
        assertThat(part.deletes()).containsExactly(1L);
        assertThat(part.upserts()).hasSize(2);
        assertThat(part.touched()).containsExactly(3L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 1000, 1001})
    void everyKeyIsInOnePartAndNeighboursStayTogether(int keys) {
        TreeMap<Long, Change> images = new TreeMap<>();
        for (long key = 1; key <= keys; key++) {
            images.put(key * 10, Change.delete(key * 10));
        }
        List<StreamPart> parts = StreamPart.cut(images, 4);
        assertThat(parts).hasSize(Math.min(4, keys));
        List<Long> all = new ArrayList<>();
        for (StreamPart part : parts) {
            assertThat(part.deletes()).hasSizeBetween(1, keys / 4 + 1).isSorted();
            all.addAll(part.deletes());
        }
        assertThat(all).containsExactlyElementsOf(images.keySet());
    }

    private static Change upsert(long key) {
        return Change.upsert(key, new byte[][] {{'1'}});
    }
}
