package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.fault.FaultProxy;
import dev.widekey.sandbox.fault.Link;
import dev.widekey.sandbox.fault.LinkFault;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people and programs do to the two tables and their log while the whole daemon runs: it halts in a named state, and no flag moves. */
@Timeout(180)
class SourceEventIT {
    private static final String BY_HAND = "cutover: {quiet: 30s, auto: false}";

    @ParameterizedTest
    @CsvSource({
        "BACKFILL, ALTER TABLE history ADD COLUMN more INT NULL, SCHEMA_CHANGED",
        "BACKFILL, TRUNCATE TABLE history, TRUNCATED",
        "VERIFY, ALTER TABLE history ADD COLUMN more INT NULL, SCHEMA_CHANGED",
        "READY, ALTER TABLE history ADD COLUMN more INT NULL, SCHEMA_CHANGED",
        "READY, TRUNCATE TABLE history, TRUNCATED",
        "DRAIN, ALTER TABLE history DROP COLUMN v, SCHEMA_CHANGED",
        "DRAIN, TRUNCATE TABLE history, TRUNCATED",
    })
    void aChangedSourceTableHaltsInEveryPhase(String phase, String ddl, String reason) throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(20_000);
            Path config = world.config(BY_HAND, "backfill: {workers: 1, chunk-rows: 100}");
            try (DaemonProcess daemon = world.start(config)) {
                if (phase.equals("DRAIN")) {
                    world.awaitPhase("READY");
                    world.approve();
                } else if (phase.equals("BACKFILL")) {
                    world.awaitChunks(3);
                }
                world.awaitPhaseOrLater(phase);
                String flags = world.flags();
                world.source.execute(ddl);
                halted(world, daemon, reason);
                assertThat(world.flags()).isEqualTo(flags);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BACKFILL, DROP TABLE history",
        "BACKFILL, ALTER TABLE history ADD UNIQUE KEY one (id DESC)",
        "READY, ALTER TABLE history DROP COLUMN v",
        "READY, RENAME TABLE history TO gone",
    })
    void aChangedTargetTableHalts(String phase, String ddl) throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(20_000);
            Path config = world.config(BY_HAND, "backfill: {workers: 1, chunk-rows: 100}");
            try (DaemonProcess daemon = world.start(config);
                    LiveWriter writer = LiveWriter.on(world.source, 20_000)) {
                world.awaitChunks(3);
                world.awaitPhaseOrLater(phase);
                world.target.execute(ddl);
                String said = halted(world, daemon, "SCHEMA_CHANGED");
                assertThat(said).contains("start again");
                assertThat(writer.writes()).isPositive();
            }
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET SESSION binlog_format = STATEMENT", "SET SESSION binlog_row_image = MINIMAL"})
    void aSessionThatLogsOtherThanWholeRowsHalts(String setting) throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(100);
            try (DaemonProcess daemon = world.start(world.config(BY_HAND))) {
                world.awaitPhase("READY");
                world.source.execute(setting, "UPDATE history SET v = 'other' WHERE id < 10");
                halted(world, daemon, "UNREADABLE");
            }
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"XA COMMIT 'x'", "XA ROLLBACK 'x'"})
    void aDistributedTransactionIsNeverMovedUnseen(String end) throws Exception {
        try (MySqlServer source = MySqlServer.start();
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            world.fill(100);
            Path config = world.config("cutover: {quiet: 1s, auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                world.source.execute(
                        "XA START 'x'",
                        "INSERT INTO history VALUES (777, 'prepared', NOW())",
                        "XA END 'x'",
                        "XA PREPARE 'x'",
                        end);
                world.approve();
                SmallWorld.Ended ended = world.end(daemon);
                assertThat(ended.code()).as(ended.output()).isIn(0, 4);
                if (ended.code() == 4) {
                    assertThat(world.state("SELECT halt FROM migration").orElseThrow())
                            .isIn("UNREADABLE", "DIVERGENT");
                    assertThat(world.flags()).isEqualTo("0,1");
                } else {
                    assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
                }
                assertThat(end.contains("ROLLBACK") && ended.code() == 0).isFalse();
            }
        }
    }

    @Test
    void aLogPurgedUnderTheReaderHalts() throws Exception {
        try (MySqlServer source = MySqlServer.start();
                FaultProxy proxy = FaultProxy.to(source);
                SmallWorld world = new SmallWorld(source, TestServers.target(), proxy.front(), TestServers.target())) {
            world.fill(100);
            try (DaemonProcess daemon = world.start(world.config(BY_HAND))) {
                world.awaitPhase("READY");
                proxy.inject(LinkFault.REFUSE, Link.BINLOG);
                // Every attempt to read on is refused meanwhile, so nobody holds the old file.
                world.source.execute("INSERT INTO history (v, made) VALUES ('never read', NOW())");
                SmallWorld.purgeLogs(source);
                proxy.heal();
                assertThat(halted(world, daemon, "POSITION_LOST")).contains("keep binlogs");
            }
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    private static String halted(SmallWorld world, DaemonProcess daemon, String reason) throws Exception {
        SmallWorld.Ended halted = world.end(daemon);
        assertThat(halted.code()).as(halted.output()).isEqualTo(4);
        assertThat(halted.output()).contains("halted: " + reason);
        assertThat(world.state("SELECT halt FROM migration")).hasValue(reason);
        return world.state("SELECT halt_message FROM migration").orElseThrow();
    }
}
