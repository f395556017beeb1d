package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that stand in the log long before they can be read, and transactions that hardly fit anywhere. */
@Timeout(240)
class SlowCommitIT {
    private static final String BY_HAND = "cutover: {quiet: 1s, auto: false}";

    @Test
    void aDeleteDeliveredLongBeforeItIsVisibleIsNotUndoneByTheCopy() throws Exception {
        try (MySqlServer source =
                        MySqlServer.start(ServerOptions.defaults().with("plugin-load-add", "semisync_source.so"));
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            world.fill(2_000);
            Path config = world.config(BY_HAND, "start: flag", "backfill: {workers: 2, chunk-rows: 100}");
            try (DaemonProcess daemon = world.start(config)) {
                world.startPaused(config);
                world.awaitLog("lag=0");
                Optional<String> before = world.state("SELECT position FROM stream");
                // A commit waits behind its entry in the log for a replica that is not there.
                world.source.execute(
                        "SET GLOBAL rpl_semi_sync_source_timeout = 120000",
                        "SET GLOBAL rpl_semi_sync_source_wait_no_replica = ON",
                        "SET GLOBAL rpl_semi_sync_source_enabled = ON");
                CompletableFuture<Void> delete = CompletableFuture.runAsync(() -> {
                    try {
                        world.source.execute("DELETE FROM history WHERE id % 7 = 0");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                await("the delete is applied")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !world.state("SELECT position FROM stream").equals(before));
                assertThat(world.source.value("SELECT COUNT(*) FROM history WHERE id % 7 = 0"))
                        .hasValue("285");
                world.meddle("UPDATE flag SET enabled = 0, version = version + 1 WHERE name = 'widekey.pause'");
                world.awaitLog("CachedSwitch: not paused");
                // Rows that are deleted in the log and still there on the source are not read yet.
                await("chunks that wait")
                        .during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(5))
                        .until(() -> world.target
                                .value("SELECT COUNT(*) FROM history")
                                .equals(Optional.of("0")));
                assertThat(delete).isNotDone();
                world.source.execute("SET GLOBAL rpl_semi_sync_source_enabled = OFF");
                delete.get(30, TimeUnit.SECONDS);
                world.awaitPhase("READY");
                world.approve();
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(world.target.value("SELECT COUNT(*) FROM history WHERE id % 7 = 0"))
                    .hasValue("0");
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OFF -Xmx256m", "50 ON -Xmx768m"})
    void aTransactionOfHundredsOfMegabytesPassesInLittleMemory(String form) throws Exception {
        String[] parts = form.split(" ", 3);
        try (SmallWorld world = new SmallWorld()) {
            world.fill(10);
            try (DaemonProcess daemon = world.start(world.config(BY_HAND), Map.of("WIDEKEY_JAVA_OPTS", parts[2]))) {
                world.awaitPhase("READY");
                world.source.execute(
                        "SET SESSION binlog_transaction_compression = " + parts[1],
                        "INSERT INTO history (v, made) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                                + parts[0] + ") SELECT CONCAT(i, REPEAT(MD5(i), 31250)), NOW() FROM n");
                world.approve();
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
                assertThat(done.output()).doesNotContain("OutOfMemory");
            }
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        }
    }
}
