package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every value has to arrive as the bytes the server itself prints for it. */
class ValuesIT {

    private final Server server = TestServers.source();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '^',
            value = {
                "TINYINT; -128 / 127 / 0 / NULL",
                "TINYINT(1); -128 / 127 / 1",
                "TINYINT UNSIGNED; 0 / 255",
                "SMALLINT; -32768 / 32767",
                "SMALLINT UNSIGNED; 65535",
                "MEDIUMINT; -8388608 / 8388607",
                "MEDIUMINT UNSIGNED; 16777215",
                "INT; -2147483648 / 2147483647",
                "INT UNSIGNED; 4294967295",
                "BIGINT; -9223372036854775808 / 9223372036854775807",
                "BIGINT UNSIGNED; 18446744073709551615 / 9223372036854775808 / 0",
                "DECIMAL(38,10); 1234567890123456789012345678.0123456789 / -0.0000000001 / 0 / 1.1",
                "DECIMAL(5,0) UNSIGNED; 99999 / 0",
                "DOUBLE; 0.1 / 1e22 / 1.7976931348623157e308 / 4.9406564584124654e-324 / 2e-3 / 123456789012345678 / 1e15 / 999999999999999 /"
                        + " -1e-15 / 1e-16 / 100 / -0e0 / 2.2250738585072014e-308 / 9007199254740993 / 5e-324 / 1.5e14 / 0.00001",
                "FLOAT; 0 / -0e0",
                "YEAR; 1901 / 2155",
                "DATE; '0099-01-01' / '9999-12-31' / '1970-01-02' / '1000-01-01'",
                "DATETIME; '0070-01-01 00:00:00' / '9999-12-31 23:59:59' / '2038-01-19 03:14:08'",
                "DATETIME(1); '2020-02-29 12:34:56.7' / '1969-12-31 23:59:59.9'",
                "DATETIME(3); '2020-02-29 12:34:56.789' / '1901-01-01 00:00:00.001'",
                "DATETIME(6); '9999-12-31 23:59:59.999999' / '1000-01-01 00:00:00.000001'",
                "TIMESTAMP NULL; '1970-01-01 00:00:01' / '2038-01-19 03:14:07'",
                "TIMESTAMP(6) NULL; '1970-01-01 00:00:01.000001' / '2038-01-19 03:14:07.999999' / '2020-01-01 00:00:00'",
                "TIME; '-838:59:59' / '838:59:59' / '00:00:00' / '-00:00:01'",
                "TIME(6); '-12:34:56.654321' / '100:00:00.000001' / '00:00:00.5'",
                "CHAR(10) CHARACTER SET utf8mb4; 'a' / '' / 'ab  ' / '🐬'",
                "VARCHAR(255) CHARACTER SET utf8mb3; 'ä' / 'trailing  ' / '' / CONCAT('a', CHAR(0), 'b') / 'NULL' / NULL",
                "VARCHAR(20) CHARACTER SET ascii; 'plain'",
                "LONGTEXT CHARACTER SET utf8mb4; REPEAT('🐬é', 1000) / CONCAT('\"', CHAR(92), CHAR(10), '''')",
                "BINARY(4); X'01020000' / X'00' / X'FFFEFDFC'",
                "VARBINARY(10); X'' / X'00FF8000' / X'80'",
                "BLOB; X'000102FF' / REPEAT(X'C3', 5000)"
            })
    void a_value_arrives_as_the_server_prints_it(String type, String values) throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v " + type + ")");
            List<String> statements = new ArrayList<>();
            for (String value : values.split(" / ")) {
                statements.add("INSERT INTO t (v) VALUES (" + value.strip() + ")");
            }
            assertThat(delivered(schema, statements)).isEqualTo(printed(schema));
        }
    }

    @Test
    void any_double_arrives_as_the_server_prints_it() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v DOUBLE)");
            Map<Long, String> delivered = delivered(schema, connection -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (v) VALUES (?)")) {
                    for (int i = 0; i < 3_000; i++) {
                        double value = switch (i % 4) {
                            case 0 -> random.nextInt(1_000_000) / 100.0;
                            case 1 -> random.nextDouble();
                            case 2 -> Math.scalb(1.0, random.nextInt(2_000) - 1_000);
                            default -> Double.longBitsToDouble(random.nextLong());
                        };
                        insert.setDouble(1, Double.isFinite(value) ? value : 1);
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
            });
            assertThat(delivered).as("seed %d", seed).hasSize(3_000).isEqualTo(printed(schema));
        }
    }

    @Test
    void null_stays_null_in_a_column_with_a_default() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute(
                    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10) CHARACTER SET utf8mb4 DEFAULT 'dflt', n INT DEFAULT 5,"
                            + " d TIME NULL DEFAULT '08:00:00')");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id", "v", "n", "d");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute(
                        "INSERT INTO t VALUES (1, NULL, NULL, '00:00:00')",
                        "INSERT INTO t (id) VALUES (2)",
                        "INSERT INTO t VALUES (3, NULL, 5, NULL)");
                receiver.awaitThat("all rows", () -> receiver.changes().size() == 3);
                assertThat(receiver.texts())
                        .containsExactly("1=1|NULL|NULL|00:00:00", "2=2|dflt|5|08:00:00", "3=3|NULL|5|NULL");
            }
        }
    }

    /** Zero and partial dates come as NULL, as the column's default or as the first day of the epoch. */
    @Test
    void a_date_that_may_stand_for_another_is_a_touch() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY, a DATE NULL, b DATETIME NOT NULL,"
                    + " c TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00')");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id", "a", "b", "c");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute(
                        "SET SESSION sql_mode = '', time_zone = '+00:00'",
                        "INSERT INTO t VALUES (1, '2021-01-01', '2021-01-01', '2021-01-01')",
                        "INSERT INTO t VALUES (2, NULL, '2021-01-01', '2021-01-01')",
                        "INSERT INTO t VALUES (3, '0000-00-00', '2021-01-01', '2021-01-01')",
                        "INSERT INTO t VALUES (4, '2021-01-00', '2021-01-01', '2021-01-01')",
                        "INSERT INTO t VALUES (5, '2021-01-01', '0000-00-00', '2021-01-01')",
                        "INSERT INTO t VALUES (6, '2021-01-01', '2021-00-01', '2021-01-01')",
                        "INSERT INTO t VALUES (7, '2021-01-01', '2021-01-01', '0000-00-00')",
                        "UPDATE t SET b = '2022-02-02' WHERE id = 1",
                        "DELETE FROM t WHERE id = 3");
                receiver.awaitThat("all changes", () -> receiver.changes().size() == 9);
                assertThat(receiver.texts())
                        .containsExactly(
                                "1=1|2021-01-01|2021-01-01 00:00:00|2021-01-01 00:00:00",
                                "2~",
                                "3~",
                                "4~",
                                "5~",
                                "6~",
                                "7~",
                                "1=1|2021-01-01|2022-02-02 00:00:00|2021-01-01 00:00:00",
                                "-3");
            }
        }
    }

    /** The engine decodes nothing but the key then, and still reports a change of any other column. */
    @Test
    void a_table_with_a_column_that_cannot_be_shown_comes_as_touches() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (n INT, j JSON, id INT PRIMARY KEY, g GEOMETRY)");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "n", "j", "id", "g");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute(
                        "INSERT INTO t VALUES (1, '[1]', 7, NULL)",
                        "UPDATE t SET j = '[2]'",
                        "UPDATE t SET g = ST_GeomFromText('POINT(1 1)')",
                        "UPDATE t SET id = 8",
                        "DELETE FROM t");
                receiver.awaitThat("all changes", () -> receiver.changes().size() == 6);
                assertThat(receiver.texts()).containsExactly("7~", "7~", "7~", "-7", "8~", "-8");
            }
        }
    }

    @Test
    void a_key_beyond_32_bits_keeps_its_value() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY, v INT)");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "v", "id");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute("INSERT INTO t VALUES (9223372036854775807, 1)", "DELETE FROM t");
                receiver.awaitThat("both changes", () -> receiver.changes().size() == 2);
                assertThat(receiver.texts())
                        .containsExactly("9223372036854775807=1|9223372036854775807", "-9223372036854775807");
            }
        }
    }

    private interface Work {
        void on(Connection connection) throws Exception;
    }

    private Map<Long, String> delivered(TestSchema schema, List<String> statements) throws Exception {
        return delivered(schema, connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            }
        });
    }

    private Map<Long, String> delivered(TestSchema schema, Work work) throws Exception {
        FeedConfig config = Feeds.config(server, schema.name(), "t", "v");
        Position start = Feeds.start(server, config);
        Receiver receiver = new Receiver();
        try (Connection connection = schema.connect();
                DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
            work.on(connection);
            feed.start(start, receiver);
            receiver.awaitEndOfLog(server);
        }
        Map<Long, String> rows = new TreeMap<>();
        for (Change change : receiver.changes()) {
            byte[] value = change.row()[0];
            rows.put(change.key(), hex(value));
        }
        return rows;
    }

    /** The bytes of a plain SELECT, undecoded. */
    private Map<Long, String> printed(TestSchema schema) throws Exception {
        Map<Long, String> rows = new TreeMap<>();
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET time_zone = '+00:00'");
            try (ResultSet row = statement.executeQuery("SELECT id, v FROM t")) {
                while (row.next()) {
                    rows.put(row.getLong(1), hex(row.getBytes(2)));
                }
            }
        }
        return rows;
    }

    private static String hex(byte[] value) {
        return value == null ? "NULL" : HexFormat.of().formatHex(value);
    }
}
