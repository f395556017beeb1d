package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A real process dies wherever a migration that moves the writes first has made something durable before the copy; the next one goes on. */
class WriteFirstCrashIT {
    /** In the order of a migration's life. Up to the flip nothing has moved, behind it the application writes to the target. */
    private static final List<String> POINTS = List.of(
            "AFTER_START_POSITION",
            "BEFORE_GAP",
            "AFTER_GAP",
            "AFTER_GAP_RESERVED",
            "BEFORE_WRITES_FLIPPED",
            "INSIDE_FLAG",
            "AFTER_WRITES_FLIPPED",
            "BEFORE_BACKFILL",
            "AFTER_CHUNK_COMMIT:3",
            "BEFORE_DRAIN",
            "BEFORE_READS_FLIPPED");

    @Test
    void whoeverComesAfterACrashKnowsWhetherTheWritesHaveMovedAndNoRowIsLost() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(1_000);
            Path config = world.config("cutover: {order: write-first, quiet: 1s}", "backfill: {chunk-rows: 100}");
            List<String> written = new ArrayList<>();
            try (LiveWriter stragglers = LiveWriter.on(world.source, 1_000)) {
                for (String point : POINTS) {
                    if (point.equals("BEFORE_READS_FLIPPED")) {
                        stragglers.close();
                    }
                    assertThat(died(world, config, point))
                            .as("%s: %s", point, world.log())
                            .isEqualTo(137);
                    boolean moved = POINTS.indexOf(point) >= POINTS.indexOf("AFTER_WRITES_FLIPPED");
                    assertThat(world.flags()).as(point).isEqualTo(moved ? "1,1" : "0,1");
                    if (moved) {
                        WriteFirstIT.write(world, point);
                        written.add(point);
                    }
                }
                assertThat(stragglers.writes()).isPositive();
            }
            SmallWorld.Ended done = world.run(config);
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(world.flags()).isEqualTo("1,0");
            WriteFirstIT.assertEqualBelowTheGap(world);
            assertThat(WriteFirstIT.written(world)).isEqualTo(String.join(",", written));
        }
    }

    private static int died(SmallWorld world, Path config, String point) throws Exception {
        try (DaemonProcess daemon = world.start(config, "-D" + CrashPoint.PROPERTY + "=" + point)) {
            return world.end(daemon).code();
        }
    }
}
