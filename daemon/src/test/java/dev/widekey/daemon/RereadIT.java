package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.ReadChunk;
import dev.widekey.backfill.Window;
import dev.widekey.cdc.Change;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows the stream cannot show, changed again before they are read, with and without their chunk in flight. */
class RereadIT {
    private static final String COLUMNS =
            "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(50) CHARACTER SET latin1 NULL";
    private static final String WIDER =
            "id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(50) CHARACTER SET utf8mb4 NULL";
    private static final List<String> ROWS =
            List.of("INSERT INTO t VALUES (1, 'lock'), (10, X'E4'), (20, X'FC'), (30, NULL)");

    /** What happens to row 20 after its change was delivered and before it is read. */
    enum Then {
        NOTHING(),
        UPDATED("UPDATE t SET v = 'later' WHERE id = 20"),
        DELETED("DELETE FROM t WHERE id = 20"),
        DELETED_AND_BACK("DELETE FROM t WHERE id = 20", "INSERT INTO t VALUES (20, 'back')"),
        MOVED_AWAY("UPDATE t SET id = 25 WHERE id = 20"),
        MOVED_AND_DELETED("UPDATE t SET id = 25 WHERE id = 20", "DELETE FROM t WHERE id = 25");

        private final List<String> statements;

        Then(String... statements) {
            this.statements = List.of(statements);
        }
    }

    @ParameterizedTest
    @EnumSource(Then.class)
    void aRowThatChangesBeforeItIsReadEndsAsOnTheSource(Then then) throws Exception {
        try (TypeTable table = table()) {
            table.copy();
            hold(table, then, () -> {});
            assertSame(table);
        }
    }

    @ParameterizedTest
    @EnumSource(Then.class)
    void withItsChunkInFlightItEndsAsOnTheSource(Then then) throws Exception {
        try (TypeTable table = table()) {
            // The row the applier is held up by is there already; the chunk holds the others, as they were.
            table.target.execute("INSERT INTO t (id, v) VALUES (1, 'lock')");
            Chunk chunk = table.chunk(new KeyRange(5L, null));
            try (Connection source = table.sourceDatabase.pool().getConnection();
                    Window window = table.windows().open(chunk)) {
                window.awaitVisible(source);
                ReadChunk.Rows rows = table.read(source, chunk);
                hold(table, then, () -> {
                    rows.into(window);
                    window.commit();
                });
            }
            assertSame(table);
        }
    }

    /** A repair has no deletion behind it in the stream, so what a chunk knows of one must stay known. */
    @Test
    void aRepairLeavesTheTombstonesOfAChunkInFlightAlone() throws Exception {
        try (TypeTable table = table()) {
            Chunk chunk = table.chunk(KeyRange.ALL);
            try (Connection source = table.sourceDatabase.pool().getConnection();
                    Window window = table.windows().open(chunk)) {
                window.awaitVisible(source);
                ReadChunk.Rows rows = table.read(source, chunk);
                table.write(List.of("DELETE FROM t WHERE id = 20"));
                table.settle();
                table.repair(20);
                rows.into(window);
                window.commit();
            }
            assertSame(table);
        }
    }

    @Test
    void aRepairMakesRowsEqualThatSomebodyElseChangedWhileTheApplicationWrites() throws Exception {
        try (TypeTable table = table()) {
            table.copy();
            table.target.execute(
                    "DELETE FROM t WHERE id = 10",
                    "UPDATE t SET v = 'meddled' WHERE id = 20",
                    "INSERT INTO t (id, v) VALUES (4711, 'nobody')");
            table.write(List.of("UPDATE t SET v = 'newer' WHERE id = 20", "DELETE FROM t WHERE id = 30"));
            table.repair(10, 20, 30, 4711);
            table.settle();
            assertSame(table);
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Holds the applier between the delivery of row 20's change and its read, does what comes then, and the step, and lets go. */
    private static void hold(TypeTable table, Then then, Step step) throws Exception {
        try (Connection holder = table.target.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT * FROM t WHERE id = 1 FOR UPDATE");
            table.write(
                    List.of("BEGIN", "DELETE FROM t WHERE id = 1", "UPDATE t SET v = X'DF' WHERE id = 20", "COMMIT"));
            await().atMost(Duration.ofSeconds(60)).until(() -> table.saw(Change.Kind.TOUCH));
            table.write(then.statements);
            step.run();
            holder.rollback();
        }
        table.settle();
    }

    private static void assertSame(TypeTable table) throws Exception {
        String form = "SELECT GROUP_CONCAT(id, '=', COALESCE(HEX(CONVERT(v USING utf8mb4)), '-') ORDER BY id) FROM t";
        assertThat(table.alarm.isRaised()).isFalse();
        assertThat(table.target.value(form)).isEqualTo(table.source.value(form)).isPresent();
    }

    private static TypeTable table() throws Exception {
        return new TypeTable(TestServers.source(), TestServers.target(), COLUMNS, WIDER, ROWS);
    }

    /** What preflight did not find, because the row came later, is never approximated. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            JSON NULL                            | JSON NULL                             | JSON_ARRAY(1.10)         | NOT_CONVERTIBLE
            ENUM('a') NULL                       | ENUM('a') NULL                        | CONCAT('z')              | NOT_CONVERTIBLE
            VARCHAR(9) CHARACTER SET cp1257 NULL | VARCHAR(9) CHARACTER SET utf8mb4 NULL | _cp1257 X'A1'            | NOT_CONVERTIBLE
            INT NULL                             | INT UNSIGNED NULL                     | -1                       | OUT_OF_RANGE
            DATE NULL                            | DATE NULL                             | CONCAT('2021-02-31')     | HALTS
            """)
    void aValueThatCannotBeMovedIsNotMoved(String from, String to, String value, String outcome) throws Exception {
        try (TypeTable table = new TypeTable(
                TestServers.source(),
                TestServers.target(),
                "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v " + from,
                "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, v " + to,
                List.of())) {
            table.write(List.of(
                    "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'", "INSERT INTO t VALUES (77, " + value + ")"));
            if (outcome.equals("HALTS")) {
                table.awaitHalt();
            } else {
                table.settle();
                assertThat(table.entries.entries())
                        .singleElement()
                        .satisfies(entry -> assertThat(entry.toString()).startsWith("77 " + outcome));
            }
            assertThat(table.target.value("SELECT id FROM t")).isEmpty();
        }
    }

    @Test
    void aKeyThatCannotBeFollowedHaltsTheStream() throws Exception {
        try (TypeTable table = new TypeTable(
                TestServers.source(),
                TestServers.target(),
                "id BIGINT UNSIGNED NOT NULL PRIMARY KEY, v INT NULL",
                "id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NULL",
                List.of("INSERT INTO t VALUES (9223372036854775806, 1)"))) {
            table.copy();
            table.write(List.of("UPDATE t SET v = 2", "INSERT INTO t VALUES (9223372036854775808, 1)"));
            HaltException halt = table.awaitHalt();
            assertThat(halt.reason()).isEqualTo(HaltException.Reason.UNREADABLE);
            assertThat(halt).hasMessageContaining("key is above 9223372036854775807");
            assertThat(table.target.value("SELECT GROUP_CONCAT(id, '=', v) FROM t"))
                    .hasValue("9223372036854775806=2");
        }
    }
}
