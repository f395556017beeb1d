package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.scenario.ScenarioE;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The acceptance scenario in a small form: everything it promises holds. */
class ScenarioECrashIT {

    @Test
    void everyPointOfTheScenarioHolds(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("widekey.seed", System.nanoTime() % 1_000_000);
        System.out.println("seed " + seed + "; repeat with -Dwidekey.seed=" + seed);
        Path lines = folder.resolve("lines");
        int exit = ScenarioE.run(
                "--repository",
                Repository.root().toString(),
                "--rows",
                "12000",
                "--kills",
                "3",
                "--time-scale",
                "0.05",
                "--timeout",
                "400",
                "--seed",
                Long.toString(seed),
                "--append",
                lines.toString());

        assertThat(Files.readString(lines))
                .as("exit code %d with seed %d", exit, seed)
                .containsPattern("parity=equal rows=\\d+ lost=0 ghost=0 stale=0 other=0 left-behind=2 kills=3 "
                        + "straggler=[1-9].* flags=ok reads=[1-9]\\d* wrong=0 .* points=ok seed=" + seed);
        assertThat(exit).isZero();
    }
}
