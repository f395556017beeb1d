package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.moving.Application;
import dev.widekey.sandbox.moving.Facts;
import dev.widekey.sandbox.torture.Points;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A real process dies at every crash point of a rolling cutover with a way back, and of that way, while an application writes; the next one, which is
 * armed with the next point, goes on.
 */
class RollingCrashIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** With how many times the point is passed before, in the order of a cutover's life. */
    private static final List<String> THERE = List.of(
            "WIRE_RAISED",
            "AFTER_WRITES_FLIPPED",
            "BEFORE_SEAL",
            "AFTER_SEAL",
            "FENCE_PART:2",
            "SEALED",
            "SEAL_PROVEN",
            "BEFORE_FLIP_READS",
            "AFTER_FLIP_READS",
            "BEFORE_READS_FLIPPED",
            "AFTER_READS_FLIPPED",
            "BEFORE_WATCH",
            "AFTER_WATCH");

    private static final List<String> BACK = List.of(
            "BEFORE_RETURN_READS",
            "AFTER_RETURN_READS",
            "READS_RETURNED",
            "BEFORE_RETURN_WRITES",
            "AFTER_RETURN_WRITES",
            "SOURCE_LIFTED",
            "FORWARD_STORED",
            "SOURCE_OPENED",
            "WRITES_RETURNED",
            "BEFORE_DRAIN_BACK",
            "AFTER_DRAIN_BACK",
            "BEFORE_SEAL_BACK",
            "AFTER_SEAL_BACK",
            "FENCE_PART:2",
            "SEALED",
            "SEAL_PROVEN",
            "RETURNED",
            "BEFORE_CATCH_UP");

    @Test
    void whoeverComesAfterACrashGoesOnAndNothingIsLost() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(300);
            Path config = world.config("cutover: {mode: rolling, rollback: true, id-gap: 500, quiet: 500ms}");
            Facts facts = FencedIT.facts(world);
            try (Application application = Application.start(
                    FencedIT.place(world), facts, new Application.Options(4, 20, 200, 20, 100, true), 7)) {
                FencedCrashIT.dieAtEach(world, config, THERE);
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("WATCH");
                    assertThat(world.flags()).isEqualTo("1,0");
                    world.flag(config, "widekey.rollback", "on");
                    await("the end of it")
                            .atMost(PATIENCE)
                            .until(() -> !world.phase().equals(Optional.of("WATCH")));
                    daemon.kill();
                }
                FencedCrashIT.dieAtEach(world, config, BACK);
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("READY");
                    assertThat(world.flags()).isEqualTo("0,1");
                    world.flag(config, "widekey.rollback", "off");
                    world.awaitPhase("WATCH");
                    application.close();
                    System.out.println(application.tally());
                    FencedIT.check(world, facts, application.tally());
                    assertThat(application.tally().refusedNew()).isZero();
                    // Reads that move again because a way back was given up are no step that needs a proof.
                    assertThat(FencedCrashIT.unprovenFlips(
                                    world, "(name = 'WRITE_NEW' OR (name = 'READ_OLD' AND enabled))"))
                            .isEqualTo("0");
                    daemon.terminate();
                    assertThat(world.end(daemon).code()).isZero();
                }
            }
        }
    }

    @Test
    void everyPointOfARollingCutoverAndOfTheWayBackIsAmongThem() {
        assertThat(Stream.concat(THERE.stream(), BACK.stream()).map(point -> point.replaceAll(":.*", "")))
                .containsAll(Points.ROLLED.names());
    }
}
