package dev.widekey.daemon.hook;

import dev.widekey.daemon.config.DaemonConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events as records of a topic, under the migration's id as their key, so that all of a migration are in one partition and in order. A record counts
 * when every replica in sync has it.
 *
 * <p>A producer that failed is not used again: what it still holds must not arrive behind a later event.
 */
final class KafkaTopic implements Hook {
    private static final Logger log = LoggerFactory.getLogger(KafkaTopic.class);
    private static final Duration SHUTDOWN = Duration.ofSeconds(1);
    private static final int MEMORY = 1024 * 1024;

    private final DaemonConfig.Kafka receiver;
    private final Duration timeout;
    private volatile @Nullable KafkaProducer<String, String> producer;

    /**
     * A topic; no broker is looked for yet.
     *
     * @param timeout for finding the topic, and for each delivery
     */
    KafkaTopic(DaemonConfig.Kafka receiver, Duration timeout) {
        this.receiver = receiver;
        this.timeout = timeout;
    }

    /** Why no producer can be made of a configuration; empty when one can. */
    static Optional<String> flaw(DaemonConfig.Kafka receiver) {
        Map<String, Object> own = own(receiver, Duration.ofSeconds(1));
        Optional<String> taken = receiver.properties().keySet().stream()
                .filter(own::containsKey)
                .sorted()
                .findFirst();
        if (taken.isPresent()) {
            return taken.map(name -> name + " is set by the daemon itself");
        }
        try {
            ProducerConfig ignored = new ProducerConfig(properties(receiver, Duration.ofSeconds(1)));
            return Optional.empty();
        } catch (KafkaException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public void send(Event event) throws HookException {
        boolean sent = false;
        try {
            opened().send(new ProducerRecord<>(receiver.topic(), event.migration(), event.json()))
                    .get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS);
            sent = true;
        } catch (TimeoutException e) {
            throw new HookException(this + " did not answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new HookException(this + " did not take it: " + e.getCause(), e);
        } catch (KafkaException e) {
            throw new HookException(this + " cannot be reached: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HookException("interrupted while " + this + " was told", e);
        } finally {
            if (!sent) {
                end(Duration.ZERO);
            }
        }
    }

    private KafkaProducer<String, String> opened() {
        KafkaProducer<String, String> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(properties(receiver, timeout));
            producer = open;
        }
        return open;
    }

    private static Map<String, Object> properties(DaemonConfig.Kafka receiver, Duration timeout) {
        Map<String, Object> all = new HashMap<>();
        receiver.properties().forEach((name, value) -> all.put(name, value.reveal()));
        all.putAll(own(receiver, timeout));
        return all;
    }

    private static Map<String, Object> own(DaemonConfig.Kafka receiver, Duration timeout) {
        Map<String, Object> own = new LinkedHashMap<>();
        int millis = (int) timeout.toMillis();
        own.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, receiver.servers());
        own.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        own.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        own.put(ProducerConfig.ACKS_CONFIG, "all");
        own.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        own.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        own.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis);
        own.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        own.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        own.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) MEMORY);
        own.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return own;
    }

    private void end(Duration patience) {
        KafkaProducer<String, String> open = producer;
        producer = null;
        if (open == null) {
            return;
        }
        try {
            open.close(patience);
        } catch (KafkaException failure) {
            // Also thrown to a thread that is interrupted, which stays so; the producer is closed nevertheless.
            log.debug("closing a producer: {}", failure.getMessage());
        }
    }

    @Override
    public void close() {
        end(SHUTDOWN);
    }

    @Override
    public String toString() {
        return "topic " + receiver.topic() + " at " + String.join(",", receiver.servers());
    }
}
