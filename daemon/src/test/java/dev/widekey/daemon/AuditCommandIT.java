package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code audit anomalies} and {@code audit totals} as an operator uses them, on servers that nobody else writes to. */
class AuditCommandIT {
    private static final int ROWS = 20_000;
    private static final String COLUMNS =
            "student_module_id INT NOT NULL, version VARCHAR(255) NULL, state LONGTEXT NULL, grade DOUBLE NULL";
    private static final String CLASSES = """
            audit:
              classes:
                malformed-version: "version IS NOT NULL AND version NOT REGEXP '^[0-9]+$'"
                truncated-state: "state IS NOT NULL AND NOT JSON_VALID(state)"
                orphan: "NOT EXISTS (SELECT 1 FROM module m WHERE m.id = student_module_id)"
                older-than-module: "YEAR(made) > 0 AND made < (SELECT m.created FROM module m WHERE m.id = student_module_id)"
                known-bad: id IN (17, 4711)
            """;

    private static MySqlServer from;
    private static MySqlServer to;

    @BeforeAll
    static void startServers() {
        from = MySqlServer.start();
        to = MySqlServer.start(ServerOptions.defaults().with("max-allowed-packet", "1M"));
    }

    @AfterAll
    static void stopServers() {
        from.close();
        to.close();
    }

    @Test
    void everyPlantedAnomalyIsCountedInItsClassAndNothingIsWritten() throws Exception {
        try (SmallWorld world = world()) {
            plant(world.source);
            String before = logs();
            SmallWorld.Ended found = world.command(
                    "audit", "anomalies", "--config", world.config(CLASSES).toString());
            assertThat(found.code()).as(found.output()).isZero();
            assertThat(found.output())
                    .contains("as they are while this runs")
                    .contains("looked at 20000 rows for 11 classes")
                    .containsPattern(
                            "(?m)^malformed-version: 120 rows \\(key (\\d+, ){10}\\.\\.\\.\\): version IS NOT NULL")
                    .containsPattern("(?m)^truncated-state: 80 rows ")
                    .containsPattern("(?m)^orphan: 300 rows ")
                    .containsPattern("(?m)^older-than-module: 40 rows ")
                    .containsPattern("(?m)^zero-date made: 15 rows ")
                    .containsPattern("(?m)^zero-in-date made: 1 row \\(key 15001\\): moved as they are$")
                    .containsPattern(
                            "(?m)^too-large: 6 rows \\(key 16001, 16002, 16003, 16004, 16005, 16006\\): cannot be moved")
                    .contains("known-bad: 2 rows (key 17, 4711): id IN (17, 4711)\n")
                    .contains("no row: zero-key, negative-values id, impossible-dates made\n");
            assertThat(logs()).isEqualTo(before);
        }
    }

    @Test
    void theKeysThatAreNotNaturalNumbersAndValuesThatDoNotFitAreClassesByThemselves() throws Exception {
        try (SmallWorld world = world()) {
            world.source.execute(
                    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'",
                    "INSERT INTO history (id, student_module_id, version, made) VALUES (0, 1, '1', NOW()), (-5, 1, '1', NOW()),"
                            + " (-4, 1, 'wide', NOW()), (7, 1, NULL, NOW()), (8, 1, '1', '2021-02-31'), (9, 1, '1', NOW())");
            world.target.execute("ALTER TABLE history MODIFY version VARCHAR(3) NOT NULL");
            SmallWorld.Ended found = world.command(
                    "audit", "anomalies", "--config", world.config().toString(), "--workers", "1");
            assertThat(found.code()).as(found.output()).isZero();
            assertThat(found.output())
                    .contains("cannot be moved as it is: target column version takes no NULL")
                    .contains("zero-key: 1 row (key 0): moved as they are")
                    .contains("negative-values id: 2 rows (key -5, -4): cannot be moved: a negative id")
                    .contains("not-fitting version: 2 rows (key -4, 7): cannot be moved")
                    .contains("impossible-dates made: 1 row (key 8): cannot be moved");
        }
    }

