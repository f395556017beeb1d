package dev.widekey.cdc.debezium;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.widekey.cdc.Position;
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

/**
 * Tells the engine where to start, and forgets what the engine wants remembered: positions are stored by the receiver, together with
 * the rows. Public only because the engine loads it by name.
 *
 * <p>Not to be used by two engines.
 */
public final class StartOffset implements OffsetBackingStore {

    static final String PROPERTY = "widekey.start.offset";

    private byte[] value = {};

    /** Used by the engine. */
    public StartOffset() {}

    static String of(Position position) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("file", position.file());
        json.put("pos", position.offset());
        if (!position.gtids().isEmpty()) {
            json.put("gtids", position.gtids().toString());
        }
        return json.toString();
    }

    @Override
    public void configure(WorkerConfig config) {
        String json = config.originalsStrings().get(PROPERTY);
        if (json == null) {
            throw new IllegalStateException("no start offset");
        }
        value = json.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
        Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
        keys.forEach(key -> found.put(key, ByteBuffer.wrap(value)));
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
