package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.widekey.backfill.Throttle;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.config.ConfigLoader;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.forecast.ForecastReport;
import dev.widekey.daemon.forecast.LogWatch;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.throttle.CopyThrottle;
import dev.widekey.daemon.throttle.Governor;
import dev.widekey.daemon.throttle.Settings;
import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the servers really answer when they are asked about the future. */
class ForecastIT {
    private static final Database.Owner NOBODY = new Database.Owner("none", "test");

    private SmallWorld world;

    @BeforeEach
    void create() throws Exception {
        world = new SmallWorld();
        world.fill(10);
        // The statement took more ids at once than it needed.
        world.source.execute("ALTER TABLE history AUTO_INCREMENT = 11");
    }

    @AfterEach
    void drop() throws Exception {
        world.close();
    }

    @Test
    void theIdsLeftFollowTheCounterWhateverTheServerRemembersOfIt() throws Exception {
        world.source.execute("ALTER TABLE history AUTO_INCREMENT = 2147483548");
        // Asked like this the server keeps the answer for a day.
        assertThat(world.source.value(
                        "SELECT auto_increment FROM information_schema.tables WHERE table_schema = DATABASE()"))
                .contains("2147483548");
        try (Servers servers = new Servers(world.config())) {
            ForecastReport report = servers.report();
            assertThat(report.exhaustion().left()).hasValue(100);
            assertThat(report.exhaustion().seconds()).isEmpty();
            world.source.execute(
                    "INSERT INTO history (v, made) SELECT v, made FROM (SELECT * FROM history LIMIT 5) a, (SELECT 1 UNION SELECT 2 UNION"
                            + " SELECT 3 UNION SELECT 4) b",
                    "DELETE FROM history WHERE id > 10");
            // The counter is ahead of every row, by what an INSERT ... SELECT takes at once.
            assertThat(report.exhaustion().left().getAsDouble()).isBetween(60.0, 80.0);
            assertThat(report.exhaustion().seconds().getAsDouble()).isPositive();
            assertThat(report.exhaustion().day()).isPresent();
            world.source.execute("INSERT INTO history VALUES (2147483647, '', '2020-01-01')");
            assertThat(report.exhaustion().left()).hasValue(0);
        }
    }

    @Test
    void whatHoldsTheKeyElsewhereIsNamedWithTheStatementThatWidensIt() throws Exception {
        String schema = world.source.name();
        world.source.execute(
                "ALTER TABLE history ADD module INT NOT NULL DEFAULT 536870911, ADD INDEX (module)",
                "CREATE TABLE grade (id INT PRIMARY KEY, entry INT NULL DEFAULT 3 COMMENT 'it''s', CONSTRAINT from_entry"
                        + " FOREIGN KEY (entry) REFERENCES history (id))",
                "CREATE TABLE note (history_id INT UNSIGNED NOT NULL, other_id INT)",
                "CREATE TABLE ready (history_id BIGINT NOT NULL)",
                "CREATE VIEW recent AS SELECT id, v FROM history",
                "CREATE VIEW again AS SELECT v AS text FROM recent");
        world.target.execute(
                "ALTER TABLE history ADD module BIGINT UNSIGNED NOT NULL",
                "CREATE VIEW flat AS SELECT 1 + 0 AS one, id FROM history");
        try (Servers servers = new Servers(world.config())) {
            List<String> lines = servers.report().lines();
            assertThat(lines)
                    .anyMatch(
                            line -> line.startsWith(
                                    "ids: key id of the source is int; 2147483637 are left; rate unknown, fewer than 10 were taken in "))
                    .contains(
                            "column module is int, on the target bigint unsigned: its highest value is 536870911, 1610612736 below the end of its"
                                    + " type (75.0 % left)")
                    .anyMatch(line ->
                            line.matches("binlog: the source has \\d+ files, .* a file is kept for 30 d \\(.*"));
            assertThat(lines.stream()
                            .filter(line -> line.startsWith("64 bits: ") && line.contains(schema))
                            .toList())
                    .containsExactly(
                            "64 bits: column " + schema
                                    + ".grade.entry (int) refers to the key by from_entry and cannot hold ids of 64 bits: ALTER TABLE `"
                                    + schema
                                    + "`.`grade` DROP FOREIGN KEY `from_entry`, MODIFY `entry` bigint unsigned NULL DEFAULT '3' COMMENT 'it''s';"
                                    + " no foreign key can lead to the target's rows",
                            "64 bits: maybe column " + schema
                                    + ".note.history_id (int unsigned): it is named like a reference to the key, which is a guess; if it is one,"
                                    + " ALTER TABLE `" + schema
                                    + "`.`note` MODIFY `history_id` bigint unsigned NOT NULL;",
                            "64 bits: view " + schema
                                    + ".again on the source reads the table, no column of it is named like the key; it shows no row that is written"
                                    + " to the target",
                            "64 bits: view " + schema
                                    + ".recent on the source reads the table, id is int there; it shows no row that is written to the target");
            assertThat(lines).noneMatch(line -> line.contains("flat"));
            // What it says is what the server takes.
            String widening = lines.stream()
                    .filter(line -> line.contains("from_entry"))
                    .findFirst()
                    .orElseThrow();
            world.source.execute(widening.substring(widening.indexOf("ALTER TABLE"), widening.lastIndexOf(';')));
            assertThat(servers.report().lines()).noneMatch(line -> line.contains("from_entry"));
        }
    }

