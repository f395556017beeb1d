package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose clock is set while the daemon runs. Needs the library faketime, without which nothing is shown. */
@Timeout(300)
class ClockIT {
    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"));

    @TempDir
    private Path folder;

    @Test
    void aClockThatJumpsHoldsTheCopyBackAtMostAndLosesNothing() throws Exception {
        Path library = LIBRARIES.stream().filter(Files::exists).findFirst().orElse(Path.of("none"));
        assumeThat(library).exists();
        Path clock = Files.writeString(folder.resolve("clock"), "+0");
        try (SmallWorld world = new SmallWorld()) {
            world.fill(60_000);
            Path config = world.config("cutover: {quiet: 1s, auto: false}", "backfill: {workers: 1, chunk-rows: 100}");
            Map<String, String> faked = Map.of(
                    "LD_PRELOAD",
                    library.toString(),
                    "FAKETIME_TIMESTAMP_FILE",
                    clock.toString(),
                    "FAKETIME_CACHE_DURATION",
                    "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC",
                    "1");
            try (DaemonProcess daemon = world.start(config, faked)) {
                try (LiveWriter writer = LiveWriter.on(world.source, 60_000)) {
                    world.awaitChunks(5);
                    Files.writeString(clock, "+3600");
                    world.awaitLog("throttle=\"stream lag 3");
                    // How far the two clocks are apart is measured again within a minute.
                    world.awaitPhase("READY");
                    Files.writeString(clock, "-3600");
                    long before = writer.writes();
                    await().until(() -> writer.writes() > before + 200);
                }
                world.approve();
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
            assertThat(world.flags()).isEqualTo("1,0");
        }
    }
}
