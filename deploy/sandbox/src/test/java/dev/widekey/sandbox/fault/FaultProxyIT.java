package dev.widekey.sandbox.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.mysql.MySqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@Timeout(60)
class FaultProxyIT {
    private static final String COMMIT = "COMMIT/*!*/;";

    private static MySqlServer server;
    private FaultProxy proxy;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.start();
        server.execute("CREATE DATABASE d");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createTable() throws Exception {
        proxy = FaultProxy.to(server);
        server.execute(
                "DROP TABLE IF EXISTS d.t",
                "CREATE TABLE d.t (id INT PRIMARY KEY, v LONGTEXT)",
                "INSERT INTO d.t VALUES (1, REPEAT('a', 100)), (2, REPEAT('b', 100)), (3, REPEAT('c', 100))");
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    private Connection open() throws SQLException {
        return proxy.front().connect();
    }

    private static int rows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, v FROM d.t")) {
            int count = 0;
            while (rows.next()) {
                count++;
            }
            return count;
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int rowsOnServer() throws SQLException {
        try (Connection direct = server.connect()) {
            return rows(direct);
        }
    }

    private static String sessions() throws SQLException {
        try (Connection direct = server.connect();
                Statement statement = direct.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM information_schema.processlist"
                        + " WHERE user = 'root' AND id <> CONNECTION_ID() AND command <> 'Daemon'")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void withoutAFaultEverythingPasses() throws Exception {
        try (Connection connection = open()) {
            assertThat(rows(connection)).isEqualTo(3);
            run(connection, "INSERT INTO d.t VALUES (4, REPEAT('d', 20000000))");
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT v FROM d.t WHERE id = 4")) {
                row.next();
                assertThat(row.getString(1)).hasSize(20_000_000).containsOnlyOnce("d".repeat(20_000_000));
            }
        }
        assertThat(proxy.injected()).isZero();
    }

    @Test
    void aClientThatInsistsOnTlsFails() {
        assertThatThrownBy(() -> proxy.front().connect("root", server.password(), Map.of("sslMode", "REQUIRED")))
                .isInstanceOf(SQLException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = LinkFault.class,
            names = {"CUT", "RESET"})
    void whatHappensOnceHitsTheNextPacketAndNoOther(LinkFault fault) throws Exception {
        try (Connection struck = open();
                Connection other = open()) {
            proxy.inject(fault, Link.SQL);
            assertThatThrownBy(() -> rows(struck)).isInstanceOf(SQLException.class);
            assertThat(proxy.injected()).isOne();
            assertThat(rows(other)).isEqualTo(3);
        }
        try (Connection connection = open()) {
            assertThat(rows(connection)).isEqualTo(3);
        }
    }

    @Test
    void aServerThatRefusesEndsWhatIsOpenAndLetsNobodyIn() throws Exception {
        try (Connection connection = open()) {
            proxy.inject(LinkFault.REFUSE, Link.SQL);
            assertThatThrownBy(() -> rows(connection)).isInstanceOf(SQLException.class);
            assertThatThrownBy(this::open).isInstanceOf(SQLException.class);
            assertThatThrownBy(this::open).isInstanceOf(SQLException.class);
            assertThat(proxy.injected()).isOne();
        }
        proxy.heal();
        try (Connection connection = open()) {
            assertThat(rows(connection)).isEqualTo(3);
        }
    }

    @Test
    void aBlackHoleHoldsEverythingUntilItIsGone() throws Exception {
        try (Connection connection = open()) {
            proxy.inject(LinkFault.BLACK_HOLE, Link.SQL);
            CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return rows(connection);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> proxy.injected() == 1);
            await().during(Duration.ofMillis(300)).until(() -> !answer.isDone());
            proxy.heal();
            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(3);
        }
    }

    @Test
    void aHalfOpenConnectionKeepsItsLocksOnTheServer() throws Exception {
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            run(connection, "DELETE FROM d.t WHERE id = 1");
            proxy.inject(LinkFault.HALF_OPEN, Link.SQL);
            assertThatThrownBy(() -> rows(connection)).isInstanceOf(SQLException.class);
            String wait = "SET SESSION innodb_lock_wait_timeout = 1";
            assertThatThrownBy(() -> server.execute(wait, "UPDATE d.t SET v = 'x' WHERE id = 1"))
                    .hasMessageContaining("Lock wait timeout");
            try (Connection fresh = open()) {
                assertThat(rows(fresh)).isEqualTo(3);
            }
            proxy.heal();
            server.execute("UPDATE d.t SET v = 'x' WHERE id = 1");
        }
        assertThat(proxy.injected()).isOne();
    }