    @Test
    void aForeignKeyOfATableTheAccountDoesNotSeeIsNamedToo() throws Exception {
        String schema = world.source.name();
        world.source.execute(
                "CREATE TABLE grade (entry INT, CONSTRAINT from_entry FOREIGN KEY (entry) REFERENCES history (id))",
                "CREATE USER " + schema + "@'%' IDENTIFIED BY 'narrow'",
                "GRANT PROCESS, REPLICATION CLIENT ON *.* TO " + schema + "@'%'",
                "GRANT SELECT ON " + schema + ".history TO " + schema + "@'%'");
        try {
            Path config = world.config();
            Files.writeString(
                    config,
                    Files.readString(config)
                            .replaceFirst(
                                    "user: [^,]+, password: '[^']*'", "user: " + schema + ", password: 'narrow'"));
            try (Servers servers = new Servers(config)) {
                assertThat(servers.report().lines())
                        .anyMatch(
                                line -> line.startsWith(
                                        "64 bits: column " + schema
                                                + ".grade.entry (the key's type; the account may not see the table) refers to the key by from_entry"));
            }
        } finally {
            world.source.execute("DROP USER " + schema + "@'%'");
        }
    }

    @Test
    void aBinlogThatIsKeptTooShortlyHoldsTheCopyUntilTheStreamIsPastIt() throws Exception {
        AtomicReference<Optional<Position>> needed = new AtomicReference<>(Optional.empty());
        AtomicReference<Duration> lag = new AtomicReference<>(Duration.ZERO);
        try (Servers servers = new Servers(world.config())) {
            LogWatch watch = new LogWatch(
                    servers.source, needed::get, () -> Optional.of(lag.get()), Duration.ofDays(100), System::nanoTime);
            CopyThrottle throttle = new CopyThrottle(
                    () -> Optional.of(new FeedStatus(true, Optional.of(lag.get()), Duration.ZERO, 0, 0, "")),
                    () -> false,
                    () -> watch.last().reason(),
                    Duration.ofDays(100),
                    new Governor(new Settings(Pacing.OFF, Rate.OFF, Rate.OFF, 1, 1), System::nanoTime),
                    new Alarm());
            watch.look();
            assertThat(watch.last().seconds()).isEmpty();
            assertThat(throttle.reason()).isEmpty();

            Position end = servers.endOfLog();
            TestServers.source().execute("FLUSH BINARY LOGS");
            Position next = servers.endOfLog();
            assertThat(next.file()).isNotEqualTo(end.file());
            double kept = servers.retention();

            needed.set(Optional.of(end));
            watch.look();
            // It was the newest one when the watch looked first.
            assertThat(watch.last().seconds().getAsDouble()).isBetween(kept - 600, kept);
            assertThat(watch.last().behind().getAsLong()).isPositive();
            assertThat(throttle.reason()).isEmpty();

            lag.set(Duration.ofSeconds((long) kept * 2 / 3));
            watch.look();
            assertThat(throttle.reason().orElseThrow())
                    .startsWith("binlog survival ")
                    .contains(" of " + end.file() + ", drain ");

            lag.set(Duration.ZERO);
            needed.set(Optional.of(
                    new Position(end.serverUuid(), end.file().replaceAll("\\d+$", "000000"), 4, Gtids.empty(), "")));
            watch.look();
            assertThat(throttle.reason().orElseThrow()).startsWith("binlog survival 0 s of ");

            needed.set(Optional.of(next));
            watch.look();
            assertThat(watch.last().seconds()).hasValue(kept);
            try (Throttle.Turn turn = throttle.await(() -> false)) {
                assertThat(turn).isNotSameAs(Throttle.Turn.FREE);
            }
        }
    }

