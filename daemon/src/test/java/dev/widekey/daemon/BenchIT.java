package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.bench.Bench;
import org.junit.jupiter.api.Test;

/** The bench itself, on next to no rows: what it finds says nothing, that it gets there and every contender's rows are right does. */
class BenchIT {
    @Test
    void everybodyCopiesTheSameRows() {
        assertThat(Bench.run(
                        "--repository",
                        Repository.root().toString(),
                        "--rows",
                        "2000",
                        "--repeats",
                        "1",
                        "--contenders",
                        "floor,widekey,mysqldump"))
                .isZero();
    }

    @Test
    void aComparisonIsMeasuredAgainstItsOwnStatements() {
        assertThat(Bench.run(
                        "--repository",
                        Repository.root().toString(),
                        "--suites",
                        "verify",
                        "--rows",
                        "2000",
                        "--repeats",
                        "2"))
                .isZero();
    }
}
