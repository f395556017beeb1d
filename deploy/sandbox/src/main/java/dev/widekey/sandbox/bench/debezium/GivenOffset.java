package dev.widekey.sandbox.bench.debezium;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;

/** Tells the engine where to start, when there is such a place, and remembers nothing. Public because the engine loads it by name. Used by one engine. */
public final class GivenOffset implements OffsetBackingStore {
    static final String PROPERTY = "bench.start.offset";

    private byte[] value = {};

    /** Used by the engine. */
    public GivenOffset() {}

    @Override
    public void configure(WorkerConfig config) {
        value = config.originalsStrings().getOrDefault(PROPERTY, "").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
        Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
        if (value.length > 0) {
            keys.forEach(key -> found.put(key, ByteBuffer.wrap(value)));
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, Callback<Void> callback) {
        callback.onCompletion(null, null);
        return CompletableFuture.allOf();
    }

    @Override
    public Set<Map<String, Object>> connectorPartitions(String connectorName) {
        return Set.of();
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}
}
