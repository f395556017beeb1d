package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.TestSchema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * 200,000 rows of 8,000 modules, the largest of 30,000 rows and 120 MB, with what old tables are full of: odd rows that are copied as they are, six
 * that are too large for the target and nine it takes under no circumstances. The daemon is killed with chunks half written, and loses its connections
 * while it copies.
 */
class UnfitRowsIT {
    private static final int ROWS = 200_000;
    private static final String AUDIT = """
            audit:
              by-day: [made]
              group-by: [version]
              classes:
                malformed-version: "version REGEXP '^v'"
                truncated: "v LIKE '{%' AND NOT JSON_VALID(v)"
                orphan: "NOT EXISTS (SELECT 1 FROM module m WHERE m.id = history.module)"
                older-than-its-module: "made > '1000-01-01' AND made < (SELECT m.created FROM module m WHERE m.id = history.module)"
                large: "CHAR_LENGTH(v) >= 500000"
                known-bad: "id IN (17, 4711)"
            """;
    private static final List<Integer> POISON =
            List.of(11, 5_000, 30_001, 44_444, 77_777, 100_000, 150_001, 180_180, 199_999);
    private static final List<Integer> LARGE = List.of(40_001, 60_001, 80_001, 120_001, 140_001, 160_001);

    @Test
    void everyRowIsOnTheTargetOrAcceptedAndNothingElseStopsTheCopy() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            fill(world);
            String before = rows(world.source, "");
            Path config = world.config("backfill: {chunk-rows: 5000, workers: 3}", "cutover: {quiet: 1s}", AUDIT);
            SmallWorld.Ended audit = world.command("audit", "anomalies", "--config", config.toString());
            assertThat(audit.code()).as(audit.output()).isZero();
            assertThat(audit.output())
                    .contains("looked at " + ROWS + " rows")
                    .contains("malformed-version: 120 rows")
                    .contains("truncated: 80 rows")
                    .contains("orphan: 300 rows")
                    .contains("older-than-its-module: 40 rows")
                    .contains("zero-date made: 15 rows")
                    .contains("large: 6 rows")
                    .contains("known-bad: 2 rows (key 17, 4711)");

