package dev.widekey.daemon.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.backfill.RowBatch;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.daemon.quarantine.Refusal;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(booleans = {false, true})
class TargetTableIT {
    @Parameter
    private boolean loading;

    private TestSchema schema;
    private Database database;
    private TargetTable table;
    private final Map<Long, SQLException> refused = new TreeMap<>();

    @BeforeEach
    void create() throws Exception {
        schema = TestSchema.on(TestServers.target(), "rows");
        database = TestDatabases.target(TestServers.target(), new Database.Owner("rows", "test"));
        // The columns stand in another order than in the projection.
        schema.execute("CREATE TABLE t (v VARCHAR(20) CHARACTER SET utf8mb4 NULL, n INT NOT NULL,"
                + " id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY)");
        table = table("t", "id", "n", "v");
    }

    @AfterEach
    void drop() throws Exception {
        database.close();
        schema.close();
    }

    @Test
    void anInsertLeavesARowAloneThatIsThere() throws Exception {
        schema.execute("INSERT INTO t VALUES ('kept', 1, 2), (NULL, 1, 3)");
        insert(List.of(row(1, "5", "new"), row(2, "6", "new"), row(3, "7", "new")));
        assertThat(contents()).isEqualTo("1/5/new 2/1/kept 3/1/NULL");
    }

    @Test
    void anUpsertReplacesEveryColumn() throws Exception {
        schema.execute("INSERT INTO t VALUES ('old', 1, 2), ('other', 1, 3)");
        try (Connection connection = database.connect()) {
            table.upsert(connection, List.of(row(1, "5", "new"), row(2, "6", null)), refused::put);
        }
        assertThat(contents()).isEqualTo("1/5/new 2/6/NULL 3/1/other");
    }

