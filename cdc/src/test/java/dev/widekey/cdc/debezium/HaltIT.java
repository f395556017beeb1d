package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must stop a running stream, and what must not. {@code @} stands for the schema's name. */
class HaltIT {

    private final Server server = TestServers.source();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE history MODIFY name VARCHAR(30)",
                "ALTER TABLE history ADD extra INT",
                "ALTER TABLE `@`.history ENGINE = InnoDB, ADD COLUMN x INT FIRST",
                "RENAME TABLE history TO gone",
                "ALTER TABLE history RENAME TO gone",
                "RENAME TABLE history TO gone, next TO history",
                "DROP TABLE history",
                "DROP DATABASE `@`"
            })
    void ddl_on_the_table_halts_the_stream_behind_the_last_change(String ddl) throws Exception {
        try (Fixture f = new Fixture("id", "name")) {
            f.execute("INSERT INTO history VALUES (1, 'one')", ddl);
            assertThat(f.receiver.awaitHalt().reason()).isEqualTo(Reason.SCHEMA_CHANGED);
            assertThat(f.receiver.texts()).containsExactly("1=1|one");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUNCATE TABLE history", "truncate history", "TRUNCATE `@`.history"})
    void truncate_halts_the_stream(String truncate) throws Exception {
        try (Fixture f = new Fixture("id", "name")) {
            f.execute("INSERT INTO history VALUES (1, 'one')", truncate);
            assertThat(f.receiver.awaitHalt().reason()).isEqualTo(Reason.TRUNCATED);
            assertThat(f.receiver.texts()).containsExactly("1=1|one");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET SESSION sql_mode = 'ANSI_QUOTES'; CREATE TABLE \"quoted\" (\"id\" INT PRIMARY KEY); DROP TABLE \"quoted\"",
                "CREATE TABLE history_archive LIKE history; ALTER TABLE history_archive ADD y INT; DROP TABLE history_archive",
                "CREATE TABLE other LIKE next; RENAME TABLE other TO another; TRUNCATE TABLE another; DROP TABLE another",
                "CREATE TRIGGER fence BEFORE DELETE ON history FOR EACH ROW SIGNAL SQLSTATE '45000'; DROP TRIGGER fence",
                "CREATE DEFINER = CURRENT_USER TRIGGER fence AFTER INSERT ON history FOR EACH ROW SET @a = 1",
                "CREATE VIEW seen AS SELECT * FROM history; DROP VIEW seen",
                "ALTER TABLE history AUTO_INCREMENT = 100",
                "ALTER TABLE history ADD INDEX by_name (name), ALGORITHM = INPLACE, LOCK = NONE; DROP INDEX by_name ON history",
                "CREATE UNIQUE INDEX by_name ON history (name)",
                "ANALYZE TABLE history; OPTIMIZE TABLE history; FLUSH TABLES history",
                "CREATE USER IF NOT EXISTS someone_@ IDENTIFIED BY 'x'; GRANT SELECT ON `@`.history TO someone_@; DROP USER someone_@",
                "CREATE DATABASE more_@; CREATE TABLE more_@.history (a INT); ALTER TABLE more_@.history ADD b INT; DROP DATABASE more_@",
                "FLUSH BINARY LOGS"
            })
    void ddl_beside_the_table_does_not_disturb_the_stream(String statements) throws Exception {
        try (Fixture f = new Fixture("id", "name")) {
            f.execute(statements.split("; "));
            f.execute("INSERT INTO history VALUES (7, 'seven')");
            f.receiver.awaitThat(
                    "the row behind it", () -> !f.receiver.changes().isEmpty());
            f.receiver.awaitEndOfLog(server);
            assertThat(f.receiver.texts()).containsExactly("7=7|seven");
            assertThat(f.feed.status().restarts()).isZero();
        }
    }

    @Test
    void rows_logged_as_a_statement_halt_the_stream_in_front_of_them() throws Exception {
        try (Fixture f = new Fixture("id", "name")) {
            f.execute("INSERT INTO history VALUES (1, 'one')");
            f.receiver.awaitEndOfLog(server);
            f.execute("SET SESSION binlog_format = STATEMENT", "UPDATE history SET name = 'uno'");
            Position behind = Feeds.endOfLog(server);
            f.execute("INSERT INTO next VALUES (2, 'two')");
            assertThat(f.receiver.awaitHalt().reason()).isEqualTo(Reason.UNREADABLE);
            assertThat(f.receiver.texts()).containsExactly("1=1|one");
            assertThat(f.receiver.reached().orElseThrow().covers(behind)).isFalse();
        }
    }

    @Test
    void a_column_that_is_not_there_halts_the_stream_by_name() throws Exception {
        try (Fixture f = new Fixture("id", "absent")) {
            assertThat(f.receiver.awaitHalt().reason()).isEqualTo(Reason.UNREADABLE);
            assertThat(f.receiver.halt().message()).contains("the table has no column absent");
        }
    }

    @Test
    void a_failing_receiver_halts_the_stream() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE history (id INT PRIMARY KEY)");
            FeedConfig config = Feeds.config(server, schema.name(), "history", "id");
            Receiver receiver = new Receiver() {
                @Override
                public void onBatch(dev.widekey.cdc.ChangeBatch batch) {
                    throw new IllegalStateException("cannot");
                }
            };
            Position start = Feeds.start(server, config);
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                assertThat(receiver.awaitHalt().reason()).isEqualTo(Reason.RECEIVER_FAILED);
            }
        }
    }

    /** A table, a running stream, and a session. */
    private final class Fixture implements AutoCloseable {
        final Receiver receiver = new Receiver();
        final TestSchema schema = TestSchema.on(server, "cdc");
        final DebeziumChangeFeed feed;

        Fixture(String... columns) throws Exception {
            schema.execute(
                    "CREATE TABLE history (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20)"
                            + (columns[1].equals("absent") ? ", doc JSON" : "") + ")",
                    "CREATE TABLE next (id INT PRIMARY KEY, name VARCHAR(20))");
            FeedConfig config = Feeds.config(server, schema.name(), "history", columns);
            Position start = Feeds.start(server, config);
            feed = new DebeziumChangeFeed(config, Feeds.PACE);
            feed.start(start, receiver);
            if (!columns[1].equals("absent")) {
                receiver.awaitThat("connected", () -> feed.status().connected());
            }
        }

        void execute(String... statements) throws Exception {
            try (Connection connection = schema.connect();
                    Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(
                            sql.replace("@a", "%").replace("@", schema.name()).replace("%", "@a"));
                }
            }
        }

        @Override
        public void close() throws Exception {
            feed.close();
            schema.close();
        }
    }
}
