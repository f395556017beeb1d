package dev.widekey.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkReaderIT {
    private final DataSource source = Sessions.on(TestServers.source());
    private TestSchema schema;

    @BeforeEach
    void create() throws Exception {
        schema = TestSchema.on(TestServers.source(), "reader");
    }

    @AfterEach
    void drop() throws Exception {
        schema.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            nullValues = "-",
            value = {
                "TINYINT               | -128                         | -128",
                "INT UNSIGNED          | 4294967295                   | 4294967295",
                "BIGINT                | -9223372036854775808         | -9223372036854775808",
                "BIGINT UNSIGNED       | 18446744073709551615         | 18446744073709551615",
                "DOUBLE                | -0e0                         | -0",
                "DOUBLE                | 1e-300                       | 1e-300",
                "DOUBLE                | 0.1e0 + 0.2e0                | 0.30000000000000004",
                "DOUBLE                | 1.7976931348623157e308       | 1.7976931348623157e308",
                "DOUBLE                | 5e-324                       | 5e-324",
                "DOUBLE                | 123456789012345680           | 1.2345678901234568e17",
                "DECIMAL(20,5)         | -123456789012345.00001       | -123456789012345.00001",
                "DECIMAL(5,2)          | 0                            | 0.00",
                "DATETIME              | '2026-02-28 23:59:59'        | 2026-02-28 23:59:59",
                "DATETIME(6)           | '2026-02-28 23:59:59.000001' | 2026-02-28 23:59:59.000001",
                "DATETIME(6)           | '2026-02-28 23:59:59'        | 2026-02-28 23:59:59.000000",
                "DATETIME              | '0000-00-00 00:00:00'        | 0000-00-00 00:00:00",
                "DATETIME(6)           | '0000-00-00 00:00:00'        | 0000-00-00 00:00:00.000000",
                "DATE                  | '0000-00-00'                 | 0000-00-00",
                "DATE                  | '2026-00-00'                 | 2026-00-00",
                "TIMESTAMP             | '2026-03-29 02:30:00'        | 2026-03-29 02:30:00",
                "TIME(3)               | '-838:59:59.000'             | -838:59:59.000",
                "VARCHAR(9)            | NULL                         | -",
                "VARCHAR(9)            | ''                           | \"\"",
                "VARCHAR(9)            | 'a  '                        | \"a  \"",
                "DOUBLE                | NULL                         | -",
            })
    void aValueIsTheTextMySqlMakesOfIt(String type, String sql, String text) throws Exception {
        schema.execute(
                "SET SESSION sql_mode = ''",
                "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v " + type + " NULL)",
                "INSERT INTO t VALUES (1, " + sql + ")");
        byte[] value = read("id", "v").get(0)[1];
        assertThat(value == null ? null : new String(value, UTF_8)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "VARCHAR(9) CHARACTER SET utf8mb3 | E282AC",
                "VARCHAR(9) CHARACTER SET utf8mb4 | F09F9880",
                "LONGTEXT CHARACTER SET utf8mb4   | 61F09F9880E282AC00C3BC0A5C2722",
                "LONGTEXT CHARACTER SET utf8mb3   | 61E282AC00C3BC0A5C2722",
                "VARCHAR(9) CHARACTER SET latin1  | E4F6FC80",
                "VARBINARY(9)                     | 00FF80C0AF0000",
                "LONGBLOB                         | 00FF5C270A1A00",
                "CHAR(9) CHARACTER SET utf8mb4    | 61C3BC",
                "BINARY(3)                        | 610000",
            })
    void textAndBytesAreReadAsTheyAreStored(String type, String hex) throws Exception {
        schema.execute(
                "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v " + type + " NOT NULL)",
                "INSERT INTO t VALUES (1, X'" + hex + "')");
        assertThat(read("id", "v").get(0)[1]).asHexString().isEqualTo(hex);
    }

    @Test
    void aRangeHoldsItsUpperBoundAndNotItsLowerOne() throws Exception {
        schema.execute(
                "CREATE TABLE t (id INT NOT NULL PRIMARY KEY)", "INSERT INTO t VALUES (-2), (-1), (1), (2), (3)");
        SourceTable table = new SourceTable(schema.name(), "t", "id", List.of("id"));
        assertThat(keys(table, new KeyRange(-1L, 2L))).containsExactly("1", "2");
        assertThat(keys(table, new KeyRange(null, -1L))).containsExactly("-2", "-1");
        assertThat(keys(table, new KeyRange(2L, null))).containsExactly("3");
        assertThat(keys(table, KeyRange.ALL)).containsExactly("-2", "-1", "1", "2", "3");
        assertThat(keys(table, new KeyRange(7L, 9L))).isEmpty();
    }

    @Test
    void columnsComeInTheOrderOfTheProjection() throws Exception {
        schema.execute(
                "CREATE TABLE t (a INT, id INT NOT NULL PRIMARY KEY, `b ``c` INT)", "INSERT INTO t VALUES (1, 2, 3)");
        assertThat(read("b `c", "id").get(0)).isDeepEqualTo(new byte[][] {{'3'}, {'2'}});
    }

    @Test
    void aBatchOfSmallRowsIsBoundedByTheirNumber() throws Exception {
        schema.execute(
                "SET SESSION cte_max_recursion_depth = 100000",
                "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NULL)",
                "INSERT INTO t (v) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40001) SELECT i FROM n");
        SourceTable table = new SourceTable(schema.name(), "t", "id", List.of("id"));
        List<Integer> sizes = new ArrayList<>();
        try (Connection connection = source.getConnection()) {
            ChunkReader.Volume volume =
                    new ChunkReader(table).read(connection, KeyRange.ALL, batch -> sizes.add(batch.size()));
            assertThat(volume.rows()).isEqualTo(40_001);
        }
        assertThat(sizes).containsExactly(20_000, 20_000, 1);
    }

    @Test
    void aRangeTooLargeForOneTransactionIsBrokenOffInItsMiddle() throws Exception {
        schema.execute(
                "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v LONGTEXT)",
                "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) SELECT i, REPEAT('x', 1000000) FROM n");
        SourceTable table = new SourceTable(schema.name(), "t", "id", List.of("v", "id"));
        ChunkReader reader = new ChunkReader(table);
        List<Integer> sizes = new ArrayList<>();
        Connection connection = source.getConnection();
        ChunkReader.TooLargeException large = catchThrowableOfType(
                ChunkReader.TooLargeException.class,
                () -> reader.read(connection, KeyRange.ALL, batch -> sizes.add(batch.size())));
        assertThat(connection.isClosed())
                .as("the rest of the result is not read")
                .isTrue();
        assertThat(large.half()).isBetween(12L, 20L);
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isBetween(30, 34);
        try (Connection another = source.getConnection()) {
            KeyRange lower = new KeyRange(null, large.half());
            assertThat(reader.read(another, lower, batch -> {}).rows()).isEqualTo(large.half());
            KeyRange upper = new KeyRange(large.half(), null);
            assertThat(reader.read(another, upper, batch -> {}).rows()).isEqualTo(40 - large.half());
        }
    }

    @Test
    void aRowLargerThanATransactionShouldBeIsReadAlone() throws Exception {
        schema.execute(
                "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v LONGTEXT)",
                "INSERT INTO t VALUES (1, REPEAT('x', 40000000))");
        SourceTable table = new SourceTable(schema.name(), "t", "id", List.of("id", "v"));
        try (Connection connection = source.getConnection()) {
            ChunkReader.Volume volume = new ChunkReader(table).read(connection, KeyRange.ALL, batch -> {});
            assertThat(volume.rows()).isOne();
            assertThat(volume.bytes()).isEqualTo(40_000_001);
        }
    }

    @Test
    void aBatchOfLargeRowsIsBoundedByItsBytes() throws Exception {
        int size = 4 << 20;
        schema.execute(
                "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v LONGTEXT)",
                "INSERT INTO t (v) VALUES ('s'), (REPEAT('x', " + size + ")), (REPEAT('y', " + size
                        + ")), ('t'), (REPEAT('z', " + size + "))");
        SourceTable table = new SourceTable(schema.name(), "t", "id", List.of("id", "v"));
        List<Long> bytes = new ArrayList<>();
        List<String> firsts = new ArrayList<>();
        try (Connection connection = source.getConnection()) {
            ChunkReader.Volume volume = new ChunkReader(table).read(connection, KeyRange.ALL, batch -> {
                bytes.add(batch.bytes());
                batch.rows().forEach(row -> firsts.add(new String(row[1], 0, 1, UTF_8) + row[1].length));
            });
            assertThat(volume.rows()).isEqualTo(5);
            assertThat(volume.bytes()).isEqualTo(3L * size + 2 + 5);
        }
        assertThat(firsts).containsExactly("s1", "x" + size, "y" + size, "t1", "z" + size);
        // One batch may hold what was there before plus one row, never two large rows.
        assertThat(bytes).allSatisfy(sum -> assertThat(sum).isLessThan((1 << 20) + size + 100L));
    }

    @Test
    void aConnectionIsUsableAfterAReadThatItsReceiverBrokeOff() throws Exception {
        schema.execute(
                "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NULL)",
                "INSERT INTO t (v) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n");
        SourceTable table = new SourceTable(schema.name(), "t", "id", List.of("id"));
        ChunkReader reader = new ChunkReader(table);
        try (Connection connection = source.getConnection()) {
            SQLException broken = new SQLException("broken off");
            assertThat(catchThrowable(() -> reader.read(connection, KeyRange.ALL, batch -> {
                        throw broken;
                    })))
                    .isSameAs(broken);
            assertThat(reader.read(connection, KeyRange.ALL, batch -> {}).rows())
                    .isEqualTo(1000);
        }
    }

    private List<byte[][]> read(String... columns) throws Exception {
        return read(new SourceTable(schema.name(), "t", "id", Arrays.asList(columns)), KeyRange.ALL);
    }

    private List<byte[][]> read(SourceTable table, KeyRange range) throws Exception {
        List<byte[][]> rows = new ArrayList<>();
        try (Connection connection = source.getConnection()) {
            new ChunkReader(table).read(connection, range, batch -> rows.addAll(batch.rows()));
        }
        return rows;
    }

    private List<String> keys(SourceTable table, KeyRange range) throws Exception {
        return read(table, range).stream().map(row -> new String(row[0], UTF_8)).toList();
    }
}
