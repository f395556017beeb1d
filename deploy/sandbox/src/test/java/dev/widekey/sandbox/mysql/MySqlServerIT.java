package dev.widekey.sandbox.mysql;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MySqlServerIT {

    @Test
    void twoServersHaveTheirOwnPortIdAndUuid() throws Exception {
        Server source = TestServers.source();
        Server target = TestServers.target();

        assertThat(source.port()).isNotEqualTo(target.port());
        assertThat(value(source, "SELECT @@server_id")).isNotEqualTo(value(target, "SELECT @@server_id"));
        assertThat(value(source, "SELECT @@server_uuid")).isNotEqualTo(value(target, "SELECT @@server_uuid"));
    }

    @Test
    void binlogIsFullRowImagesWithGtids() throws Exception {
        assertThat(value(
                        TestServers.source(),
                        "SELECT CONCAT_WS(',', @@log_bin, @@binlog_format, @@binlog_row_image, @@gtid_mode,"
                                + " @@enforce_gtid_consistency, @@performance_schema, @@max_allowed_packet)"))
                .isEqualTo("1,ROW,FULL,ON,ON,1,67108864");
    }

    @Test
    void connectionsAreEncrypted() throws Exception {
        assertThat(
                        value(
                                TestServers.source(),
                                "SELECT VARIABLE_VALUE FROM performance_schema.session_status WHERE VARIABLE_NAME = 'Ssl_version'"))
                .startsWith("TLSv1.");
    }

    @Test
    void freshServerHasExecutedNothing() throws Exception {
        try (MySqlServer server = MySqlServer.start()) {
            assertThat(value(server, "SELECT @@gtid_executed")).isEmpty();
        }
    }

    @Test
    void optionsWinOverTheDefaults() throws Exception {
        try (MySqlServer server = MySqlServer.start(
                ServerOptions.defaults().withoutGtid().durable().with("binlog-format", "STATEMENT"))) {
            assertThat(value(server, "SELECT CONCAT_WS(',', @@gtid_mode, @@sync_binlog, @@binlog_format)"))
                    .isEqualTo("OFF,1,STATEMENT");
        }
    }

    @Test
    void unknownOptionFailsWithTheServersOwnWords() {
        assertThatThrownBy(() -> MySqlServer.start(ServerOptions.defaults().with("no-such-thing", "1")))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("no-such-thing");
    }

    @Test
    void restartAndCrashKeepDataAndPort() throws Exception {
        try (MySqlServer server = MySqlServer.start()) {
            int port = server.port();
            server.execute(
                    "CREATE DATABASE kept",
                    "CREATE TABLE kept.t (id INT PRIMARY KEY)",
                    "INSERT INTO kept.t VALUES (1)");
            server.restart();
            server.execute("INSERT INTO kept.t VALUES (2)");
            server.kill();
            assertThatThrownBy(server::connect).isInstanceOf(SQLException.class);
            server.resume();

            assertThat(server.port()).isEqualTo(port);
            assertThat(value(server, "SELECT COUNT(*) FROM kept.t")).isEqualTo("2");
        }
    }

    @Test
    void closeLeavesNoProcessAndNoFolder() {
        MySqlServer server = MySqlServer.start();
        Path folder = server.data().getParent();
        long pid = server.pid();
        assertThat(ServerFolders.serversIn(folder)).hasSize(1);

        server.close();
        server.close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(folder).doesNotExist();
    }

    @Test
    void watchdogRemovesTheServerWhenItsPipeCloses() throws Exception {
        MySqlServer server = MySqlServer.start();
        Path folder = server.data().getParent();
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();

        Watchdog.over(folder).release();

        await().atMost(30, SECONDS)
                .until(() -> !process.isAlive() && !folder.toFile().exists());
        server.close();
    }

    @Test
    void schemaIsDroppedAtTheEnd() throws Exception {
        String name;
        try (TestSchema schema = TestSchema.on(TestServers.target(), "sandbox")) {
            name = schema.name();
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (7)");
            assertThat(schema.value("SELECT id FROM t")).contains("7");
        }
        assertThat(value(
                        TestServers.target(),
                        "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '" + name + "'"))
                .isEqualTo("0");
    }

    @Test
    void otherAccountsNeedTheirOwnPassword() throws Exception {
        Server server = TestServers.target();
        server.execute("DROP USER IF EXISTS sandbox_it", "CREATE USER sandbox_it IDENTIFIED BY 'right'");
        server.connect("sandbox_it", "right", Map.of()).close();
        assertThatThrownBy(() -> server.connect("sandbox_it", "wrong")).hasMessageContaining("Access denied");
        server.execute("DROP USER sandbox_it");
    }

    private static String value(Server server, String query) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return Optional.ofNullable(rows.getString(1)).orElse("NULL");
        }
    }
}
