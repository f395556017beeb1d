package dev.widekey.sandbox.csmh;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.csmh.CheckReport.Finding;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SimulatorIT {
    private static final int ROWS = 3_000;

    @Test
    void wholeLifeWithARollingFlipEndsEqual() throws Exception {
        World world = World.named(TestServers.source(), TestServers.target(), "life");
        world.create();
        Generator generator = new Generator(3, ROWS);
        Ledger ledger = new Ledger();
        world.load(generator, ledger);
        createFlags(world);
        SimulatorOptions options = SimulatorOptions.forHistory(3, ROWS)
                .withHeldIds(10, Duration.ofSeconds(1))
                .withRestarts(Duration.ofMillis(200), Duration.ofMillis(1_500));
        SimulatorReport report;
        try (Simulator simulator = Simulator.start(world, generator, ledger, options)) {
            // The clean-up has run when more rows are gone than module deletes explain, and the rest has had its turn.
            await().atMost(60, SECONDS)
                    .until(() -> simulator.report().deletes() > options.cleanHistoryRows() + 5
                            && simulator.report().updates() > 3
                            && simulator.report().rolledBack() > 2
                            && simulator.report().reads() > 10);
            CrudeCopy.run(world, 1_000_000);
            setFlag(world, Flags.WRITE, true);
            await().atMost(60, SECONDS).until(() -> simulator.report().restarts() == 3);
            CrudeCopy.run(world, 1_000_000);
            setFlag(world, Flags.READ, false);
            long reads = simulator.report().reads();
            await().atMost(60, SECONDS)
                    .until(() -> simulator.report().extendedRows() > 300
                            && simulator.report().reads() > reads + 15);
            report = simulator.stop();
        }

        assertThat(report.examples()).isEmpty();
        assertThat(report.wrongReads()).isZero();
        assertThat(report.wrongFlags()).isZero();
        assertThat(report.errors()).isZero();
        assertThat(report.stragglerRows()).isPositive();
        CheckReport check = Checker.check(world, ledger);
        assertThat(check.summary()).startsWith("equal");
        assertThat(check.unknown()).isZero();
        world.drop();
    }

    @Test
    void readersNoticeFlippedReadsWithoutACopyAndHiddenTables() throws Exception {
        World world = World.named(TestServers.source(), TestServers.target(), "wrong");
        world.create();
        Generator generator = new Generator(4, ROWS);
        Ledger ledger = new Ledger();
        world.load(generator, ledger);
        createFlags(world);
        SimulatorOptions options = SimulatorOptions.forHistory(4, ROWS)
                .withRestarts(Duration.ofMillis(100), Duration.ofMillis(300))
                .withHeldIds(0, Duration.ZERO);
        try (Simulator simulator = Simulator.start(world, generator, ledger, options)) {
            setFlag(world, Flags.READ, false);
            await().atMost(30, SECONDS).until(() -> simulator.report().wrongFlags() > 1);
            setFlag(world, Flags.WRITE, true);
            await().atMost(30, SECONDS).until(() -> simulator.report().wrongReads() > 1);
        }
        assertThat(Checker.check(world, ledger).count(Finding.LOST)).isGreaterThan(ROWS / 2);
        world.drop();
    }

    @Test
    void killedServerCostsErrorsButNoTruth() throws Exception {
        try (MySqlServer source = MySqlServer.start()) {
            World world = World.named(source, TestServers.target(), "killed");
            world.create();
            Generator generator = new Generator(5, ROWS);
            Ledger ledger = new Ledger();
            world.load(generator, ledger);
            SimulatorOptions options = SimulatorOptions.forHistory(5, ROWS).withHeldIds(0, Duration.ZERO);
            try (Simulator simulator = Simulator.start(world, generator, ledger, options)) {
                await().atMost(30, SECONDS).until(() -> simulator.report().oldRows() > 200);
                source.kill();
                await().atMost(30, SECONDS).until(() -> simulator.report().errors() > 3);
                source.resume();
                long rows = simulator.report().oldRows();
                await().atMost(30, SECONDS).until(() -> simulator.report().oldRows() > rows + 200);
                assertThat(simulator.stop().wrongReads()).isZero();
            }
            CrudeCopy.run(world, 1_000_000);
            assertThat(Checker.check(world, ledger).summary()).startsWith("equal");
            world.drop();
        }
    }

    private static void createFlags(World world) throws SQLException {
        Server target = world.target();
        target.execute(
                "CREATE DATABASE " + world.stateSchema(),
                "CREATE TABLE " + world.stateSchema()
                        + ".flag (migration VARCHAR(64), name VARCHAR(128), enabled BOOLEAN, version BIGINT,"
                        + " owner VARCHAR(128), reason VARCHAR(255), changed_at DATETIME(6), PRIMARY KEY (migration, name))");
    }

    private static void setFlag(World world, String name, boolean enabled) throws SQLException {
        world.target()
                .execute("REPLACE INTO " + world.stateSchema() + ".flag VALUES ('csmh', '" + name + "', " + enabled
                        + ", 1, 'test', '', NOW(6))");
    }
}
