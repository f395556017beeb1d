package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Server server = TestServers.source();

    @Test
    void changes_arrive_in_order_with_the_rows_new_image() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), n INT UNSIGNED)");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "name", "id", "n");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute(
                        "INSERT INTO t VALUES (1, 'one', 1), (2, 'two', 4294967295)",
                        "UPDATE t SET name = 'zwei' WHERE id = 2",
                        "UPDATE t SET id = 7 WHERE id = 1",
                        "DELETE FROM t WHERE id = 2");
                await().atMost(LONG).until(() -> receiver.changes().size() >= 6);
                assertThat(receiver.texts())
                        .containsExactly(
                                "1=one|1|1", "2=two|2|4294967295", "2=zwei|2|4294967295", "-1", "7=one|7|1", "-2");
            }
        }
    }

    @Test
    void every_batch_names_the_transactions_of_its_changes() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY)");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute("INSERT INTO t VALUES (1)");
                Gtids executed = Feeds.endOfLog(server).gtids();
                await().atMost(LONG).until(() -> !receiver.changes().isEmpty());
                ChangeBatch batch = receiver.batches().stream()
                        .filter(b -> !b.changes().isEmpty())
                        .findFirst()
                        .orElseThrow();
                assertThat(batch.delivered().contains(executed)).isTrue();
                assertThat(batch.resume().gtids().contains(executed)).isFalse();
            }
        }
    }

    @Test
    void on_an_idle_server_empty_batches_reach_the_end_of_the_log() throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE other (id INT PRIMARY KEY)");
            FeedConfig config = Feeds.config(server, schema.name(), "t", "id");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                for (String last : List.of(
                        "INSERT INTO t VALUES (1)",
                        "INSERT INTO other VALUES (1)",
                        "DROP TABLE other",
                        "CREATE TRIGGER fence BEFORE INSERT ON t FOR EACH ROW SIGNAL SQLSTATE '45000'")) {
                    schema.execute(last);
                    Position mark = Feeds.endOfLog(server);
                    await(last)
                            .atMost(LONG)
                            .until(() -> receiver.batches().stream()
                                    .anyMatch(batch -> batch.resume().covers(mark)));
                    await(last)
                            .atMost(LONG)
                            .until(() -> receiver.batches().stream()
                                    .anyMatch(batch -> batch.resume().gtids().contains(mark.gtids())));
                    await(last)
                            .atMost(LONG)
                            .until(() -> feed.status().lag().equals(java.util.Optional.of(Duration.ZERO)));
                }
                assertThat(receiver.halt()).isNull();
            }
        }
    }
}
