package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Secret;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KafkaTopicTest {

    private static DaemonConfig.Kafka receiver(String... properties) {
        Map<String, Secret> secrets = new TreeMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            secrets.put(properties[i], new Secret(properties[i + 1]));
        }
        return new DaemonConfig.Kafka(List.of("127.0.0.1:9092"), "t", secrets);
    }

    @Test
    void settingsOfAProducerAreTaken() {
        assertThat(KafkaTopic.flaw(receiver())).isEmpty();
        assertThat(KafkaTopic.flaw(receiver("security.protocol", "SASL_SSL", "sasl.jaas.config", "s3cr3t")))
                .isEmpty();
        assertThat(KafkaTopic.flaw(receiver("compression.type", "gzip"))).isEmpty();
    }

    @Test
    void whatNoProducerCanBeMadeOfIsRefused() {
        assertThat(KafkaTopic.flaw(receiver("security.protocol", "SAFE")))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("security.protocol"));
        assertThat(KafkaTopic.flaw(receiver("retries", "many"))).isPresent();
    }

    @Test
    void whatTheDeliveryRestsOnIsNotForTheFile() {
        assertThat(KafkaTopic.flaw(receiver("acks", "1"))).contains("acks is set by the daemon itself");
        assertThat(KafkaTopic.flaw(receiver("bootstrap.servers", "a:1")))
                .contains("bootstrap.servers is set by the daemon itself");
    }

    @Test
    void theTextOfAReceiverShowsNoSecret() {
        assertThat(receiver("sasl.jaas.config", "s3cr3t").toString()).doesNotContain("s3cr3t");
    }
}