    @Test
    void aTableOfNothingButAKeyIsWrittenToo() throws Exception {
        schema.execute(
                "CREATE TABLE k (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY)", "INSERT INTO k VALUES (2)");
        TargetTable keys = table("k", "id");
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            keys.insertAbsent(connection, RowBatch.of(List.of(row(1), row(2))), refused::put);
            keys.upsert(connection, List.of(row(2), row(3)), refused::put);
            connection.commit();
        }
        assertThat(schema.value("SELECT GROUP_CONCAT(id ORDER BY id) FROM k")).contains("1,2,3");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 19, 99, 501, 1234})
    void anyNumberOfRowsIsWritten(int count) throws Exception {
        List<byte[][]> rows = LongStream.rangeClosed(1, count)
                .mapToObj(key -> row(key, "1", "v" + key))
                .toList();
        insert(rows);
        try (Connection connection = database.connect()) {
            table.upsert(connection, rows, refused::put);
        }
        assertThat(schema.value("SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(v = CONCAT('v', id)), 0)) FROM t"))
                .contains(count + " " + count);
    }

    @Test
    void keysAreDeletedThatAreThere() throws Exception {
        insert(LongStream.rangeClosed(1, 1300)
                .mapToObj(key -> row(key, "1", "v"))
                .toList());
        try (Connection connection = database.connect()) {
            table.delete(connection, LongStream.rangeClosed(-10, 1299).boxed().toList());
            table.delete(connection, List.of());
        }
        assertThat(contents()).isEqualTo("1300/1/v");
    }

    @Test
    void aKeyBeyondTheOldTypeIsWrittenAndDeleted() throws Exception {
        insert(List.of(row(Long.MAX_VALUE, "1", "v"), row(0, "1", "zero")));
        try (Connection connection = database.connect()) {
            assertThat(contents()).isEqualTo("0/1/zero 9223372036854775807/1/v");
            table.delete(connection, List.of(Long.MAX_VALUE, 0L));
        }
        assertThat(contents()).isEmpty();
    }

    @Test
    void aReservationRaisesTheNextIdAndNeverLowersIt() throws Exception {
        try (Connection connection = database.connect()) {
            table.reserve(connection, 5_000_000_000L);
            schema.execute("INSERT INTO t (n) VALUES (1)");
            table.reserve(connection, 100);
            schema.execute("INSERT INTO t (n) VALUES (2)");
        }
        assertThat(contents()).isEqualTo("5000000000/1/NULL 5000000001/2/NULL");
    }

    @Test
    void aServerThatKeepsNoWarningsBendsNoValueUnseen() throws Exception {
        schema.execute("CREATE TABLE r (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, w VARCHAR(3))");
        TargetTable refusing = table("r", "w", "id");
        RowBatch rows = RowBatch.of(List.of(
                new byte[][] {"abc".getBytes(UTF_8), text(1)}, new byte[][] {"abcdef".getBytes(UTF_8), text(2)}));
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION max_error_count = 0");
            connection.setAutoCommit(false);
            refusing.insertAbsent(connection, rows, refused::put);
            connection.commit();
        }
        assertThat(refused).containsOnlyKeys(2L);
        assertThat(schema.value("SELECT GROUP_CONCAT(id, '=', w) FROM r")).contains("1=abc");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "TINYINT NULL                           | 313238",
                "TINYINT UNSIGNED NULL                  | 2D31",
                "INT NULL                               | 6162",
                "INT NOT NULL                           | -",
                "VARCHAR(3) CHARACTER SET utf8mb4 NULL  | 61626364",
                "VARCHAR(9) CHARACTER SET utf8mb4 NULL  | 61FF62",
                "VARCHAR(9) CHARACTER SET utf8mb3 NULL  | F09F9880",
                "DATETIME(6) NULL                       | 323032362D30322D3330",
                "DECIMAL(4,2) NULL                      | 3132332E34",
                "VARBINARY(2) NULL                      | 000102",
                "INT NULL CHECK (w < 3)                 | 33",
            })
    void aRowWhoseContentIsRefusedIsNamedByItsKeyAndTheOthersAreWritten(String type, String hex) throws Exception {
        schema.execute("CREATE TABLE r (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, w " + type + ")");
        TargetTable refusing = table("r", "w", "id");
        List<byte[][]> rows = new ArrayList<>();
        for (long key = 1; key <= 130; key++) {
            byte[] good = type.startsWith("DATETIME") ? "2026-01-01".getBytes(UTF_8) : "1".getBytes(UTF_8);
            byte[] bad = hex == null ? null : HexFormat.of().parseHex(hex);
            rows.add(new byte[][] {key == 77 ? bad : good, text(key)});
        }
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            for (boolean upsert : new boolean[] {false, true}) {
                refused.clear();
                if (upsert) {
                    refusing.upsert(connection, rows, refused::put);
                } else {
                    refusing.insertAbsent(connection, RowBatch.of(rows), refused::put);
                }
                connection.commit();
                assertThat(refused).containsOnlyKeys(77L);
                assertThat(Refusal.of(77, refused.get(77L))).isPresent();
                assertThat(schema.value("SELECT CONCAT(COUNT(*), ' ', SUM(id)) FROM r"))
                        .contains("129 " + (130 * 131 / 2 - 77));
            }
        }
    }

    @Test
    void aRowThatIsLargerThanThePacketLimitIsNamedByItsKey() throws Exception {
        schema.execute("CREATE TABLE big (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, a LONGTEXT, b LONGTEXT)");
        withPacketLimit(1 << 20, () -> {
            TargetTable big = new TargetTable(schema.name(), "big", "id", List.of("id", "a", "b"));
            try (Database small = TestDatabases.target(TestServers.target(), new Database.Owner("rows", "test"));
                    Connection connection = small.connect()) {
                String large = "x".repeat(2 << 20);
                big.insertAbsent(
                        connection,
                        RowBatch.of(List.of(row(1, "a", "b"), row(2, large, "b"), row(3, "a", "b"))),
                        refused::put);
                assertThat(refused).containsOnlyKeys(2L);
                assertThat(Refusal.of(2, refused.get(2L)))
                        .hasValueSatisfying(
                                refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.TOO_LARGE));
            }
        });
    }

    @Test
    void rowsThatFitOneByOneAreWrittenWhateverTheyMeasureTogether() throws Exception {
        schema.execute("CREATE TABLE big (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, a LONGTEXT, b LONGTEXT)");
        withPacketLimit(1 << 20, () -> {
            TargetTable big = new TargetTable(schema.name(), "big", "id", List.of("id", "a", "b"));
            try (Database small = TestDatabases.target(TestServers.target(), new Database.Owner("rows", "test"));
                    Connection connection = small.connect()) {
                for (int size : new int[] {3_000, 100_000, 500_000}) {
                    List<byte[][]> rows = LongStream.rangeClosed(1, 500)
                            .limit(20_000_000 / size / 2)
                            .mapToObj(key -> row(key, "x".repeat(size), "y".repeat(size)))
                            .toList();
                    big.upsert(connection, rows, refused::put);
                    assertThat(schema.value("SELECT COUNT(*) FROM big WHERE LENGTH(b) = " + size))
                            .contains(String.valueOf(rows.size()));
                }
            }
        });
    }

    @Test
    void whatIsThereIsSkippedAndTheRestOfTheBatchIsWrittenWhereverTheyStand() throws Exception {
        schema.execute("INSERT INTO t VALUES ('kept', 9, 2), ('kept', 9, 500), ('kept', 9, 1000)");
        List<byte[][]> rows = LongStream.rangeClosed(1, 1000)
                .mapToObj(key -> row(key, "1", "new"))
                .toList();
        insert(rows);
        assertThat(schema.value("SELECT CONCAT(COUNT(*), ' ', SUM(n = 1 AND v = 'new'), ' ', SUM(v = 'kept')) FROM t"))
                .contains("1000 997 3");
    }

    /** The server keeps no more than 1024 warnings; the one that matters is behind them. */
    @Test
    void aRowThatIsBentBehindManyThatAreThereIsStillRefused() throws Exception {
        List<byte[][]> there = LongStream.rangeClosed(1, 3000)
                .mapToObj(key -> row(key, "1", "kept"))
                .toList();
        insert(there);
        List<byte[][]> more = new ArrayList<>(LongStream.rangeClosed(1, 3000)
                .mapToObj(key -> row(key, "2", "new"))
                .toList());
        more.add(row(3001, "2", "new"));
        insert(more);
        more.add(row(3002, "no number", "new"));
        insert(more);
        assertThat(refused).containsOnlyKeys(3002L);
        assertThat(schema.value("SELECT CONCAT(COUNT(*), ' ', SUM(n), ' ', SUM(v = 'kept')) FROM t"))
                .contains("3001 3002 3000");
    }

    @Test
    void bytesThatMeanSomethingOnTheWayArriveAsTheyAre() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 128; i++) {
            all.append((char) i);
        }
        schema.execute("CREATE TABLE b (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, v VARCHAR(200), w VARBINARY(200))");
        TargetTable bytes = table("b", "id", "v", "w");
        List<byte[][]> rows = List.of(
                row(1, all.toString(), all.toString()),
                row(2, "\u0010N", "\u0010N"),
                row(3, null, null),
                row(4, "", ""),
                row(5, "\u0010", "\u001E"),
                row(6, "\u001F\u001F", "\u001E\u001E\u0010\u0010"),
                row(7, "\\N", "NULL"));
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            bytes.insertAbsent(connection, RowBatch.of(rows), refused::put);
            connection.commit();
        }
        for (byte[][] row : rows) {
            String found = schema.value(
                            "SELECT CONCAT_WS('/', COALESCE(HEX(v), '-'), COALESCE(HEX(w), '-')) FROM b WHERE id = "
                                    + new String(row[0], UTF_8))
                    .orElseThrow();
            assertThat(found).isEqualTo(hex(row[1]) + "/" + hex(row[2]));
        }
    }

    @Test
    void aServerThatTakesNoFilesGetsStatements() throws Exception {
        schema.execute("SET GLOBAL local_infile = OFF");
        try {
            List<byte[][]> rows = List.of(row(1, "1", "a"), row(2, "2", "b"));
            insert(rows);
            insert(rows);
        } finally {
            schema.execute("SET GLOBAL local_infile = ON");
        }
        assertThat(contents()).isEqualTo("1/1/a 2/2/b");
    }

    /** The one file the server may ask for is empty, whatever statement it answers. */
    @Test
    void noStatementOfSomebodyElseSendsAFile() throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            table.insertAbsent(connection, RowBatch.of(Collections.singletonList(row(1, "1", "a"))), refused::put);
            assertThatThrownBy(
                            () -> statement.execute("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE " + table.name()))
                    .hasMessageContaining("not under the safe path");
        }
    }

    private static String hex(byte[] value) {
        return value == null ? "-" : HexFormat.of().withUpperCase().formatHex(value);
    }

    private TargetTable table(String name, String... columns) {
        TargetTable made = new TargetTable(schema.name(), name, "id", List.of(columns));
        return loading ? made.loading() : made;
    }

    private void insert(List<byte[][]> rows) throws Exception {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            table.insertAbsent(connection, RowBatch.of(rows), refused::put);
            connection.commit();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void withPacketLimit(long bytes, Work work) throws Exception {
        String before = schema.value("SELECT @@global.max_allowed_packet").orElseThrow();
        schema.execute("SET GLOBAL max_allowed_packet = " + bytes);
        try {
            work.run();
        } finally {
            schema.execute("SET GLOBAL max_allowed_packet = " + before);
        }
    }

    private String contents() throws Exception {
        return schema.value(
                        "SELECT GROUP_CONCAT(CONCAT_WS('/', id, n, COALESCE(v, 'NULL')) ORDER BY id SEPARATOR ' ') FROM t")
                .orElse("");
    }

    private static byte[][] row(long key, String... values) {
        List<byte[]> row = new ArrayList<>();
        row.add(text(key));
        Arrays.stream(values)
                .map(value -> value == null ? null : value.getBytes(UTF_8))
                .forEach(row::add);
        return row.toArray(byte[][]::new);
    }

    private static byte[] text(long key) {
        return Long.toString(key).getBytes(UTF_8);
    }
}
