package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.Findings;
import dev.widekey.backfill.parity.Verdict;
import dev.widekey.sandbox.mysql.TestServers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and shapes of tables, through copy, stream and parity. */
class KeysIT {
    private static final String TARGET = "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NULL";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TINYINT            | BIGINT          | -128, -1, 0, 1, 127
            SMALLINT UNSIGNED  | BIGINT UNSIGNED | 0, 1, 65535
            MEDIUMINT          | INT             | -8388608, 0, 8388607
            INT                | BIGINT          | -2147483648, -5, 0, 2147483647
            INT UNSIGNED       | BIGINT UNSIGNED | 0, 2147483648, 4294967295
            INT(8) ZEROFILL    | BIGINT UNSIGNED | 0, 7, 4294967295
            BIGINT             | BIGINT          | -9223372036854775808, -1, 0, 1000000000, 2000000001, 9223372036854775806
            BIGINT UNSIGNED    | BIGINT UNSIGNED | 0, 1, 1000000000000, 9223372036854775806
            INT                | BIGINT          | 5
            """)
    void everyKeyArrivesByCopyAndByStream(String from, String to, String keys) throws Exception {
        String rows = "INSERT INTO t VALUES (" + keys.replace(", ", ", 1), (") + ", 1)";
        try (TypeTable table = table(
                "id " + from + " NOT NULL PRIMARY KEY, v INT NULL",
                "id " + to + " NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NULL",
                "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
                rows)) {
            table.copy();
            assertSame(table);
            String first = keys.split(", ", -1)[0];
            table.write(List.of(
                    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
                    "UPDATE t SET v = 2",
                    "DELETE FROM t WHERE id = " + first,
                    "INSERT INTO t VALUES (" + first + ", 3)"));
            table.settle();
            assertSame(table);
        }
    }

    @Test
    void anEmptyTableIsFilledByTheStream() throws Exception {
        try (TypeTable table = table("id INT NOT NULL PRIMARY KEY, v INT NULL", TARGET)) {
            table.copy();
            assertThat(table.parity().compare(KeyRange.ALL, Findings.first(100), () -> false))
                    .isInstanceOf(Verdict.Nothing.class);
            table.write(List.of("INSERT INTO t VALUES (1, 1), (1000000001, 2)"));
            table.settle();
            assertSame(table);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT NULL, INT NULL, 1, 2", "'SET(''a'',''b'') NULL', 'SET(''a'',''b'') NULL', 1, 2"})
    void keysSwappedInOneTransactionArriveSwapped(String from, String to, String one, String two) throws Exception {
        try (TypeTable table = table(
                "id INT NOT NULL PRIMARY KEY, v " + from,
                "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, v " + to,
                "INSERT INTO t VALUES (1, " + one + "), (2, " + two + "), (3, 1)")) {
            table.copy();
            table.write(List.of(
                    "BEGIN",
                    "UPDATE t SET id = 99 WHERE id = 1",
                    "UPDATE t SET id = 1 WHERE id = 2",
                    "UPDATE t SET id = 2 WHERE id = 99",
                    "COMMIT",
                    "UPDATE t SET id = 1000000000 WHERE id = 3"));
            table.settle();
            assertSame(table);
            assertThat(table.target.value("SELECT GROUP_CONCAT(id, '=', v + 0 ORDER BY id) FROM t"))
                    .hasValue("1=2,2=1,1000000000=1");
        }
    }

    /** The target's own unique key would be in the way of the moment between the two halves of a swap. */
    @Test
    void uniqueValuesOfTheSourceMayBeSwappedAndUsedAgain() throws Exception {
        try (TypeTable table = table(
                "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NULL, UNIQUE KEY u (v)",
                TARGET,
                "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)")) {
            table.copy();
            table.write(List.of(
                    "BEGIN",
                    "UPDATE t SET v = NULL WHERE id = 1",
                    "UPDATE t SET v = 10 WHERE id = 2",
                    "UPDATE t SET v = 20 WHERE id = 1",
                    "COMMIT",
                    "DELETE FROM t WHERE id = 3",
                    "INSERT INTO t VALUES (4, 30)",
                    "REPLACE INTO t VALUES (5, 30)"));
            table.settle();
            assertSame(table);
            table.target.execute("ALTER TABLE t ADD UNIQUE KEY u (v)");
        }
    }

    @Test
    void generatedInvisibleAndDefaultedColumnsEndAsOnTheSource() throws Exception {
        String columns =
                "v INT NULL DEFAULT 5, doubled INT AS (v * 2) STORED, shown VARCHAR(20) AS (CONCAT('x', v)) VIRTUAL,"
                        + " hidden INT NULL INVISIBLE, made VARCHAR(36) CHARACTER SET utf8mb4 DEFAULT (UUID()),"
                        + " at TIMESTAMP(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)";
        try (TypeTable table = table(
                "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, " + columns,
                columns + ", id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
                "INSERT INTO t (v, hidden, made, at) VALUES (1, 7, NULL, NULL), (NULL, NULL, 'm', '2020-01-01'), (DEFAULT, 8, DEFAULT, DEFAULT)")) {
            assertThat(table.fit.columns()).containsExactly("id", "v", "hidden", "made", "at");
            assertThat(table.fit.generated()).containsExactly("doubled", "shown");
            table.copy();
            assertSame(table);
            table.write(List.of(
                    "UPDATE t SET v = v + 1, at = at",
                    "UPDATE t SET hidden = 9 WHERE id = 2",
                    "INSERT INTO t (hidden) VALUES (1)"));
            table.settle();
            assertSame(table);
            table.target.execute("ALTER TABLE t MODIFY doubled INT AS (v * 2 + 1) STORED");
            assertThat(table.parity().compareKeys(List.of(1L), () -> false))
                    .containsExactly(new Difference(1, Difference.Kind.DIFFERENT, List.of("doubled")));
        }
    }

    private static TypeTable table(String from, String to, String... rows) throws Exception {
        return new TypeTable(TestServers.source(), TestServers.target(), from, to, List.of(rows));
    }

    private static void assertSame(TypeTable table) throws Exception {
        assertThat(table.alarm.isRaised()).isFalse();
        String rows = "SELECT GROUP_CONCAT(CONCAT_WS('|', id, " + String.join(", ", table.columns())
                + ") ORDER BY id) FROM t";
        assertThat(table.target.value(rows.replace("id,", "id + 0,")))
                .isEqualTo(table.source.value(rows.replace("id,", "id + 0,")))
                .isPresent();
        assertThat(table.parity().compare(KeyRange.ALL, Findings.first(100), () -> false))
                .isInstanceOf(Verdict.Equal.class);
    }
}
