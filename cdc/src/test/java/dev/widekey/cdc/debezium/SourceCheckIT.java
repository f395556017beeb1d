package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestSchema;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must keep a stream from starting, or stop it, with the right name. */
class SourceCheckIT {

    private static MySqlServer server;

    @BeforeAll
    static void start() {
        server = MySqlServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void purged_binlogs_lose_the_position(boolean gtid) throws Exception {
        ServerOptions options =
                gtid ? ServerOptions.defaults() : ServerOptions.defaults().withoutGtid();
        try (MySqlServer own = MySqlServer.start(options);
                TestSchema schema = TestSchema.on(own, "cdc")) {
            FeedConfig config = table(own, schema);
            Position start = Feeds.start(own, config);
            schema.execute("INSERT INTO t VALUES (1, 'x')", "FLUSH BINARY LOGS", "INSERT INTO t VALUES (2, 'x')");
            String last = Feeds.endOfLog(own).file();
            schema.execute("PURGE BINARY LOGS TO '" + last + "'");
            assertThat(halt(config, start).reason()).isEqualTo(Reason.POSITION_LOST);
        }
    }

    @Test
    void a_log_that_was_reset_is_another_source() throws Exception {
        try (MySqlServer own = MySqlServer.start();
                TestSchema schema = TestSchema.on(own, "cdc")) {
            FeedConfig config = table(own, schema);
            Position start = Feeds.start(own, config);
            schema.execute("RESET MASTER");
            Position before = new Position(
                    start.serverUuid(),
                    start.file(),
                    start.offset(),
                    Gtids.parse(start.serverUuid() + ":1-5"),
                    start.fingerprint());
            assertThat(halt(config, before).reason()).isEqualTo(Reason.SOURCE_CHANGED);
        }
    }

    @Test
    void a_position_without_gtids_is_refused_where_there_are_gtids() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = table(server, schema);
            Position start = Feeds.start(server, config);
            Position without =
                    new Position(start.serverUuid(), start.file(), start.offset(), Gtids.empty(), start.fingerprint());
            assertThat(halt(config, without).reason()).isEqualTo(Reason.UNREADABLE);
        }
    }

    @Test
    void another_server_is_refused() throws Exception {
        try (MySqlServer other = MySqlServer.start();
                TestSchema there = TestSchema.on(other, "cdc");
                TestSchema schema = TestSchema.on(server, "cdc")) {
            table(other, there);
            FeedConfig here = table(server, schema);
            Position there1 = Feeds.start(other, Feeds.config(other, there.name(), "t", "id"));
            assertThat(halt(here, there1).reason()).isEqualTo(Reason.SOURCE_CHANGED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE t MODIFY v VARCHAR(20) FIRST",
                "ALTER TABLE t MODIFY id BIGINT",
                "ALTER TABLE t MODIFY v VARCHAR(10) NOT NULL",
                "ALTER TABLE t MODIFY v VARCHAR(10) CHARACTER SET latin1",
                "ALTER TABLE t ADD w INT",
                "DROP TABLE t"
            })
    void a_table_altered_since_the_position_is_refused(String ddl) throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = table(server, schema);
            Position start = Feeds.start(server, config);
            schema.execute(ddl);
            assertThat(halt(config, start).reason()).isEqualTo(Reason.SCHEMA_CHANGED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "binlog_format, STATEMENT, ROW",
        "binlog_row_image, MINIMAL, FULL",
        "binlog_row_value_options, PARTIAL_JSON, ''"
    })
    void a_setting_that_hides_changes_halts_a_running_stream(String name, String bad, String good) throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = table(server, schema);
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                receiver.awaitThat("connected", () -> feed.status().connected());
                schema.execute("SET GLOBAL " + name + " = '" + bad + "'");
                assertThat(receiver.awaitHalt().reason()).isEqualTo(Reason.UNREADABLE);
                assertThat(receiver.halt().message()).contains(name);
            } finally {
                schema.execute("SET GLOBAL " + name + " = '" + good + "'");
            }
        }
    }

    @Test
    void a_prepared_xa_transaction_halts_a_running_stream() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = table(server, schema);
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                receiver.awaitThat("connected", () -> feed.status().connected());
                schema.execute("XA START 'x'", "XA END 'x'", "XA PREPARE 'x'", "XA ROLLBACK 'x'");
                assertThat(receiver.awaitHalt().reason()).isEqualTo(Reason.UNREADABLE);
                assertThat(receiver.halt().message()).contains("XA");
            }
        }
    }

    @Test
    void a_prepared_xa_transaction_keeps_a_stream_from_starting() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = table(server, schema);
            Position start = Feeds.start(server, config);
            schema.execute("XA START 'y'", "INSERT INTO t VALUES (1, 'x')", "XA END 'y'", "XA PREPARE 'y'");
            try {
                assertThat(halt(config, start).reason()).isEqualTo(Reason.UNREADABLE);
            } finally {
                schema.execute("XA ROLLBACK 'y'");
            }
        }
    }

    @Test
    void rows_logged_as_statements_halt_the_stream() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = table(server, schema);
            Position start = Feeds.start(server, config);
            try (Connection connection = schema.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION binlog_format = 'STATEMENT'");
                statement.execute("INSERT INTO t VALUES (1, 'x')");
            }
            FeedHalt halt = halt(config, start);
            assertThat(halt.reason()).isEqualTo(Reason.UNREADABLE);
            assertThat(halt.message()).contains("INSERT INTO t");
        }
    }

    @Test
    void a_row_image_without_all_columns_halts_the_stream() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = table(server, schema);
            Position start = Feeds.start(server, config);
            try (Connection connection = schema.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO t VALUES (1, 'x')");
                statement.execute("SET SESSION binlog_row_image = 'MINIMAL'");
                statement.execute("UPDATE t SET v = 'y'");
            }
            assertThat(halt(config, start).reason()).isEqualTo(Reason.UNREADABLE);
        }
    }

    @Test
    void a_wrong_password_is_refused() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig good = table(server, schema);
            FeedConfig config = Feeds.configAs(server, server.user(), "wrong", schema.name(), "t", "id");
            FeedHalt halt = halt(config, Feeds.start(server, good));
            assertThat(halt.reason()).isEqualTo(Reason.REFUSED);
            assertThat(halt.message()).doesNotContain("wrong");
        }
    }

    @ParameterizedTest
    @CsvSource({"REPLICATION SLAVE", "REPLICATION CLIENT"})
    void a_missing_privilege_is_refused(String missing) throws Exception {
        String other = missing.endsWith("SLAVE") ? "REPLICATION CLIENT" : "REPLICATION SLAVE";
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = user(schema, other);
            assertThat(halt(config, Feeds.start(server, config)).reason()).isEqualTo(Reason.REFUSED);
        }
    }

    @Test
    void three_privileges_are_enough() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            FeedConfig config = user(schema, "REPLICATION SLAVE, REPLICATION CLIENT");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute("INSERT INTO t VALUES (1, 'x')");
                receiver.awaitThat("the row", () -> receiver.changes().size() == 1);
            }
        }
    }

    private static FeedConfig user(TestSchema schema, String privileges) throws Exception {
        table(server, schema);
        String user = "u_" + schema.name().substring(schema.name().length() - 6);
        schema.execute(
                "DROP USER IF EXISTS " + user,
                "CREATE USER " + user + " IDENTIFIED BY 'secret-of-the-test'",
                "GRANT " + privileges + " ON *.* TO " + user,
                "GRANT SELECT ON `" + schema.name() + "`.t TO " + user);
        return Feeds.configAs(server, user, "secret-of-the-test", schema.name(), "t", "id", "v");
    }

    private static FeedConfig table(MySqlServer on, TestSchema schema) throws Exception {
        schema.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10))");
        return Feeds.config(on, schema.name(), "t", "id", "v");
    }

    private static FeedHalt halt(FeedConfig config, Position from) {
        Receiver receiver = new Receiver();
        try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
            feed.start(from, receiver);
            return receiver.awaitHalt();
        }
    }
}
