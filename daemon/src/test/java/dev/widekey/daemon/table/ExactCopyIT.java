package dev.widekey.daemon.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.ReadChunk;
import dev.widekey.backfill.RowBatch;
import dev.widekey.backfill.SourceTable;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The copy's bytes from the source's column to the target's, and whether parity's expressions call the two equal. */
class ExactCopyIT {
    private TestSchema source;
    private TestSchema target;
    private Database sourceDatabase;
    private Database targetDatabase;

    @BeforeEach
    void create() throws Exception {
        source = TestSchema.on(TestServers.source(), "exact_source");
        target = TestSchema.on(TestServers.target(), "exact_target");
        Database.Owner owner = new Database.Owner("exact", "test");
        sourceDatabase = TestDatabases.source(TestServers.source(), owner);
        targetDatabase = TestDatabases.target(TestServers.target(), owner);
    }

    @AfterEach
    void drop() throws Exception {
        sourceDatabase.close();
        targetDatabase.close();
        source.close();
        target.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "INT                | BIGINT UNSIGNED    | 0, 7, 2147483647                           | v",
                "INT                | BIGINT             | -2147483648, -1, 0                         | v",
                "INT UNSIGNED       | BIGINT UNSIGNED    | 4294967295                                 | v",
                "INT(9) ZEROFILL    | BIGINT UNSIGNED    | 7, 123456789                               | v + 0",
                "BIGINT UNSIGNED    | BIGINT UNSIGNED    | 18446744073709551615                       | v",
                "TINYINT(1)         | TINYINT            | -128, 0, 1                                 | v",
                "DATETIME           | DATETIME(6)        | '2026-02-28 23:59:59', '1000-01-01'        | v + INTERVAL 0 MICROSECOND",
                "DATETIME(3)        | DATETIME(6)        | '2026-02-28 23:59:59.999'                  | CAST(v AS DATETIME(6))",
                "TIMESTAMP          | TIMESTAMP(6)       | '2026-03-29 02:30:00'                      | CAST(v AS DATETIME(6))",
                "DATE               | DATE               | '9999-12-31', '1000-01-01'                 | v",
                "TIME               | TIME(6)            | '-838:59:59', '00:00:00'                   | CAST(v AS TIME(6))",
                "DOUBLE             | DOUBLE             | -0e0, 0e0, 1e-300, 0.1e0+0.2e0, 5e-324, 1.7976931348623157e308, 3e0 | v",
                "DOUBLE(10,2)       | DOUBLE(10,2)       | 1.5, 12345678.99, -0.01                    | v",
                "DECIMAL(10,2)      | DECIMAL(20,5)      | -12345678.90, 0, 0.01                      | CAST(v AS DECIMAL(20,5))",
                "VARCHAR(20) CHARACTER SET utf8mb3 | VARCHAR(20) CHARACTER SET utf8mb4 | '', 'a  ', 'ü€', 'A', 'a', _utf8mb4 X'780079' | v",
                "CHAR(20) CHARACTER SET utf8mb4 | VARCHAR(20) CHARACTER SET utf8mb4 | '', 'a  ', 'ü€😀'        | v",
                "LONGTEXT CHARACTER SET utf8mb4 | LONGTEXT CHARACTER SET utf8mb4 | '', '\\\\''\"😀', REPEAT('ü', 70000) | v",
                "TINYTEXT CHARACTER SET utf8mb4 | VARCHAR(255) CHARACTER SET utf8mb4 | '', 'x', REPEAT('y', 255) | v",
                "VARCHAR(20) CHARACTER SET utf8mb4 | TEXT CHARACTER SET utf8mb4 | '', 'a  '             | v",
                "TINYBLOB           | VARBINARY(255)     | X'', X'00FF80'                             | v",
                "VARBINARY(9)       | LONGBLOB           | X'', X'00FF8000', X'20'                    | v",
                "BINARY(4)          | BINARY(4)          | X'', X'0020'                               | v",
            })
    void valuesArriveAsTheyAre(String from, String to, String values, String form) throws Exception {
        List<String> all = new ArrayList<>(
                Stream.of(values.split(", (?![^(]*\\))")).map(String::strip).toList());
        all.add("NULL");
        pair(from, to, all);
        copy();
        assertThat(rows(target, "v")).isEqualTo(rows(source, form));
        assertParity();
    }

    @Test
    void everyDoubleArrivesAsItIs() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        TreeSet<Double> doubles = new TreeSet<>();
        while (doubles.size() < 2000) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                // Neighbours differ in the last bit only.
                doubles.add(value);
                doubles.add(Math.nextDown(value));
                doubles.add(random.nextInt() / 100.0);
            }
        }
        doubles.removeIf(value -> Double.isInfinite(value));
        pair("DOUBLE", "DOUBLE", doubles.stream().map(String::valueOf).toList());
        copy();
        List<Double> expected = new ArrayList<>(doubles);
        assertThat(numbers(source)).isEqualTo(expected);
        assertThat(numbers(target)).isEqualTo(expected);
        assertParity();
        List<String> forms = rows(target, canonical().onTarget().get(1));
        assertThat(new HashSet<>(forms))
                .as("no two doubles look the same to parity")
                .hasSameSizeAs(expected);
    }

    private void pair(String from, String to, List<String> values) throws SQLException {
        source.execute(
                "SET SESSION sql_mode = ''",
                "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v " + from + " NULL)",
                "INSERT INTO t (v) VALUES " + values.stream().collect(Collectors.joining("), (", "(", ")")));
        target.execute("CREATE TABLE t (v " + to + " NULL, id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY)");
        assertThat(Compatibility.of(definition(source), definition(target)).mismatches())
                .isEmpty();
    }

    private void copy() throws SQLException {
        SourceTable table = new SourceTable(source.name(), "t", "id", List.of("id", "v"));
        TargetTable destination = new TargetTable(target.name(), "t", "id", List.of("id", "v")).loading();
        try (Connection from = sourceDatabase.connect();
                Connection to = targetDatabase.connect()) {
            to.setAutoCommit(false);
            for (RowBatch batch :
                    ReadChunk.rows(from, table, new Chunk(0, KeyRange.ALL)).batches()) {
                destination.insertAbsent(to, batch, (key, why) -> {
                    throw new AssertionError("the row with key " + key + " is refused", why);
                });
            }
            to.commit();
        }
    }

    private void assertParity() throws SQLException {
        Canonical canonical = canonical();
        for (int column = 0; column < 2; column++) {
            assertThat(rows(target, canonical.onTarget().get(column)))
                    .isEqualTo(rows(source, canonical.onSource().get(column)));
        }
    }

    private Canonical canonical() throws SQLException {
        return Canonical.of(definition(source), definition(target), List.of("id", "v"));
    }

    private static TableDefinition definition(TestSchema schema) throws SQLException {
        try (Connection connection = schema.connect()) {
            return TableDefinition.read(connection, schema.name(), "t").orElseThrow();
        }
    }

    /** What an expression makes of each row, byte for byte. */
    private List<String> rows(TestSchema schema, String expression) throws SQLException {
        Database database = schema == source ? sourceDatabase : targetDatabase;
        try (Connection connection = database.connect();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT COALESCE(HEX(CAST(" + expression
                        + " AS BINARY)), 'NULL') FROM " + schema.name() + ".t ORDER BY id")) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(row.getString(1));
            }
            return rows;
        }
    }

    private static List<Double> numbers(TestSchema schema) throws SQLException {
        try (Connection connection = schema.connect();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT v FROM t ORDER BY id")) {
            List<Double> numbers = new ArrayList<>();
            while (row.next()) {
                numbers.add(row.getDouble(1));
            }
            return numbers;
        }
    }
}
