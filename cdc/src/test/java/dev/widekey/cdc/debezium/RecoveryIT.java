package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the stream mends by itself. */
class RecoveryIT {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_restarted_server_is_read_on_from_where_it_was(boolean gtid) throws Exception {
        ServerOptions options =
                gtid ? ServerOptions.defaults() : ServerOptions.defaults().withoutGtid();
        try (MySqlServer server = MySqlServer.start(options);
                TestSchema schema = TestSchema.on(server, "cdc");
                Stream stream = new Stream(server, schema)) {
            insert(schema, 1, 100);
            server.restart();
            insert(schema, 101, 200);
            server.kill();
            server.resume();
            insert(schema, 201, 300);
            stream.receiver.awaitEndOfLog(server);
            assertThat(stream.keys()).containsExactlyElementsOf(range(1, 300));
            assertThat(stream.feed.status().restarts()).isGreaterThanOrEqualTo(2);
            assertThat(stream.feed.status().lastError()).isNotEmpty();
        }
    }

    @Test
    void a_server_that_is_away_for_long_is_waited_for() throws Exception {
        try (MySqlServer server = MySqlServer.start();
                TestSchema schema = TestSchema.on(server, "cdc");
                Stream stream = new Stream(server, schema)) {
            insert(schema, 1, 10);
            stream.receiver.awaitEndOfLog(server);
            server.stop();
            long before = stream.feed.status().restarts();
            stream.receiver.awaitThat(
                    "several attempts", () -> stream.feed.status().restarts() >= before + 4);
            stream.receiver.awaitThat(
                    "lag unknown", () -> stream.feed.status().lag().isEmpty());
            assertThat(stream.feed.status().connected()).isFalse();
            server.resume();
            insert(schema, 11, 20);
            stream.receiver.awaitEndOfLog(server);
            assertThat(stream.keys()).containsExactlyElementsOf(range(1, 20));
            stream.receiver.awaitThat("connected", () -> stream.feed.status().connected());
        }
    }

    @Test
    void a_killed_dump_thread_is_replaced() throws Exception {
        try (MySqlServer server = MySqlServer.start();
                TestSchema schema = TestSchema.on(server, "cdc");
                Stream stream = new Stream(server, schema)) {
            stream.receiver.awaitThat(
                    "dump thread", () -> !ids(server, "Binlog Dump%").isEmpty());
            kill(server, "Binlog Dump%");
            insert(schema, 1, 1);
            stream.receiver.awaitThat("the row", () -> stream.keys().contains(1L));
            assertThat(stream.feed.status().restarts()).isPositive();
        }
    }

