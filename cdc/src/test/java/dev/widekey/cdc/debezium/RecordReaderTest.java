package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.TableShape;
import dev.widekey.cdc.TableShape.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class RecordReaderTest {

    private static final String SERVER = "11111111-1111-1111-1111-111111111111";

    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("v", SchemaBuilder.string().optional().defaultValue("dflt").build())
            .optional()
            .build();
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
            .field("gtid", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .field("op", Schema.STRING_SCHEMA)
            .field("after", ROW)
            .field("source", SOURCE)
            .build();
    private static final Schema DDL = SchemaBuilder.struct()
            .field("source", SOURCE)
            .field("databaseName", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ddl", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private static final TableShape SHAPE = new TableShape(List.of(
            new Column("id", "int", "int", "", 0, false, false, true),
            new Column("v", "varchar", "varchar(10)", "utf8mb4", -1, true, false, false)));

    private final List<BatchQueue.Item> items = new ArrayList<>();
    private final RecordReader reader = new RecordReader(
            "feed", config("id", "v"), SHAPE, new Position(SERVER, "b.000001", 4, Gtids.empty(), "f00d"), items::add);

    private static FeedConfig config(String... columns) {
        return new FeedConfig(
                "feed",
                "localhost",
                3306,
                "u",
                "p",
                FeedConfig.Tls.DISABLED,
                Optional.empty(),
                1,
                "app",
                "history",
                "id",
                List.of(columns),
                Duration.ofSeconds(1));
    }

    private static Map<String, Object> offset(long pos, int done, int event) {
        Map<String, Object> offset = new HashMap<>();
        offset.put("file", "b.000001");
        offset.put("pos", pos);
        offset.put("gtids", SERVER + ":1-" + done);
        if (event > 0) {
            offset.put("event", (long) event);
        }
        return offset;
    }

    private static SourceRecord row(String op, int id, String v, int transaction, int event) {
        Struct after = op.equals("d") ? null : new Struct(ROW).put("id", id).put("v", v);
        Struct value = new Struct(ENVELOPE)
                .put("op", op)
                .put("after", after)
                .put(
                        "source",
                        new Struct(SOURCE)
                                .put("gtid", SERVER + ":" + transaction)
                                .put("ts_ms", 1_000L * transaction));
        return new SourceRecord(
                Map.of(),
                offset(100L * transaction, transaction - 1, event),
                "feed.app.history",
                KEY,
                new Struct(KEY).put("id", id),
                ENVELOPE,
                value);
    }

    private static SourceRecord heartbeat(long pos, int done, int event) {
        return new SourceRecord(Map.of(), offset(pos, done, event), "__debezium-heartbeat.feed", null, null);
    }

    private static SourceRecord ddl(String sql, String snapshot) {
        Struct value = new Struct(DDL)
                .put("source", new Struct(SOURCE).put("snapshot", snapshot).put("ts_ms", 0L))
                .put("databaseName", "app")
                .put("ddl", sql);
        return new SourceRecord(Map.of(), offset(900, 9, 0), "feed", DDL, value);
    }

    private BatchQueue.Batch batch(int i) {
        return (BatchQueue.Batch) items.get(i);
    }

    @Test
    void a_batch_resumes_at_the_beginning_of_its_last_transaction() throws Exception {
        reader.read(List.of(row("c", 1, "a", 4, 2), row("u", 2, null, 5, 7)));
        assertThat(items).hasSize(1);
        assertThat(batch(0).changes()).extracting(Receiver::text).containsExactly("1=1|a", "2=2|NULL");
        assertThat(batch(0).resume())
                .isEqualTo(new Position(SERVER, "b.000001", 500, Gtids.parse(SERVER + ":1-4"), "f00d"));
        assertThat(batch(0).running()).isEqualTo(SERVER + ":5");
        assertThat(batch(0).sourceMillis()).isEqualTo(5_000);
    }

    @Test
    void a_heartbeat_behind_a_commit_moves_the_position_past_it() throws Exception {
        reader.read(List.of(row("c", 1, "a", 4, 2), heartbeat(444, 4, 0)));
        assertThat(batch(0).resume().offset()).isEqualTo(444);
        assertThat(batch(0).resume().gtids()).isEqualTo(Gtids.parse(SERVER + ":1-4"));
        assertThat(batch(0).running()).isEqualTo(SERVER + ":4");
    }

    @Test
    void only_a_heartbeat_that_finds_the_log_unmoved_is_the_end() throws Exception {
        reader.read(List.of(heartbeat(444, 4, 0)));
        reader.read(List.of(heartbeat(444, 4, 0)));
        reader.read(List.of(heartbeat(555, 5, 3)));
        reader.read(List.of(heartbeat(555, 5, 4)));
        reader.read(List.of(heartbeat(4, 5, 0)));
        reader.read(List.of(heartbeat(4, 5, 0)));
        assertThat(items)
                .extracting(item -> ((BatchQueue.Batch) item).atEnd())
                .containsExactly(false, true, false, false, false, false);
    }

    @Test
    void both_halves_of_a_key_change_stay_together() throws Exception {
        SourceRecord removed = row("d", 1, null, 4, 2);
        removed.headers().addString("__debezium.newkey", "9");
        SourceRecord added = row("c", 9, "a", 4, 2);
        reader.read(List.of(row("c", 5, "x", 3, 2), removed));
        reader.read(List.of(added));
        assertThat(batch(0).changes()).extracting(Receiver::text).containsExactly("5=5|x");
        assertThat(batch(0).running()).isEqualTo(SERVER + ":3");
        assertThat(batch(1).changes()).extracting(Receiver::text).containsExactly("-1", "9=9|a");
    }

    @Test
    void a_batch_is_bounded_by_count_and_by_bytes() throws Exception {
        List<SourceRecord> many = new ArrayList<>();
        for (int i = 0; i < RecordReader.MAX_CHANGES + 1; i++) {
            many.add(row("c", i, "a", 4, i));
        }
        reader.read(many);
        assertThat(items).hasSize(2);
        String wide = "x".repeat((int) RecordReader.MAX_BYTES / 2);
        reader.read(List.of(row("c", 1, wide, 5, 1), row("c", 2, wide, 5, 2), row("c", 3, wide, 5, 3)));
        assertThat(items).hasSize(4);
        assertThat(batch(2).bytes()).isGreaterThanOrEqualTo(RecordReader.MAX_BYTES);
    }

    @Test
    void nothing_is_read_behind_a_halt() throws Exception {
        reader.read(
                List.of(row("c", 1, "a", 4, 2), ddl("ALTER TABLE history ADD x INT", "false"), row("c", 2, "b", 5, 2)));
        assertThat(items).hasSize(2);
        assertThat(batch(0).changes()).hasSize(1);
        assertThat(((BatchQueue.Halt) items.get(1)).halt().reason()).isEqualTo(Reason.SCHEMA_CHANGED);
        assertThat(((BatchQueue.Halt) items.get(1)).halt().message()).contains("ADD x INT");
    }

    @Test
    void ddl_made_up_by_the_engine_is_not_ddl() throws Exception {
        reader.read(List.of(ddl("DROP TABLE IF EXISTS history", "true"), ddl("CREATE TABLE history (id INT)", "last")));
        assertThat(items).isEmpty();
        assertThat(reader.isStreaming()).isFalse();
    }

    @Test
    void truncate_and_unknown_events_halt() throws Exception {
        reader.read(List.of(row("t", 1, null, 4, 2)));
        assertThat(((BatchQueue.Halt) items.get(0)).halt().reason()).isEqualTo(Reason.TRUNCATED);
    }

    @Test
    void a_table_without_the_key_or_a_column_is_refused_by_name() {
        Position from = new Position(SERVER, "b.000001", 4, Gtids.empty(), "f00d");
        assertThatThrownBy(() -> new RecordReader("feed", config("id", "gone"), SHAPE, from, items::add))
                .hasMessageContaining("gone");
        TableShape composite = new TableShape(List.of(
                new Column("id", "int", "int", "", 0, false, false, true),
                new Column("v", "int", "int", "", 0, false, false, true)));
        assertThatThrownBy(() -> new RecordReader("feed", config("id"), composite, from, items::add))
                .hasMessageContaining("primary key");
    }
}
