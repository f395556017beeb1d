package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events in a real broker. */
class KafkaTopicIT extends HookContract {
    private static final AtomicInteger TOPIC = new AtomicInteger();

    private static KafkaBroker broker;

    private final String topic = "events-" + TOPIC.incrementAndGet();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @BeforeEach
    void create() throws Exception {
        broker.create(topic, 3);
    }

    @Override
    Hook hook() {
        return to(broker.server(), topic);
    }

    @Override
    Hook hookToNobody() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return to("127.0.0.1:" + free.getLocalPort(), topic);
        }
    }

    @Override
    List<String> taken() {
        return broker.records(topic).stream().map(ConsumerRecord::value).toList();
    }

    @Override
    void freeze() throws Exception {
        broker.freeze();
    }

    @Override
    void thaw() throws Exception {
        broker.thaw();
    }

    private static Hook to(String server, String topic) {
        return new KafkaTopic(
                new DaemonConfig.Kafka(
                        List.of(server),
                        topic,
                        Map.of("client.rack", new Secret("a"), "linger.ms.unknown", new Secret("1"))),
                TIMEOUT);
    }

    @Test
    void allEventsOfAMigrationAreInOnePartition() throws Exception {
        try (Hook hook = hook()) {
            for (int i = 1; i <= 6; i++) {
                hook.send(event(i, Happening.VERIFIED));
            }
        }
        List<ConsumerRecord<String, String>> records = broker.records(topic);
        assertThat(records)
                .hasSize(6)
                .allSatisfy(record -> assertThat(record.key()).isEqualTo("m"));
        Set<Integer> partitions =
                records.stream().map(ConsumerRecord::partition).collect(Collectors.toSet());
        assertThat(partitions).hasSize(1);
    }

    @Test
    void aTopicThatDoesNotExistIsNamed() throws Exception {
        try (Hook hook = to(broker.server(), "no-such-topic")) {
            assertThatThrownBy(() -> hook.send(event(1, Happening.VERIFIED)))
                    .isInstanceOf(HookException.class)
                    .hasMessageContaining("topic no-such-topic at " + broker.server());
        }
    }

    @Test
    void aNameThatDoesNotResolveIsAFailureOfTheSendAlone() throws Exception {
        try (Hook hook = to("no-such-host.invalid:9092", topic)) {
            assertThatThrownBy(() -> hook.send(event(1, Happening.VERIFIED)))
                    .isInstanceOf(HookException.class)
                    .hasMessageContaining("cannot be reached");
        }
    }
}
