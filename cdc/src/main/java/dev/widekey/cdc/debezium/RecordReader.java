package dev.widekey.cdc.debezium;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of one engine into batches for the queue.
 *
 * <p>A record carries where the engine would restart inside its transaction. Leaving out the events and rows done there gives the
 * place of the transaction's beginning, and behind a commit the place after it. Used by one thread at a time.
 */
final class RecordReader {

    /** Where batches go. */
    interface Sink {
        void put(BatchQueue.Item item) throws InterruptedException;
    }

    static final int MAX_CHANGES = 2_048;
    static final long MAX_BYTES = 8L << 20;

    /** What a row costs beside its values. */
    private static final int ROW_OVERHEAD = 64;

    private static final String HEARTBEAT_TOPIC = "__debezium-heartbeat.";

    private final String topicPrefix;
    private final String tableName;
    private final DdlWatch ddlWatch;
    private final RowDecoder decoder;
    private final Position from;
    private final Sink sink;

    private List<Change> changes = new ArrayList<>();
    private long bytes;
    private @Nullable Map<String, ?> offset;
    private @Nullable String running;
    private long sourceMillis;
    private boolean atEnd;
    private @Nullable Position lastHeartbeat;

    /** The first half of a key change, which waits for the second: both go into one batch. */
    private @Nullable Change removedKey;

    private boolean halted;

    /** Whether anything came out of the log; what the engine makes up while it starts does not count. */
    private volatile boolean streaming;

    RecordReader(String topicPrefix, FeedConfig config, TableShape shape, Position from, Sink sink) {
        this.topicPrefix = topicPrefix;
        this.tableName = config.schema() + "." + config.table();
        this.ddlWatch = new DdlWatch(config.schema(), config.table());
        this.decoder = new RowDecoder(shape, config.keyColumn(), config.columns());
        this.from = from;
        this.sink = sink;
    }

    /** Takes the records of one poll; blocks while the queue is full. */
    void read(List<SourceRecord> records) throws InterruptedException {
        for (SourceRecord record : records) {
            if (!halted) {
                read(record);
            }
        }
        flush();
    }

    /** Whether anything came out of the log so far. Any thread may ask. */
    boolean isStreaming() {
        return streaming;
    }

    private void read(SourceRecord record) throws InterruptedException {
        if (record.topic().startsWith(HEARTBEAT_TOPIC)) {
            streaming = true;
            heartbeat(record);
            return;
        }
        Struct value = (Struct) record.value();
        if (record.topic().equals(topicPrefix)) {
            ddl(value);
            return;
        }
        streaming = true;
        Struct source = value.getStruct("source");
        String operation = value.getString("op");
        switch (operation) {
            case "c", "u", "d" -> row(record, source, value.getStruct("after"));
            case "t" ->
                halt(Reason.TRUNCATED, "TRUNCATE of " + tableName + " went by; the rows have to be copied again.");
            default -> halt(Reason.UNREADABLE, "The stream holds an event of unknown kind: " + operation);
        }
    }

    private void row(SourceRecord record, Struct source, @Nullable Struct image) throws InterruptedException {
        long key;
        try {
            key = decoder.key((Struct) record.key());
        } catch (ArithmeticException beyond) {
            halt(
                    Reason.UNREADABLE,
                    "A row of " + tableName
                            + " was written whose key is above 9223372036854775807, further than keys are"
                            + " followed. Delete the row and start again with a new copy.");
            return;
        }
        if (image != null) {
            add(record, source, decoder.written(key, image));
        } else if (record.headers().lastWithName("__debezium.newkey") != null) {
            removedKey = Change.delete(key);
        } else {
            add(record, source, Change.delete(key));
        }
    }

    private void add(SourceRecord record, Struct source, Change change) throws InterruptedException {
        if (removedKey != null) {
            changes.add(removedKey);
            bytes += ROW_OVERHEAD;
            removedKey = null;
        }
        changes.add(change);
        bytes += size(change);
        offset = record.sourceOffset();
        running = source.getString("gtid");
        sourceMillis = Objects.requireNonNullElse(source.getInt64("ts_ms"), 0L);
        atEnd = false;
        if (changes.size() >= MAX_CHANGES || bytes >= MAX_BYTES) {
            flush();
        }
    }

    private static long size(Change change) {
        long size = ROW_OVERHEAD;
        byte @Nullable [] @Nullable [] row = change.row();
        if (row != null) {
            for (byte @Nullable [] value : row) {
                size += value == null ? 8 : 24 + value.length;
            }
        }
        return size;
    }

    private void heartbeat(SourceRecord record) {
        offset = record.sourceOffset();
        Position here = position(offset);
        // Only the server's own heartbeat comes without the log moving, and it sends that when it stands at the end. A
        // reader that
        // has just connected reports the beginning of a file, and one inside a transaction counts events.
        atEnd = here.equals(lastHeartbeat) && here.offset() > 4 && !offset.containsKey("event");
        lastHeartbeat = here;
        Object seconds = offset.get("ts_sec");
        if (seconds instanceof Number number) {
            sourceMillis = Math.max(sourceMillis, number.longValue() * 1_000);
        }
    }

    private void ddl(Struct value) throws InterruptedException {
        Object snapshot = value.getStruct("source").get("snapshot");
        if (snapshot != null && !snapshot.equals("false")) {
            // Made up by the engine while it learns the schema; nothing of this is in the log.
            return;
        }
        String ddl = Objects.requireNonNullElse(value.getString("ddl"), "");
        if (ddlWatch.changesTable(value.getString("databaseName"), ddl)) {
            halt(
                    Reason.SCHEMA_CHANGED,
                    "DDL on " + tableName + " went by: " + shortened(ddl)
                            + ". Check both tables and start again with a new copy.");
        }
    }

    /** A statement as one line that fits into a message. */
    static String shortened(String ddl) {
        String line = ddl.strip().replaceAll("\\s+", " ");
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }

    private void halt(Reason reason, String message) throws InterruptedException {
        flush();
        halted = true;
        sink.put(new BatchQueue.Halt(new FeedHalt(reason, message)));
    }

    private void flush() throws InterruptedException {
        Map<String, ?> reached = offset;
        if (reached == null) {
            return;
        }
        sink.put(new BatchQueue.Batch(
                changes, position(reached), changes.isEmpty() ? null : running, bytes, sourceMillis, atEnd));
        changes = new ArrayList<>();
        bytes = 0;
        offset = null;
    }

    private Position position(Map<String, ?> offset) {
        Object gtids = offset.get("gtids");
        return new Position(
                from.serverUuid(),
                String.valueOf(offset.get("file")),
                ((Number) Objects.requireNonNull(offset.get("pos"))).longValue(),
                gtids == null ? Gtids.empty() : Gtids.parse(gtids.toString()),
                from.fingerprint());
    }
}
