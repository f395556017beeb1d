package dev.widekey.daemon.merge;

import static org.awaitility.Awaitility.await;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.SourceTable;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.debezium.DebeziumChangeFeed;
import dev.widekey.daemon.config.Secret;
import dev.widekey.daemon.config.Tls;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.state.ChunkLog;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.TargetTable;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Copy and stream on two real servers, with the chunks driven by hand: a table {@code t (id, v)} on both sides and everything that merges them. */
final class Rig implements AutoCloseable {
    private static final AtomicInteger REPLICA = new AtomicInteger(7100);
    static final String MIGRATION = "rig";

    final TestSchema source;
    final TestSchema target;
    final Database sourceDatabase;
    final Database targetDatabase;
    final StateSchema state;
    final Ownership ownership;
    final ChunkLog chunks;
    final Quarantine quarantine;
    final TargetTable table;
    final SourceTable sourceTable;
    final SourceActivity activity = new SourceActivity(System::nanoTime);
    final Alarm alarm = new Alarm();
    final Stream stream;
    private final TargetStreamWriter writer;

    Rig(Server sourceServer, Server targetServer, String... rows) throws Exception {
        source = TestSchema.on(sourceServer, "merge_source");
        target = TestSchema.on(targetServer, "merge_target");
        source.execute("CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(100) NULL)");
        for (String row : rows) {
            source.execute("INSERT INTO t VALUES (" + row + ")");
        }
        target.execute("CREATE TABLE t (v VARCHAR(100) NULL, id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY)");

        Database.Owner owner =
                new Database.Owner(MIGRATION + source.name(), UUID.randomUUID().toString());
        Retries retries = new Retries(new SimpleMeterRegistry(), () -> false);
        sourceDatabase = Database.source(endpoint(sourceServer), owner, 6, new SimpleMeterRegistry());
        targetDatabase = Database.target(endpoint(targetServer), owner, 6, new SimpleMeterRegistry());
        state = new StateSchema(target.name());
        try (Connection connection = targetDatabase.connect()) {
            state.create(connection);
        }
        ownership = Ownership.take(targetDatabase, state, owner, "rig");
        sourceTable = new SourceTable(source.name(), "t", "id", List.of("id", "v"));
        table = new TargetTable(target.name(), "t", "id", List.of("id", "v")).loading();
        chunks = new ChunkLog(targetDatabase, state, MIGRATION, ownership, retries.untilItPasses("plan"));
        StreamPosition positions = new StreamPosition(targetDatabase, state, MIGRATION);
        FeedConfig feed = new FeedConfig(
                source.name(),
                sourceServer.host(),
                sourceServer.port(),
                sourceServer.user(),
                sourceServer.password(),
                FeedConfig.Tls.REQUIRED,
                Optional.empty(),
                REPLICA.incrementAndGet(),
                source.name(),
                "t",
                "id",
                sourceTable.columns(),
                Duration.ofSeconds(2));
        quarantine = new Quarantine(targetDatabase, state, MIGRATION);
        Visibility visibility;
        Position start;
        try (Connection connection = sourceDatabase.pool().getConnection();
                OwnedTransaction transaction = OwnedTransaction.begin(targetDatabase, ownership)) {
            start = Position.start(connection, feed);
            positions.write(transaction.connection(), start, start.gtids());
            transaction.commit();
            if (start.gtids().isEmpty()) {
                visibility = Visibility.ofMarkers(source.name(), MIGRATION);
                visibility.prepare(connection);
            } else {
                visibility = Visibility.ofGtids();
            }
        }
        writer = new TargetStreamWriter(targetDatabase, table, positions, quarantine, ownership);
        stream = new Stream(
                sourceDatabase,
                follows -> new DebeziumChangeFeed(feed, follows),
                writer,
                new TargetChunkWriter(
                        targetDatabase,
                        table,
                        chunks,
                        quarantine,
                        ownership,
                        visibility,
                        retries.untilItPasses("resolve"),
                        writer::firstReserved),
                activity,
                alarm,
                retries.untilItPasses("apply"),
                retries.untilItPasses("mark"));
        stream.start(new StreamPosition.Stored(start, start.gtids()));
    }

    /** From now on, ids from {@code first} up belong to the application. */
    void reserve(long first) {
        writer.reserve(first);
    }

    /** A chunk over these keys, planned. */
    Chunk plan(KeyRange range) throws Exception {
        Chunk chunk = new Chunk(chunks.last().map(last -> last.number() + 1).orElse(0L), range);
        chunks.add(chunk);
        return chunk;
    }

    /** Waits until everything the source has committed is applied on the target. */
    void settle() throws Exception {
        stream.settle();
    }

    /** Waits until the stream has delivered that many inserts and updates. */
    void awaitWrites(long writes) {
        await().atMost(Duration.ofSeconds(30)).until(() -> activity.writes() >= writes);
    }

    SortedMap<Long, String> sourceRows() throws Exception {
        return rows(source);
    }

    SortedMap<Long, String> targetRows() throws Exception {
        return rows(target);
    }

    /** Another process of the same migration. */
    Database.Owner anotherOwner() {
        return new Database.Owner(MIGRATION + source.name(), UUID.randomUUID().toString());
    }

    /** The target, as that process reaches it. */
    Database targetFor(Database.Owner owner) {
        return Database.target(targetDatabase.endpoint(), owner, 2, new SimpleMeterRegistry());
    }

    private static SortedMap<Long, String> rows(TestSchema schema) throws Exception {
        SortedMap<Long, String> rows = new TreeMap<>();
        try (Connection connection = schema.connect();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT id, v FROM t")) {
            while (row.next()) {
                rows.put(row.getLong(1), String.valueOf(row.getString(2)));
            }
        }
        return rows;
    }

    static Endpoint endpoint(Server server) {
        return new Endpoint(
                server.host(),
                server.port(),
                server.user(),
                new Secret(server.password()),
                Tls.REQUIRED,
                Optional.empty());
    }

    @Override
    public void close() throws Exception {
        stream.close();
        ownership.close();
        sourceDatabase.close();
        targetDatabase.close();
        source.close();
        target.close();
    }
}