    @Test
    void everyConditionTheServerRefusesIsNamedAtOnceAndNothingChanges() throws Exception {
        try (SmallWorld world = world()) {
            plant(world.source);
            world.source.execute(
                    "CREATE TABLE victim (n INT)",
                    "CREATE FUNCTION harm() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO victim VALUES (1); RETURN 1; END");
            String before = logs();
            SmallWorld.Ended refused = world.command(
                    "audit", "anomalies", "--config", world.config("""
                            audit:
                              classes:
                                fine: grade IS NULL
                                writes: harm() = 1
                                unknown: versoin = 1
                                aggregate: COUNT(*) > 1
                                no-table: "EXISTS (SELECT 1 FROM nowhere)"
                            """).toString());
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output())
                    .contains(
                            "AUDIT_CONDITION at audit.classes.writes: the source refuses the condition harm() = 1: Cannot execute"
                                    + " statement in a READ ONLY transaction")
                    .contains(
                            "AUDIT_CONDITION at audit.classes.unknown: the source refuses the condition versoin = 1: Unknown column"
                                    + " 'versoin'")
                    .contains(
                            "AUDIT_CONDITION at audit.classes.aggregate: the source refuses the condition COUNT(*) > 1: Invalid use of"
                                    + " group function")
                    .contains("AUDIT_CONDITION at audit.classes.no-table: ")
                    .contains("4 problems; nothing was changed")
                    .doesNotContain("audit.classes.fine")
                    .doesNotContain("Exception");
            assertThat(world.source.value("SELECT COUNT(*) FROM victim")).hasValue("0");
            assertThat(logs()).isEqualTo(before);
        }
    }

    @Test
    void aConditionThatOnlyAValueBringsDownIsNamedToo() throws Exception {
        try (SmallWorld world = world()) {
            plant(world.source);
            SmallWorld.Ended refused = world.command(
                    "audit", "anomalies", "--config", world.config("""
                            audit:
                              classes:
                                no-problem: "JSON_EXTRACT(state, '$.done') IS NULL"
                            """).toString());
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output())
                    .contains(
                            "AUDIT_CONDITION at audit.classes.no-problem: the source refuses the condition JSON_EXTRACT(state,"
                                    + " '$.done') IS NULL: ")
                    .contains("Invalid JSON text in argument 1");
        }
    }

    @Test
    void aConditionThatReadsAnotherTableNeedsAGrantOnIt() throws Exception {
        try (SmallWorld world = world()) {
            plant(world.source);
            String account = "reader_" + world.source.name().replaceAll(".*_", "");
            from.execute(
                    "CREATE USER " + account + " IDENTIFIED BY 'secret'",
                    "GRANT SELECT ON " + world.source.name() + ".history TO " + account);
            Path config = world.config(CLASSES);
            Files.writeString(
                    config,
                    Files.readString(config)
                            .lines()
                            .map(line -> line.startsWith("source:")
                                    ? line.replaceFirst(
                                            "user: \\w+, password: '[^']*'", "user: " + account + ", password: secret")
                                    : line)
                            .collect(Collectors.joining("\n", "", "\n")));
            SmallWorld.Ended refused = world.command("audit", "anomalies", "--config", config.toString());
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output())
                    .contains("audit.classes.orphan: ")
                    .contains("SELECT command denied to user '" + account)
                    .contains("for table 'module'; fix: GRANT SELECT on the table that it reads")
                    .contains("2 problems; nothing was changed");
            from.execute("GRANT SELECT ON " + world.source.name() + ".module TO " + account);
            SmallWorld.Ended found = world.command("audit", "anomalies", "--config", config.toString());
            assertThat(found.code()).as(found.output()).isZero();
            assertThat(found.output()).contains("orphan: 300 rows ");
        }
    }

    @Test
    void totalsThatAreEqualAreALineForEachDimensionAndADifferenceIsFoundInEachOfThem() throws Exception {
        try (SmallWorld world = world()) {
            plant(world.source);
            copy(world);
            String config =
                    world.config("audit: {group-by: [version], by-day: [made]}").toString();
            String before = logs();
            SmallWorld.Ended equal = world.command("audit", "totals", "--config", config);
            assertThat(equal.code()).as(equal.output()).isZero();
            assertThat(equal.output())
                    .contains("no stream runs in phase IDLE")
                    .contains("the bytes are without made (datetime on the source, datetime(6) on the target)")
                    .contains("by id range: 201 groups, equal")
                    .contains("by day of made: 13 groups, equal")
                    .contains("by version: 11 groups, equal")
                    .contains("by null class: 5 groups, equal")
                    .contains("counted 20000 rows on the source and 20000 on the target, with ids up to 20000")
                    .contains("every total is equal");
            assertThat(logs()).isEqualTo(before);

            world.target.execute(
                    // Another day: as many rows in the id range.
                    "UPDATE history SET made = '2016-01-01' WHERE id = 1010",
                    // Another value of as many bytes.
                    "UPDATE history SET version = '5' WHERE version = '4' AND id < 2100",
                    // NULL is not empty, and takes as many bytes.
                    "UPDATE history SET version = '' WHERE version IS NULL AND id BETWEEN 3000 AND 3099",
                    "DELETE FROM history WHERE id BETWEEN 5000 AND 5002",
                    "INSERT INTO history (id, student_module_id, made) VALUES (20001, 1, '2015-05-05'), (20002, 1, '2015-05-05')",
                    "UPDATE history SET state = CONCAT(state, ' ') WHERE id = 7000");
            SmallWorld.Ended different = world.command("audit", "totals", "--config", config);
            assertThat(different.code()).as(different.output()).isEqualTo(5);
            assertThat(different.output())
                    .contains("by id range: 3 of 201 groups differ")
                    .containsPattern(
                            "(?m)^  5000\\.\\.5099: 3 rows missing on the target \\(97 for 100\\), \\d+ bytes fewer on the target$")
                    .contains("  7000..7099: the same 100 rows, 1 byte more on the target\n")
                    .containsPattern(
                            "(?m)^  20000\\.\\.20002: 2 rows extra on the target \\(3 for 1\\), \\d+ bytes more on the target$")
                    .containsPattern("(?m)^  '2016-01-01': 1 row extra on the target \\(1 for 0\\)")
                    .containsPattern("(?m)^  '4': \\d+ rows missing on the target")
                    .containsPattern("(?m)^  '5': \\d+ rows extra on the target")
                    .containsPattern("(?m)^  NULL: 9 rows missing on the target")
                    .containsPattern("(?m)^  '': 10 rows extra on the target \\(10 for 0\\)")
                    .contains("  version empty: 10 rows extra on the target (10 for 0)\n")
                    .containsPattern("(?m)^  version NULL: 9 rows missing on the target")
                    .contains("not every total is equal");
        }
    }

    @Test
    void aColumnWithTooManyValuesIsNotComparedAndSaysSo() throws Exception {
        try (SmallWorld world = world()) {
            plant(world.source);
            copy(world);
            SmallWorld.Ended found = world.command(
                    "audit",
                    "totals",
                    "--config",
                    world.config("audit: {group-by: [id]}").toString());
            assertThat(found.code()).as(found.output()).isEqualTo(5);
            assertThat(found.output())
                    .contains("by id range: 201 groups, equal")
                    .contains("by id: more than 10000 groups, not compared");
        }
    }

    @Test
    void totalsOfNothingProveNothingAndColumnsThatAreNotThereAreRefused() throws Exception {
        try (SmallWorld world = world()) {
            SmallWorld.Ended nothing =
                    world.command("audit", "totals", "--config", world.config().toString());
            assertThat(nothing.code()).as(nothing.output()).isEqualTo(5);
            assertThat(nothing.output()).contains("nothing was compared");
            SmallWorld.Ended refused = world.command(
                    "audit",
                    "totals",
                    "--config",
                    world.config("audit: {group-by: [nowhere], by-day: [version]}")
                            .toString());
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output())
                    .contains("AUDIT_COLUMN at audit.group-by: the source table has no column nowhere")
                    .contains("AUDIT_COLUMN at audit.by-day: column version is varchar(255)")
                    .contains("2 problems");
        }
    }

    @Test
    void besideADaemonThatStreamsLiveWritesAreNoDifferenceAndAnExtraRowIs() throws Exception {
        // The daemon wants a target that takes what the source does.
        try (SmallWorld world = world(TestServers.source(), TestServers.target())) {
            fill(world.source, 3_000);
            Path config =
                    world.config("cutover: {quiet: 1s, auto: false}", "audit: {group-by: [version], by-day: [made]}");
            AtomicBoolean stop = new AtomicBoolean();
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                CompletableFuture<Void> application = CompletableFuture.runAsync(() -> write(world.source, stop));
                try {
                    SmallWorld.Ended equal = world.command("audit", "totals", "--config", config.toString());
                    assertThat(equal.code()).as(equal.output()).isZero();
                    assertThat(equal.output())
                            .contains("the daemon runs, in phase READY")
                            .contains("live changes make totals differ")
                            .contains("every total is equal");
                    world.pause(config);
                    world.target.execute(
                            "INSERT INTO history (id, student_module_id, version, made) VALUES (900000, 1, '7', NOW())");
                    SmallWorld.Ended extra = world.command("audit", "totals", "--config", config.toString());
                    assertThat(extra.code()).as(extra.output()).isEqualTo(5);
                    assertThat(extra.output()).contains("1 row extra on the target (1 for 0)");
                } finally {
                    stop.set(true);
                    application.get(1, TimeUnit.MINUTES);
                }
                daemon.terminate();
                world.end(daemon);
            }
        }
    }

    /** An application that inserts twenty rows a second and now and then changes one. */
    private static void write(TestSchema source, AtomicBoolean stop) {
        try {
            for (int i = 0; !stop.get(); i++) {
                source.execute("INSERT INTO history (student_module_id, version, made) VALUES (1, '1', NOW())");
                if (i % 20 == 0) {
                    source.execute("UPDATE history SET version = '2' WHERE id = " + (1 + i * 37 % 3_000));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        } catch (Exception failure) {
            throw new IllegalStateException("the application cannot write", failure);
        }
    }

    private static SmallWorld world() throws Exception {
        return world(from, to);
    }

    private static SmallWorld world(Server source, Server target) throws Exception {
        SmallWorld world = new SmallWorld(source, target);
        world.source.execute(
                "DROP TABLE history",
                "CREATE TABLE history (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, made DATETIME NOT NULL, " + COLUMNS
                        + ") DEFAULT CHARSET utf8mb3",
                "CREATE TABLE module (id INT NOT NULL PRIMARY KEY, created DATETIME NOT NULL)",
                "INSERT INTO module WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                        + " SELECT i, '2015-01-01' FROM n");
        world.target.execute(
                "DROP TABLE history",
                "CREATE TABLE history (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, made DATETIME(6) NOT NULL, "
                        + COLUMNS + ") DEFAULT CHARSET utf8mb4");
        return world;
    }

    /** Rows 1 to {@code rows} without anything unusual. */
    private static void fill(TestSchema schema, int rows) throws Exception {
        schema.execute(
                "SET SESSION cte_max_recursion_depth = 1000000",
                "INSERT INTO history (id, student_module_id, version, state, grade, made)"
                        + " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
                        + ") SELECT i, 1 + i % 1000, IF(i % 10 = 0, NULL, i % 10), CONCAT('{\"n\": ', i, '}'), i % 7,"
                        + " '2015-05-05 05:05:05' + INTERVAL i % 10 DAY FROM n");
    }

    /** Seven classes of unusual rows among {@value #ROWS}, no row in two of them. */
    private static void plant(TestSchema source) throws Exception {
        fill(source, ROWS);
        source.execute(
                "SET SESSION sql_mode = ''",
                "UPDATE history SET version = 'v1.2' WHERE id BETWEEN 10001 AND 10120",
                "UPDATE history SET state = LEFT(state, 5) WHERE id BETWEEN 11001 AND 11080",
                "UPDATE history SET student_module_id = 5000 + id WHERE id BETWEEN 12001 AND 12300",
                "UPDATE history SET made = '2014-12-31 23:59:59' WHERE id BETWEEN 13001 AND 13040",
                "UPDATE history SET made = '0000-00-00' WHERE id BETWEEN 14001 AND 14015",
                "UPDATE history SET made = '2021-00-10' WHERE id = 15001",
                "UPDATE history SET state = CONCAT('{\"n\": \"', REPEAT('x', 1100000), '\"}') WHERE id BETWEEN 16001 AND 16006");
    }

    /** The source's rows on the target, by means of the test's own; the large ones are let in as several packets. */
    private static void copy(SmallWorld world) throws Exception {
        fill(world.target, ROWS);
        world.target.execute(
                "SET SESSION sql_mode = ''",
                "UPDATE history SET version = 'v1.2' WHERE id BETWEEN 10001 AND 10120",
                "UPDATE history SET state = LEFT(state, 5) WHERE id BETWEEN 11001 AND 11080",
                "UPDATE history SET student_module_id = 5000 + id WHERE id BETWEEN 12001 AND 12300",
                "UPDATE history SET made = '2014-12-31 23:59:59' WHERE id BETWEEN 13001 AND 13040",
                "UPDATE history SET made = '0000-00-00' WHERE id BETWEEN 14001 AND 14015",
                "UPDATE history SET made = '2021-00-10' WHERE id = 15001");
        world.source.execute("UPDATE history SET state = NULL WHERE id BETWEEN 16001 AND 16006");
        world.target.execute("UPDATE history SET state = NULL WHERE id BETWEEN 16001 AND 16006");
    }

    /** How far the logs of both servers reach: nobody but the test writes to them. */
    private static String logs() throws Exception {
        return executed(from) + " " + executed(to);
    }

    private static String executed(MySqlServer server) throws Exception {
        try (var connection = server.connect();
                var query = connection.createStatement();
                var row = query.executeQuery("SELECT @@global.gtid_executed")) {
            row.next();
            return row.getString(1);
        }
    }
}