            try (DaemonProcess killed = world.start(config, "-D" + CrashPoint.PROPERTY + "=CHUNK_ROWS:40")) {
                assertThat(world.end(killed).code()).isEqualTo(137);
            }
            String moment = world.state("SELECT MAX(copied_at) FROM chunk").orElseThrow();
            String copied = chunks(world, moment);
            try (DaemonProcess daemon = world.start(config);
                    Cutter cutter = new Cutter(world.target)) {
                world.awaitPhase("READY");
                assertThat(cutter.cuts()).isPositive();
                world.awaitLog("not converging: two passes in a row left the same 15 rows in quarantine");
                world.awaitLog("waits=\"15 rows are in quarantine");
                // What was copied before the kill was not copied again.
                assertThat(chunks(world, moment)).isEqualTo(copied);
                assertThat(quarantined(world)).isEqualTo(unfit());
                SmallWorld.Ended list = world.command("quarantine", "list", "--config", config.toString());
                assertThat(list.output()).contains("15 rows in quarantine, 15 of them open");
                assertThat(world.flags()).isEqualTo("0,1");

                assertThat(accept(world, config, LARGE, "shown to nobody since 2014")
                                .output())
                        .contains("accepted 6 rows; 9 are open");
                assertThat(world.flags()).isEqualTo("0,1");
                assertThat(accept(world, config, POISON, "see the audit of 2026")
                                .output())
                        .contains("accepted 9 rows; 0 are open");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(world.flags()).isEqualTo("1,0");
            assertThat(rows(world.source, "")).isEqualTo(before);
            assertThat(rows(world.target, "")).isEqualTo(rows(world.source, " WHERE id NOT IN (" + ids(unfit()) + ")"));
            SmallWorld.Ended totals = world.command("audit", "totals", "--config", config.toString());
            assertThat(totals.code()).as(totals.output()).isZero();
            assertThat(totals.output())
                    .contains("15 rows in quarantine are left out")
                    .contains("counted " + (ROWS - 15) + " rows on the source and " + (ROWS - 15) + " on the target")
                    .contains("every total is equal");
            SmallWorld.Ended report = world.command("quarantine", "list", "--accepted", "--config", config.toString());
            assertThat(report.output()).contains("15 accepted in all");
            for (Integer key : unfit()) {
                assertThat(report.output()).containsPattern("(?m)^" + key + "  CONSTRAINT .* accepted .* by .*: s");
            }
        }
    }

    private static SmallWorld.Ended accept(SmallWorld world, Path config, List<Integer> keys, String why)
            throws Exception {
        List<String> line =
                new ArrayList<>(List.of("quarantine", "accept", "--config", config.toString(), "--why", why));
        keys.forEach(key -> line.add(String.valueOf(key)));
        return world.command(line.toArray(String[]::new));
    }

    private static TreeSet<Integer> unfit() {
        TreeSet<Integer> all = new TreeSet<>(POISON);
        all.addAll(LARGE);
        return all;
    }

    private static String ids(Iterable<Integer> keys) {
        List<String> texts = new ArrayList<>();
        keys.forEach(key -> texts.add(String.valueOf(key)));
        return String.join(", ", texts);
    }

    private static TreeSet<Integer> quarantined(SmallWorld world) throws Exception {
        TreeSet<Integer> keys = new TreeSet<>();
        for (String key : world.state("SELECT GROUP_CONCAT(row_key) FROM quarantine")
                .orElseThrow()
                .split(",")) {
            keys.add(Integer.valueOf(key));
        }
        return keys;
    }

    /** What was copied up to a moment, and when. */
    private static String chunks(SmallWorld world, String moment) throws Exception {
        return world.state(
                        "SELECT CONCAT(COUNT(*), ' ', BIT_XOR(CRC32(CONCAT(number, '@', copied_at)))) FROM chunk WHERE copied_at <= '"
                                + moment + "'")
                .orElseThrow();
    }

    private static String rows(TestSchema schema, String where) throws Exception {
        return schema.value(
                        "SELECT CONCAT_WS(' ', COUNT(*), SUM(id), BIT_XOR(CRC32(CONCAT_WS('|', id, v, CAST(made AS DATETIME), module,"
                                + " COALESCE(version, 'none'))))) FROM history" + where)
                .orElseThrow();
    }

    private static void fill(SmallWorld world) throws Exception {
        String more = "ALTER TABLE history ADD module INT NOT NULL, ADD version VARCHAR(255) NULL";
        world.source.execute(
                more,
                "SET SESSION cte_max_recursion_depth = 10000000",
                "CREATE TABLE module (id INT NOT NULL PRIMARY KEY, created DATETIME NOT NULL)",
                "INSERT INTO module WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)"
                        + " SELECT i, '2014-01-01' FROM n",
                "INSERT INTO history (id, v, made, module, version) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + ROWS
                        + ") SELECT i, CONCAT('{\"answer\": \"', REPEAT('a', IF(i <= 30000, 4000, i % 60)), '\"}'), '2015-05-05',"
                        + " IF(i <= 30000, 1, 2 + FLOOR(7998 * POW(RAND(7), 3))), IF(i % 9 = 0, NULL, '3') FROM n",
                "UPDATE history SET version = 'v1' WHERE id BETWEEN 31001 AND 31120",
                "UPDATE history SET v = '{\"answer\": ' WHERE id BETWEEN 32001 AND 32080",
                "UPDATE history SET module = 900000 + id WHERE id BETWEEN 33001 AND 33300",
                "UPDATE history SET made = '2013-12-31 23:59:59' WHERE id BETWEEN 34001 AND 34040",
                "SET SESSION sql_mode = ''",
                "UPDATE history SET made = '0000-00-00' WHERE id BETWEEN 35001 AND 35015",
                "UPDATE history SET v = CONCAT('{\"answer\": \"', REPEAT('l', 600000), '\"}') WHERE id IN ("
                        + ids(LARGE) + ")",
                "UPDATE history SET v = CONCAT('poison ', id) WHERE id IN (" + ids(POISON) + ")");
        world.target.execute(
                more,
                "ALTER TABLE history ADD CONSTRAINT no_poison CHECK (v NOT LIKE 'poison%')",
                "ALTER TABLE history ADD CONSTRAINT not_too_large CHECK (CHAR_LENGTH(v) < 500000)");
    }

    /** Ends connections of the daemon on the target, one after the other, while rows are copied. */
    private static final class Cutter implements AutoCloseable {
        /** One of twenty chunks or so: every one would never end. */
        private static final int MOST = 6;

        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger cuts = new AtomicInteger();
        private final Thread thread;

        Cutter(TestSchema target) {
            thread = new Thread(() -> cut(target), "cutter");
            thread.start();
        }

        int cuts() {
            return cuts.get();
        }

        private void cut(TestSchema target) {
            try (Connection connection = target.connect();
                    Statement statement = connection.createStatement()) {
                while (!over.get() && cuts.get() < MOST) {
                    Optional<Long> writing = writing(statement);
                    if (writing.isPresent()) {
                        statement.execute("KILL " + writing.get());
                        cuts.incrementAndGet();
                    }
                    LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
                }
            } catch (Exception gone) {
                if (!over.get()) {
                    throw new IllegalStateException(gone);
                }
            }
        }

        private static Optional<Long> writing(Statement statement) throws Exception {
            try (ResultSet row = statement.executeQuery(
                    "SELECT id FROM information_schema.processlist WHERE command = 'Query' AND id <> CONNECTION_ID()"
                            + " AND (info LIKE 'LOAD DATA%' OR info LIKE 'INSERT INTO %history%') LIMIT 1")) {
                return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
            }
        }

        @Override
        public void close() throws Exception {
            over.set(true);
            thread.join();
        }
    }
}
