package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream started from the resume position of any batch delivers everything behind that batch, in the same order. */
class ResumeIT {

    private static final int RESTARTS = 8;

    enum Log {
        GTID(ServerOptions.defaults()),
        FILES(ServerOptions.defaults().withoutGtid()),
        COMPRESSED(ServerOptions.defaults().with("binlog-transaction-compression", "ON"));

        private final ServerOptions options;

        Log(ServerOptions options) {
            this.options = options;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_restart_at_any_batch_loses_nothing(Log log) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (MySqlServer server = MySqlServer.start(log.options);
                TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute(
                    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(100))",
                    "CREATE TABLE other (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(100))");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id", "v");
            Position start = Feeds.start(server, config);
            Receiver whole = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, whole);
                write(schema, random);
                whole.awaitEndOfLog(server);
            }
            List<String> all = whole.texts();
            assertThat(whole.applied()).isEqualTo(rows(schema));
            List<ChangeBatch> batches = whole.batches();
            assertThat(IntStream.range(1, batches.size()))
                    .as("a transaction in several batches")
                    .anyMatch(i -> !batches.get(i).changes().isEmpty()
                            && batches.get(i).resume().equals(batches.get(i - 1).resume()));
            for (int i = 0; i < RESTARTS; i++) {
                int at = i == 0 ? batches.size() - 1 : random.nextInt(batches.size());
                int before = batches.subList(0, at + 1).stream()
                        .mapToInt(b -> b.changes().size())
                        .sum();
                Position resume = Position.parse(batches.get(at).resume().toText());
                Receiver rest = new Receiver();
                try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                    feed.start(resume, rest);
                    Position end = Feeds.endOfLog(server);
                    rest.awaitThat(
                            "end of log", () -> rest.reached().orElse(resume).covers(end));
                    rest.awaitThat("no lag", () -> feed.status().lag().equals(Optional.of(Duration.ZERO)));
                }
                List<String> behind = rest.texts();
                String what =
                        "seed " + seed + ", restart behind batch " + at + " of " + batches.size() + " at " + resume;
                assertThat(behind.size()).as(what).isBetween(all.size() - before, all.size());
                assertThat(behind).as(what).isEqualTo(all.subList(all.size() - behind.size(), all.size()));
            }
        }
    }

    private static void write(TestSchema schema, Random random) throws Exception {
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int transaction = 0; transaction < 120; transaction++) {
                int rows = transaction % 40 == 20 ? 7_000 : 1 + random.nextInt(60);
                try (PreparedStatement insert = connection.prepareStatement("REPLACE INTO t VALUES (?, ?)")) {
                    for (int row = 0; row < rows; row++) {
                        insert.setInt(1, random.nextInt(20_000));
                        insert.setString(2, transaction + "-" + row);
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
                switch (random.nextInt(4)) {
                    case 0 -> statement.execute("UPDATE IGNORE t SET id = id + 1 WHERE id % 97 = 3 ORDER BY id DESC");
                    case 1 -> statement.execute("DELETE FROM t WHERE id % 53 = " + random.nextInt(53));
                    case 2 -> statement.execute("INSERT INTO other (v) SELECT v FROM t LIMIT 200");
                    default -> statement.execute("UPDATE t SET v = CONCAT(v, '!') WHERE id % 31 = 5");
                }
                if (transaction % 10 == 9) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
                if (transaction % 50 == 49) {
                    statement.execute("FLUSH BINARY LOGS");
                }
            }
        }
    }

    private static Map<Long, String> rows(TestSchema schema) throws Exception {
        Map<Long, String> rows = new TreeMap<>();
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, v FROM t")) {
            while (row.next()) {
                rows.put(row.getLong(1), row.getLong(1) + "=" + row.getLong(1) + "|" + row.getString(2));
            }
        }
        return rows;
    }
}
