package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that sleeps for longer than its lease, and another one that takes over meanwhile. */
@Timeout(180)
class TakeoverIT {

    @Test
    void aProcessThatWakesUpAfterATakeoverCommitsNothingAndHalts() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(60_000);
            Path config = world.config("cutover: {quiet: 1s, auto: false}", "backfill: {workers: 2, chunk-rows: 100}");
            try (DaemonProcess old = world.start(config);
                    LiveWriter writer = LiveWriter.on(world.source, 60_000)) {
                world.awaitChunks(5);
                signal(old, "-STOP");
                try (DaemonProcess next = untilTaken(world, config)) {
                    world.awaitLog("in epoch 2");
                    signal(old, "-CONT");
                    SmallWorld.Ended ended = world.end(old);
                    assertThat(ended.code()).as(ended.output()).isEqualTo(4);
                    assertThat(ended.output()).contains("halted: OWNERSHIP_LOST");
                    assertThat(next.isAlive()).isTrue();
                    world.awaitPhase("READY");
                    // The one that lost leaves no trace in what the other one reports.
                    assertThat(world.state("SELECT halt FROM migration")).isEmpty();
                    assertThat(world.state("SELECT COUNT(*) FROM phase_history WHERE epoch = 1 AND phase = 'CATCH_UP'"))
                            .hasValue("0");
                    assertThat(writer.writes()).isPositive();
                    writer.close();
                    world.approve();
                    SmallWorld.Ended done = world.end(next);
                    assertThat(done.code()).as(done.output()).isZero();
                }
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
            assertThat(world.flags()).isEqualTo("1,0");
        }
    }

    /** Starts the second process again, as a service manager would, until the first one's lease is over. */
    private static DaemonProcess untilTaken(SmallWorld world, Path config) throws Exception {
        for (int attempt = 0; attempt < 30; attempt++) {
            DaemonProcess next = world.start(config);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !next.isAlive() || world.log().contains("in epoch 2"));
            if (next.isAlive()) {
                return next;
            }
            assertThat(next.await(Duration.ofSeconds(10))).hasValue(75);
            next.close();
        }
        throw new AssertionError("the lease is never over");
    }

    private static void signal(DaemonProcess process, String signal) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