    @Test
    void checkStatusAndTheRecurringLineSayIt() throws Exception {
        Path config = world.config("cutover: {auto: false}");
        SmallWorld.Ended check = world.command("check", "--config", config.toString());
        assertThat(check.code()).as(check.output()).isZero();
        assertThat(check.output()).contains("ids: key id of the source is int; 2147483637 are left; rate unknown");
        try (DaemonProcess daemon = world.start(config)) {
            world.awaitPhase("READY");
            world.awaitLog("forecast=\"2147483637 ids left, rate unknown; binlog kept 30 d, drain ");
            daemon.terminate();
            assertThat(world.end(daemon).code()).isZero();
        }
        SmallWorld.Ended status = world.command("status", "--config", config.toString());
        assertThat(status.output())
                .contains("forecast  2147483637 ids left, rate unknown; binlog kept 30 d, drain unknown");
        JsonNode json = new ObjectMapper()
                .readTree(world.command("status", "--config", config.toString(), "--json")
                        .output());
        assertThat(json.path("sourceIdsLeft").asLong()).isEqualTo(2_147_483_637L);
        assertThat(json.path("sourceExhaustionSeconds").isNull()).isTrue();
        assertThat(json.path("binlogSurvivalSeconds").asDouble()).isBetween(2_592_000.0 - 600, 2_592_000.0);
        assertThat(json.path("binlogExpires").asBoolean()).isTrue();
    }

    /** Both servers as a command reaches them. */
    private static final class Servers implements AutoCloseable {
        private final DaemonConfig config;
        private final Database source;
        private final Database target;

        Servers(Path file) {
            config = new ConfigLoader(System.getenv()).load(file);
            source = Database.source(Endpoint.of(config.source()), NOBODY, 2, new SimpleMeterRegistry());
            target = Database.target(Endpoint.of(config.target()), NOBODY, 2, new SimpleMeterRegistry());
        }

        ForecastReport report() {
            return new ForecastReport(config, source, target).begin();
        }

        Position endOfLog() throws Exception {
            try (Connection connection = source.pool().getConnection()) {
                return Position.endOfLog(connection);
            }
        }

        double retention() throws Exception {
            try (Connection connection = source.pool().getConnection();
                    var row = connection.createStatement().executeQuery("SELECT @@global.binlog_expire_logs_seconds")) {
                row.next();
                return row.getDouble(1);
            }
        }

        @Override
        public void close() {
            source.close();
            target.close();
        }
    }
}