    @Test
    void a_reader_replaced_while_the_receiver_is_busy_delivers_no_finished_transaction_twice() throws Exception {
        try (MySqlServer server = MySqlServer.start();
                TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9))");
            AtomicReference<List<Long>> held = new AtomicReference<>(List.of());
            CountDownLatch open = new CountDownLatch(1);
            Receiver receiver = new Receiver() {
                @Override
                public void onBatch(ChangeBatch batch) throws InterruptedException {
                    if (held.get().isEmpty() && batch.changes().size() > 1) {
                        held.set(batch.changes().stream().map(Change::key).toList());
                        open.await();
                    }
                    super.onBatch(batch);
                }
            };
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id", "v");
            Position start = Feeds.start(server, config);
            insert(schema, 1, 500);
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                receiver.awaitThat("a batch held", () -> !held.get().isEmpty());
                kill(server, "Binlog Dump%");
                receiver.awaitThat("the reader's end", () -> feed.status().restarts() > 0);
                await("no reader as long as the receiver is busy")
                        .during(Duration.ofSeconds(5))
                        .atMost(Receiver.PATIENCE)
                        .until(() -> ids(server, "Binlog Dump%").isEmpty());
                open.countDown();
                receiver.awaitEndOfLog(server);
            }
            List<Long> twice =
                    new ArrayList<>(receiver.changes().stream().map(Change::key).toList());
            range(1, 500).forEach(twice::remove);
            // The commit of the batch's last transaction may not have been seen.
            assertThat(held.get()).hasSizeGreaterThan(1).endsWith(twice.toArray(Long[]::new));
            assertThat(twice).hasSizeLessThan(2);
        }
    }

    @Test
    void a_server_that_falls_silent_is_noticed_and_read_on() throws Exception {
        try (MySqlServer server = MySqlServer.start();
                TestSchema schema = TestSchema.on(server, "cdc");
                Stream stream = new Stream(server, schema)) {
            insert(schema, 1, 10);
            stream.receiver.awaitEndOfLog(server);
            signal(server, "-STOP");
            try {
                stream.receiver.awaitThat("given up", () -> stream.feed.status().restarts() > 0);
                assertThat(stream.feed.status().connected()).isFalse();
                assertThat(stream.feed.status().lag()).isEmpty();
                assertThat(stream.feed.status().lastError()).contains("nothing was heard");
            } finally {
                signal(server, "-CONT");
            }
            insert(schema, 11, 20);
            stream.receiver.awaitEndOfLog(server);
            assertThat(stream.keys()).containsExactlyElementsOf(range(1, 20));
        }
    }

    private static void signal(MySqlServer server, String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(server.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    void a_receiver_slower_than_the_servers_write_timeout_loses_nothing() throws Exception {
        try (MySqlServer server = MySqlServer.start(ServerOptions.defaults().with("net-write-timeout", "1"));
                TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT)");
            CountDownLatch open = new CountDownLatch(1);
            Set<Long> keys = new LinkedHashSet<>();
            Receiver receiver = new Receiver() {
                @Override
                public void onBatch(ChangeBatch batch) throws InterruptedException {
                    open.await();
                    synchronized (this) {
                        batch.changes().forEach(change -> keys.add(change.key()));
                    }
                    super.onBatch(new ChangeBatch(List.of(), batch.resume(), batch.delivered(), batch.bytes()));
                }
            };
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id", "v");
            Position start = Feeds.start(server, config);
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                // Far more than the heap of this JVM holds.
                try (Connection connection = schema.connect();
                        PreparedStatement insert =
                                connection.prepareStatement("INSERT INTO t VALUES (?, REPEAT('x', 4000000))")) {
                    for (int key = 1; key <= 200; key++) {
                        insert.setInt(1, key);
                        insert.execute();
                    }
                }
                long blocked = System.nanoTime();
                receiver.awaitThat("longer than every timeout", () -> System.nanoTime() - blocked > 8_000_000_000L);
                assertThat(feed.status().restarts()).isZero();
                open.countDown();
                receiver.awaitEndOfLog(server);
                // The server never gives its reader up. A host that stands still for three keep-alives, which are short
                // here, is another matter: the reader gives up then, and nothing may be lost either.
                assertThat(feed.status().lastError()).matches("|nothing was heard from the source .*");
            }
            assertThat(keys).containsExactlyElementsOf(range(1, 200));
        }
    }

    @Test
    void closing_ends_a_blocked_receiver_and_its_reader() throws Exception {
        try (MySqlServer server = MySqlServer.start();
                TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT)");
            CountDownLatch called = new CountDownLatch(1);
            Receiver receiver = new Receiver() {
                @Override
                public void onBatch(ChangeBatch batch) throws InterruptedException {
                    called.countDown();
                    new CountDownLatch(1).await();
                }
            };
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id", "v");
            Position start = Feeds.start(server, config);
            DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE);
            feed.start(start, receiver);
            called.await();
            receiver.awaitThat("dump thread", () -> !ids(server, "Binlog Dump%").isEmpty());
            feed.close();
            assertThat(receiver.halt()).isNull();
            receiver.awaitThat(
                    "no dump thread", () -> ids(server, "Binlog Dump%").isEmpty());
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().endsWith(config.name()));
        }
    }

    private static List<Long> range(long from, long to) {
        return java.util.stream.LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static void insert(TestSchema schema, int from, int to) throws SQLException {
        try (Connection connection = schema.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'x')")) {
            for (int key = from; key <= to; key++) {
                insert.setInt(1, key);
                insert.execute();
            }
        }
    }

    private static void kill(MySqlServer server, String command) throws SQLException {
        List<Long> ids = ids(server, command);
        assertThat(ids).isNotEmpty();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (long id : ids) {
                statement.execute("KILL " + id);
            }
        }
    }

    private static List<Long> ids(MySqlServer server, String command) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND LIKE '" + command + "'")) {
            while (row.next()) {
                ids.add(row.getLong(1));
            }
        }
        return ids;
    }

    /** A running stream of a fresh table {@code t (id, v)}. */
    private static final class Stream implements AutoCloseable {
        final Receiver receiver = new Receiver();
        final DebeziumChangeFeed feed;

        Stream(MySqlServer server, TestSchema schema) throws SQLException {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT)");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id", "v");
            Position start = Feeds.start(server, config);
            feed = new DebeziumChangeFeed(config, Feeds.PACE);
            feed.start(start, receiver);
        }

        /** Each key once, in the order of its first delivery: repeats are allowed, gaps and new orders are not. */
        Set<Long> keys() {
            Set<Long> keys = new LinkedHashSet<>();
            receiver.changes().stream().map(Change::key).forEach(keys::add);
            return keys;
        }

        @Override
        public void close() {
            feed.close();
        }
    }
}
