package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The throttle as an operator uses it: by the command, while a daemon runs. */
class ThrottleCommandIT {
    private static final String QUICK = "cutover: {quiet: 1s}";
    private static final String SMALL_CHUNKS = "backfill: {workers: 3, chunk-rows: 100}";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aCopyThatIsHeldByItsBudgetGoesOnWhenTheBudgetIsTakenAway() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(50_000);
            // By this budget the copy would take more than eight minutes.
            Path config = world.config(QUICK, SMALL_CHUNKS, "throttle: {mode: off, rows-per-second: 100}");
            try (DaemonProcess daemon = world.start(config)) {
                await().atMost(PATIENCE).until(() -> world.log().contains("throttle=\"budget 100 rows/s\""));
                SmallWorld.Ended shown = throttle(world, config);
                assertThat(shown.output()).contains("rows-per-second   100        from the file");
                SmallWorld.Ended set = throttle(world, config, "--rows-per-second", "off", "--workers", "2");
                assertThat(set.code()).as(set.output()).isZero();
                assertThat(set.output())
                        .containsPattern("rows-per-second +off +set by process \\d+ on \\S+ at \\S+; the file says 100")
                        .containsPattern("workers +2 +set by process")
                        .containsPattern("mode +off +from the file");
                world.awaitLog("rows-per-second is off, set by process ");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void whatIsStoredWinsOverTheFileAfterARestartUntilItIsReset() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(50_000);
            Path config = world.config(QUICK, SMALL_CHUNKS, "throttle: {mode: off}", "start: flag");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("IDLE");
                assertThat(throttle(world, config, "--bytes-per-second", "100KB")
                                .code())
                        .isZero();
                daemon.kill();
            }
            Path now = world.config(QUICK, SMALL_CHUNKS, "throttle: {mode: off}");
            try (DaemonProcess daemon = world.start(now)) {
                world.awaitLog("bytes-per-second is 100KB, set by process ");
                assertThat(world.log()).contains("the configuration file says off");
                await().atMost(PATIENCE).until(() -> world.log().contains("throttle=\"budget 100KB/s\""));
                assertThat(throttle(world, now, "--reset").code()).isZero();
                world.awaitLog("no setting is stored any more, the configuration file's hold");
                assertThat(world.end(daemon).code()).isZero();
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void wrongValuesAreRefusedAndNothingCanBeSetBeforeTheMigrationIsStarted() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            Path config = world.config(SMALL_CHUNKS);
            SmallWorld.Ended rows = throttle(world, config, "--rows-per-second", "1");
            assertThat(rows.code()).isEqualTo(2);
            assertThat(rows.output()).contains("--rows-per-second cannot be '1'; allowed: off, or a whole number");
            SmallWorld.Ended workers = throttle(world, config, "--workers", "4");
            assertThat(workers.code()).isEqualTo(2);
            assertThat(workers.output()).contains("a whole number from 1 to 3");
            assertThat(throttle(world, config, "--mode", "fast").code()).isEqualTo(2);
            assertThat(throttle(world, config, "--reset", "--mode", "off").code())
                    .isEqualTo(2);
            SmallWorld.Ended early = throttle(world, config, "--mode", "auto");
            assertThat(early.code()).isEqualTo(78);
            assertThat(early.output()).contains("NOT_STARTED").contains("has not been started");
            SmallWorld.Ended shown = throttle(world, config);
            assertThat(shown.code()).isZero();
            assertThat(shown.output()).containsPattern("mode +off +from the file");
        }
    }

    @Test
    void aDaemonThatFollowsTheServersMovesATableAndACommitThatHangsStopsIt() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(2_000);
            String patient = "throttle: {source-latency: 100000, threads-running: 1000, commit-latency: 300ms}";
            Path config = world.config(QUICK, SMALL_CHUNKS, patient, "start: flag");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("IDLE");
                try (Connection blocker = world.target.connect();
                        Statement lock = blocker.createStatement()) {
                    blocker.setAutoCommit(false);
                    // The renewal of the lease waits for this row, as it would for a disk that does not answer.
                    lock.executeQuery("SELECT * FROM " + world.target.name() + "_state.lease FOR UPDATE")
                            .close();
                    world.flag(config, "widekey.start", "on");
                    await().atMost(PATIENCE)
                            .until(() -> Pattern.compile("throttle=\"[^\"]*target commit latency[^\"]*, stopped\"")
                                    .matcher(world.log())
                                    .find());
                    blocker.rollback();
                }
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    private static SmallWorld.Ended throttle(SmallWorld world, Path config, String... options) throws Exception {
        String[] line = new String[options.length + 3];
        line[0] = "throttle";
        line[1] = "--config";
        line[2] = config.toString();
        System.arraycopy(options, 0, line, 3, options.length);
        return world.command(line);
    }
}
