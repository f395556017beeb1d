package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.torture.Torture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The torture command itself: does what it is asked to, and says so. */
class TortureCrashIT {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    @Test
    void killsAndFaultsAskedForAreDoneAndNothingIsLost(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("widekey.seed", System.nanoTime() % 1_000_000);
        System.out.println("seed " + seed + "; repeat with -Dwidekey.seed=" + seed);
        Path runs = folder.resolve("runs");
        int exit = Torture.run(
                "--repository",
                REPOSITORY.toString(),
                "--kills",
                "4",
                "--faults",
                "source-kill,target-cut",
                "--rows",
                "2000",
                "--append",
                runs.toString(),
                "--seed",
                Long.toString(seed));

        assertThat(exit).as("exit code of the torture with seed %d", seed).isZero();
        assertThat(Files.readString(runs))
                .containsPattern(
                        " seed=" + seed + " kills=([4-9]|\\d\\d+) faults=2 writes=[1-9]\\d+ .*lost=0 ghost=0 stale=0 ");
    }
}
