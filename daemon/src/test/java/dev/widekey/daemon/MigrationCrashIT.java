package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.Demo;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The whole migration with its daemon killed again and again while the application writes. The demo judges by a comparison of its own: every
 * acknowledged write present, nothing else there, flags moved in the one legal order.
 */
class MigrationCrashIT {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    @Test
    void aDozenKillsOnTheWayChangeNothingInTheOutcome() {
        long seed = Long.getLong("widekey.seed", System.nanoTime() % 1_000_000);
        System.out.println("seed " + seed + "; repeat with -Dwidekey.seed=" + seed);
        int exit = Demo.run(
                "--repository",
                REPOSITORY.toString(),
                "--rows",
                "30000",
                "--chunk-rows",
                "150",
                "--kill",
                "12",
                "--seed",
                Long.toString(seed));
        assertThat(exit).as("exit code of the demo with seed %d", seed).isZero();
    }
}
