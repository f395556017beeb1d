package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.fault.FaultProxy;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Another server takes the source's place behind the same address. */
class FailoverIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static MySqlServer primary;
    private static MySqlServer replica;

    @BeforeAll
    static void startServers() throws Exception {
        primary = MySqlServer.start();
        replica = MySqlServer.start();
    }

    @AfterAll
    static void stopServers() {
        replica.close();
        primary.close();
    }

    @Test
    void aReplicaWithEverythingIsFollowedDuringTheCopy() throws Exception {
        try (FaultProxy address = FaultProxy.to(primary);
                SmallWorld world = new SmallWorld(address.front(), TestServers.target())) {
            world.fill(3_000);
            replicate(primary, replica);
            Path config = world.config("start: flag", "backfill: {chunk-rows: 100}", "cutover: {quiet: 1s}");
            try (DaemonProcess daemon = world.start(config)) {
                world.startPaused(config);
                world.source.execute(
                        "UPDATE history SET v = 'before' WHERE id <= 20", "DELETE FROM history WHERE id = 21");
                promote(address, primary, replica);
                world.source.execute(
                        "UPDATE history SET v = 'after' WHERE id <= 10", "DELETE FROM history WHERE id = 22");
                world.flag(config, "widekey.pause", "off");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
                assertThat(done.output()).contains("has taken the place of").contains("-> DONE");
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        } finally {
            demote(replica, primary);
        }
    }

    @Test
    void parityIsProvenAgainWithAServerThatTakesOverAfterwards() throws Exception {
        try (FaultProxy address = FaultProxy.to(primary);
                SmallWorld world = new SmallWorld(address.front(), TestServers.target())) {
            world.fill(500);
            replicate(primary, replica);
            // A difference that replication does not know of, as replicas have them.
            awaitReplicated(primary, replica);
            execute(
                    replica,
                    "SET sql_log_bin = 0",
                    "UPDATE " + world.source.name() + ".history SET v = 'drift' WHERE id = 7");
            Path config = world.config("cutover: {quiet: 1s, auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                promote(address, primary, replica);
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output())
                        .contains("READY -> CATCH_UP")
                        .contains("DIVERGENT")
                        .contains("7 different");
            }
            assertThat(world.flags()).isEqualTo("0,1");
        } finally {
            demote(replica, primary);
        }
    }

    @Test
    void aComparisonThatWasInterruptedBeginsAgainWithAServerThatTookOverMeanwhile() throws Exception {
        try (FaultProxy address = FaultProxy.to(primary);
                SmallWorld world = new SmallWorld(address.front(), TestServers.target())) {
            world.fill(10_000);
            replicate(primary, replica);
            String held = "cutover: {quiet: 1s, auto: false}";
            String ranges = "backfill: {chunk-rows: 100}";
            world.copyAndStop(world.config(held, ranges));
            try (DaemonProcess daemon =
                    world.start(world.config(held, ranges, "throttle: {mode: off, rows-per-second: 1000}"))) {
                await("something that is proven")
                        .atMost(PATIENCE)
                        .until(() -> world.state("SELECT COUNT(*) FROM proven").equals(Optional.of("1")));
                daemon.kill();
            }
            promote(address, primary, replica);
            try (DaemonProcess daemon = world.start(world.config(held, ranges))) {
                world.awaitLog("the next comparison begins with the first row: ");
                await("parity with the other server")
                        .atMost(PATIENCE)
                        .until(() -> world.log()
                                .substring(world.log().indexOf("begins with the first row: "))
                                .contains("VERIFY -> READY: all 10000 rows in (-inf, +inf] are equal\n"));
                assertThat(daemon.isAlive()).isTrue();
            }
        } finally {
            demote(replica, primary);
        }
    }

    @Test
    void aReplicaThatLacksWhatWasDeliveredHaltsTheCopy() throws Exception {
        try (FaultProxy address = FaultProxy.to(primary);
                SmallWorld world = new SmallWorld(address.front(), TestServers.target())) {
            world.fill(500);
            replicate(primary, replica);
            awaitReplicated(primary, replica);
            execute(replica, "STOP REPLICA");
            Path config = world.config("cutover: {quiet: 1s, auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.source.execute("UPDATE history SET v = 'lost' WHERE id = 3");
                await("the change on the target")
                        .atMost(PATIENCE)
                        .until(() -> world.target
                                .value("SELECT v FROM history WHERE id = 3")
                                .equals(Optional.of("lost")));
                address.retarget(replica);
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output())
                        .contains("halted: SOURCE_CHANGED")
                        .contains("does not have all the transactions that were delivered");
            }
            // A new process knows what the one before was given.
            SmallWorld.Ended refused = world.run(config);
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("does not have all the transactions that were delivered");
            address.retarget(primary);
            SmallWorld.Ended done = world.run(world.config("cutover: {quiet: 1s}"));
            assertThat(done.code()).as(done.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @Test
    void onceWritesHaveMovedNoOtherServerIsFollowed() throws Exception {
        try (FaultProxy address = FaultProxy.to(primary);
                SmallWorld world = new SmallWorld(address.front(), TestServers.target())) {
            world.fill(500);
            replicate(primary, replica);
            Path config = world.config("cutover: {quiet: 60s}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("DRAIN");
                promote(address, primary, replica);
                SmallWorld.Ended halted = world.end(daemon);
                assertThat(halted.code()).as(halted.output()).isEqualTo(4);
                assertThat(halted.output()).contains("halted: SOURCE_CHANGED");
            }
            assertThat(world.flags()).isEqualTo("1,1");
        } finally {
            demote(replica, primary);
        }
    }

    private static void replicate(MySqlServer from, MySqlServer to) throws Exception {
        execute(
                to,
                "STOP REPLICA",
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '" + from.host() + "', SOURCE_PORT = " + from.port()
                        + ", SOURCE_USER = '" + from.user() + "', SOURCE_PASSWORD = '" + from.password()
                        + "', SOURCE_SSL = 1, SOURCE_AUTO_POSITION = 1",
                "START REPLICA");
    }

    private static void awaitReplicated(MySqlServer from, MySqlServer to) throws Exception {
        String executed = value(from, "SELECT @@GLOBAL.gtid_executed");
        assertThat(value(to, "SELECT WAIT_FOR_EXECUTED_GTID_SET('" + executed + "', 60)"))
                .isEqualTo("0");
    }

    /** A planned fail-over: nothing is lost. */
    private static void promote(FaultProxy address, MySqlServer from, MySqlServer to) throws Exception {
        execute(from, "SET GLOBAL super_read_only = ON");
        awaitReplicated(from, to);
        execute(to, "STOP REPLICA");
        address.retarget(to);
    }

    /** Back to where the next test begins: the former primary has everything and may be written to. */
    private static void demote(MySqlServer from, MySqlServer to) throws Exception {
        execute(from, "STOP REPLICA");
        execute(to, "SET GLOBAL super_read_only = OFF", "SET GLOBAL read_only = OFF");
        replicate(from, to);
        awaitReplicated(from, to);
        execute(to, "STOP REPLICA", "RESET REPLICA ALL");
    }

    private static void execute(MySqlServer server, String... statements) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String value(MySqlServer server, String query) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
