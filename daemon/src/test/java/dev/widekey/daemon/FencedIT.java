package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.moving.Application;
import dev.widekey.sandbox.moving.Facts;
import dev.widekey.sandbox.moving.Place;
import dev.widekey.sandbox.moving.Tally;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The fenced cutover and the way back, with an application that follows the flags more or less promptly. */
class FencedIT {
    private static final String AUTOMATIC = "cutover: {mode: fenced, id-gap: 1000}";
    private static final Application.Options BUSY = new Application.Options(8, 10, 500, 20, 300, false);

    @Test
    void anApplicationMovesUnderAFenceAndBackAndAgainAndLosesNothing() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(500);
            Path config = world.config(AUTOMATIC);
            Facts facts = facts(world);
            try (Application application = Application.start(place(world), facts, BUSY, 1)) {
                try (DaemonProcess daemon = world.start(config)) {
                    world.awaitPhase("WATCH");
                    assertThat(world.flags()).isEqualTo("1,0");
                    awaitWrites(application, 200);
                    daemon.kill();
                }
                // What the first process has seen of the application on the target is lost with it.
                try (DaemonProcess daemon = world.start(config)) {
                    world.flag(config, "widekey.rollback", "on");
                    world.awaitPhase("READY");
                    assertThat(world.flags()).isEqualTo("0,1");
                    awaitWrites(application, 200);
                    world.flag(config, "widekey.rollback", "off");
                    world.awaitPhase("WATCH");
                    awaitWrites(application, 200);
                    application.close();
                    System.out.println(application.tally());
                    check(world, facts, application.tally());
                    world.flag(config, "widekey.finish", "on");
                    SmallWorld.Ended end = world.end(daemon);
                    assertThat(end.code()).as(end.output()).isZero();
                    assertThat(SmallWorld.rows(world.source)).isEqualTo(SmallWorld.rows(world.target));
                }
            }
        }
    }

    static Facts facts(SmallWorld world) throws Exception {
        Facts facts = new Facts();
        try (Connection connection = world.source.connect()) {
            facts.load(connection, "history");
        }
        return facts;
    }

    /** The target holds what was acknowledged, and no request went wrong. */
    static void check(SmallWorld world, Facts facts, Tally tally) throws Exception {
        assertThat(tally.failed()).as("%s", tally).isZero();
        assertThat(tally.wrongReads()).as("%s", tally).isZero();
        assertThat(tally.wrongFlags()).as("%s", tally).isZero();
        try (Connection connection = world.target.connect()) {
            Facts.Wrong wrong = facts.check(connection, "history");
            assertThat(wrong.isNothing()).as("%s", wrong).isTrue();
        }
    }

    private static void awaitWrites(Application application, long more) {
        long before = application.tally().written();
        await("writes")
                .atMost(Duration.ofSeconds(60))
                .until(() -> application.tally().written() >= before + more);
    }

    static Place place(SmallWorld world) {
        return new Place(
                world.source.server(),
                world.target.server(),
                world.source.name() + ".history",
                world.target.name() + ".history",
                world.target.name() + "_state",
                "small",
                "WRITE_NEW",
                "READ_OLD");
    }
}
