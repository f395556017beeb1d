package dev.widekey.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {
    @ParameterizedTest
    @CsvSource({
        "--suites, copy;speed",
        "--contenders, floor;rsync",
        "--growth, 1",
        "--growth, 4;1",
        "--growth, one;two",
        "--rows, 0",
        "--rows, many",
        "--repeats, 0",
        "--fast, yes",
    })
    void wrongUsageIsRefusedBeforeAnythingIsMeasured(String option, String value) {
        assertThat(Bench.run("--repository", "none", option, value.replace(';', ',')))
                .isEqualTo(2);
    }

    @Test
    void helpIsThere() {
        assertThat(Bench.run("--help")).isZero();
    }

    @Test
    void everySuiteIsKnownByItsName() {
        assertThat(Bench.suites("copy, catchup,writer,growth,rss,indexes,verify"))
                .extracting(Suite::name)
                .containsExactly("copy", "catchup", "writer", "growth", "rss", "indexes", "verify");
    }

    @Test
    void allContendersRunUnlessSomeAreNamed() {
        assertThat(Contenders.named("all"))
                .extracting(Contender::name)
                .containsExactly(
                        "floor", "widekey", "widekey-late", "mydumper", "mysqldump", "pt-archiver", "debezium");
        assertThat(Contenders.named("widekey,floor,widekey"))
                .extracting(Contender::name)
                .containsExactly("widekey", "floor");
    }

    @Test
    void aWrongNameIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Contenders.named("rsync"))
                .withMessageContaining("rsync")
                .withMessageContaining("mydumper");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,1", "0,1", "2"})
    void growthNeedsTwoSizesInOrder(String sizes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Order(Path.of(""), Path.of(""), 1_000, 1, List.of(), Bench.sizes(sizes)));
    }
}