    @Test
    void aSlowLinkTakesLonger() throws Exception {
        try (Connection connection = open()) {
            run(connection, "INSERT INTO d.t VALUES (5, REPEAT('e', 60000))");
            proxy.inject(LinkFault.SLOW, Link.SQL);
            long began = System.nanoTime();
            assertThat(rows(connection)).isEqualTo(4);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(590));
        }
    }

    @Test
    void aRowArrivesByHalf() throws Exception {
        try (Connection connection = open()) {
            proxy.inject(LinkFault.CUT_INSIDE_ROW, Link.SQL);
            assertThatThrownBy(() -> rows(connection)).isInstanceOf(SQLException.class);
        }
        assertThat(proxy.injected()).isOne();
    }

    @Test
    void aTransactionIsCutBehindItsChange() throws Exception {
        try (Connection connection = open()) {
            proxy.inject(LinkFault.CUT_INSIDE_TRANSACTION, Link.SQL);
            run(connection, "INSERT INTO d.t VALUES (6, 'its own transaction')");
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO d.t VALUES (7, 'inside')");
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }
        await().until(() -> sessions().equals("0"));
        assertThat(rowsOnServer()).isEqualTo(4);
        assertThat(proxy.injected()).isOne();
    }

    @Test
    void aCommitIsLostOnItsWay() throws Exception {
        commitThatFails(LinkFault.CUT_BEFORE_COMMIT);
        await().until(() -> sessions().equals("0"));
        assertThat(rowsOnServer()).isEqualTo(3);
    }

    @Test
    void theAnswerToACommitIsLost() throws Exception {
        commitThatFails(LinkFault.EAT_COMMIT_ANSWER);
        assertThat(rowsOnServer()).isEqualTo(4);
    }

    private void commitThatFails(LinkFault fault) throws SQLException {
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO d.t VALUES (8, 'to be committed')");
            proxy.inject(fault, Link.SQL);
            assertThat(rows(connection)).isEqualTo(4);
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
            assertThat(proxy.injected()).isOne();
        }
    }

    @Test
    void aDistributedCommitIsACommitToo() throws Exception {
        try (Connection connection = open()) {
            for (String sql :
                    List.of("XA START 'x'", "INSERT INTO d.t VALUES (9, 'x')", "XA END 'x'", "XA PREPARE 'x'")) {
                run(connection, sql);
            }
            proxy.inject(LinkFault.EAT_COMMIT_ANSWER, Link.SQL);
            assertThatThrownBy(() -> run(connection, "/* by hand */ xa commit 'x'"))
                    .isInstanceOf(SQLException.class);
        }
        assertThat(rowsOnServer()).isEqualTo(4);
    }

    @Test
    void anEmptyHealedProxyLeadsToAnotherServer() throws Exception {
        try (MySqlServer other = MySqlServer.start();
                Connection before = open()) {
            other.execute("CREATE DATABASE d", "CREATE TABLE d.t (id INT PRIMARY KEY, v LONGTEXT)");
            proxy.retarget(other);
            assertThatThrownBy(() -> rows(before)).isInstanceOf(SQLException.class);
            try (Connection connection = open()) {
                assertThat(rows(connection)).isZero();
            }
        }
    }

    @Test
    void faultsOfTheLogSpareStatements() throws Exception {
        try (Connection connection = open()) {
            proxy.inject(LinkFault.RESET, Link.BINLOG);
            assertThat(rows(connection)).isEqualTo(3);
            assertThat(proxy.injected()).isZero();
        }
        assertThatThrownBy(() -> proxy.inject(LinkFault.EAT_COMMIT_ANSWER, Link.BINLOG))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = LinkFault.class,
            names = {"REFUSE", "CUT", "RESET", "CUT_INSIDE_ROW", "CUT_INSIDE_TRANSACTION", "CUT_BEFORE_COMMIT"})
    void aReaderOfTheLogIsCut(LinkFault fault) throws Exception {
        proxy.inject(fault, Link.BINLOG);
        Process reader = readLog(false);
        assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(reader.exitValue()).as("%s", output()).isNotZero();
        assertThat(proxy.injected()).as(output()).isOne();
        switch (fault) {
            case CUT_INSIDE_ROW -> assertThat(output()).contains("Table_map:").doesNotContain("Write_rows:");
            case CUT_INSIDE_TRANSACTION, CUT_BEFORE_COMMIT ->
                assertThat(output()).contains("Write_rows:").doesNotContain(COMMIT);
            default -> assertThat(output()).doesNotContain("Table_map:");
        }
        proxy.heal();
        assertThat(readLog(false).waitFor()).as(output()).isZero();
        assertThat(output()).contains("Write_rows:").contains(COMMIT);
    }

    @ParameterizedTest
    @EnumSource(
            value = LinkFault.class,
            names = {"BLACK_HOLE", "HALF_OPEN"},
            mode = Mode.INCLUDE)
    void aReaderOfTheLogHearsNothing(LinkFault fault) throws Exception {
        Process reader = readLog(true);
        try {
            await().until(() -> output().contains("Write_rows:"));
            proxy.inject(fault, Link.BINLOG);
            server.execute("INSERT INTO d.t VALUES (10, 'heard of later, or never')");
            await().until(() -> proxy.injected() == 1);
            if (fault == LinkFault.HALF_OPEN) {
                assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(dumps()).isEqualTo("1");
                proxy.heal();
                await().until(() -> {
                    // Only who sends notices that nobody listens.
                    server.execute("REPLACE INTO d.t VALUES (11, UUID())");
                    return dumps().equals("0");
                });
            } else {
                await().during(Duration.ofMillis(300)).until(() -> !output().contains("heard of later"));
                proxy.heal();
                server.execute("FLUSH BINARY LOGS");
                await().until(() -> output().contains("heard of later"));
            }
        } finally {
            reader.destroyForcibly().waitFor();
        }
    }

    private static String dumps() throws SQLException {
        try (Connection direct = server.connect();
                Statement statement = direct.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT COUNT(*) FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")) {
            row.next();
            return row.getString(1);
        }
    }

    private Process readLog(boolean forEver) throws Exception {
        String file;
        try (Connection direct = server.connect();
                Statement statement = direct.createStatement();
                ResultSet row = statement.executeQuery("SHOW MASTER STATUS")) {
            row.next();
            file = row.getString(1);
        }
        Files.deleteIfExists(folder.resolve("output"));
        ProcessBuilder builder = new ProcessBuilder(
                server.programs().resolve("mysqlbinlog").toString(),
                "--read-from-remote-server",
                "--host=" + proxy.front().host(),
                "--port=" + proxy.front().port(),
                "--user=root",
                "--password=" + server.password(),
                "--ssl-mode=DISABLED",
                "--get-server-public-key",
                "-vv",
                forEver ? "--stop-never" : "--to-last-log",
                file);
        builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        return builder.start();
    }

    private String output() throws Exception {
        return Files.readString(folder.resolve("output"));
    }
}
