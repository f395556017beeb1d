package dev.widekey.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.KeyRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopiedKeysTest {

    @Test
    void aKeyIsCopiedWhenItsRangeIs() {
        CopiedKeys keys = CopiedKeys.of(List.of(
                new KeyRange(null, 10L), new KeyRange(10L, 20L), new KeyRange(30L, 40L), new KeyRange(50L, null)));
        assertThat(List.of(Long.MIN_VALUE + 1, -5L, 10L, 11L, 20L, 31L, 40L, 51L, Long.MAX_VALUE))
                .allMatch(keys::contains);
        assertThat(List.of(21L, 30L, 41L, 50L)).noneMatch(keys::contains);
    }

    @Test
    void nothingIsCopiedBeforeTheFirstChunkAndEverythingBehindTheOnlyOne() {
        assertThat(CopiedKeys.of(List.of()).contains(5)).isFalse();
        assertThat(CopiedKeys.of(List.of(KeyRange.ALL)).contains(5)).isTrue();
    }
}
