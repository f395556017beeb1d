package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.moving.Application;
import dev.widekey.sandbox.moving.Facts;
import dev.widekey.sandbox.torture.Points;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A real process dies at every crash point of a fenced cutover and of the way back, while an application writes; the next one, which is armed with the next
 * point, proves who owns the writes and goes on.
 */
class FencedCrashIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** With how many times the point is passed before, in the order of a cutover's life. */
    private static final List<String> THERE = List.of(
            "BEFORE_FENCE",
            "AFTER_FENCE",
            "BEFORE_UNFENCE",
            "AFTER_UNFENCE",
            "FENCE_PART:1",
            "TARGET_SHUT",
            "FENCE_PART:2",
            "FENCE_UP",
            "FENCE_PROVEN",
            "BEFORE_FLIP",
            "AFTER_FLIP",
            "INSIDE_FLAG:1",
            "BETWEEN_FLIPS",
            "INSIDE_FLAG:1",
            "BEFORE_OPEN",
            "AFTER_OPEN",
            "REVERSE_STORED",
            "TARGET_OPENED",
            "BEFORE_WATCH",
            "AFTER_WATCH");

    private static final List<String> BACK = List.of(
            "BEFORE_FENCE_BACK",
            "AFTER_FENCE_BACK",
            "BEFORE_UNFENCE_BACK",
            "AFTER_UNFENCE_BACK",
            "FENCE_PART:2",
            "FENCE_BACK_UP",
            "BEFORE_FLIP_BACK",
            "AFTER_FLIP_BACK",
            "INSIDE_FLAG:1",
            "BETWEEN_FLIPS_BACK",
            "BEFORE_OPEN_BACK",
            "AFTER_OPEN_BACK",
            "FORWARD_STORED",
            "SOURCE_OPENED",
            "BEFORE_CATCH_UP");

    @Test
    void whoeverComesAfterACrashKnowsWhoOwnsTheWritesAndNothingIsLost() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(300);
            Path config = world.config("cutover: {mode: fenced, id-gap: 500}");
            Facts facts = FencedIT.facts(world);
            try (Application application = Application.start(
                    FencedIT.place(world), facts, new Application.Options(4, 20, 200, 20, 100, false), 7)) {
                dieAtEach(world, config, THERE);
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("WATCH");
                    assertThat(world.flags()).isEqualTo("1,0");
                    world.flag(config, "widekey.rollback", "on");
                    await("the end of it")
                            .atMost(PATIENCE)
                            .until(() -> !world.phase().equals(Optional.of("WATCH")));
                    daemon.kill();
                }
                dieAtEach(world, config, BACK);
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("READY");
                    assertThat(world.flags()).isEqualTo("0,1");
                    world.flag(config, "widekey.rollback", "off");
                    world.awaitPhase("WATCH");
                    application.close();
                    System.out.println(application.tally());
                    FencedIT.check(world, facts, application.tally());
                    everyDirectionWasBegunByWhoeverHadComparedUnderTheFence(world);
                    daemon.terminate();
                    assertThat(world.end(daemon).code()).isZero();
                }
            }
        }
    }

    @Test
    void everyPointOfAFencedCutoverAndOfTheWayBackIsAmongThem() {
        assertThat(Stream.concat(THERE.stream(), BACK.stream()).map(point -> point.replaceAll(":.*", "")))
                .containsAll(Points.FENCED.names());
    }

    /** Lets one process after the other die, each at the next point. */
    static void dieAtEach(SmallWorld world, Path config, List<String> points) throws Exception {
        for (String point : points) {
            try (DaemonProcess daemon = world.start(config, "-D" + CrashPoint.PROPERTY + "=" + point)) {
                OptionalInt code = daemon.await(PATIENCE);
                assertThat(code)
                        .as("%s in phase %s:%n%s", point, world.phase(), world.log())
                        .hasValue(137);
            }
        }
    }

    private static void everyDirectionWasBegunByWhoeverHadComparedUnderTheFence(SmallWorld world) throws Exception {
        // The first flip of each direction; the second may be a successor's, which finds the first.
        assertThat(unprovenFlips(world, "enabled AND name IN ('WRITE_NEW', 'READ_OLD')"))
                .isEqualTo("0");
    }

    /** How many of these flips were made by a process that had not found both sides equal before. */
    static String unprovenFlips(SmallWorld world, String which) throws Exception {
        return world.state("SELECT COUNT(*) FROM flag_history f WHERE version > 1 AND " + which
                        + " AND NOT EXISTS (SELECT 1 FROM parity p WHERE p.verdict = 'EQUAL' AND p.at < f.changed_at"
                        + " AND f.owner = CONCAT('widekey epoch ', p.epoch))")
                .orElseThrow();
    }
}
