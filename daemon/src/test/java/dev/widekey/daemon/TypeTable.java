package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.ReadChunk;
import dev.widekey.backfill.SourceTable;
import dev.widekey.backfill.Throttle;
import dev.widekey.backfill.Window;
import dev.widekey.backfill.Windows;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Side;
import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeFeed;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.debezium.DebeziumChangeFeed;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.Rereading;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.merge.TargetChunkWriter;
import dev.widekey.daemon.merge.TargetStreamWriter;
import dev.widekey.daemon.merge.Visibility;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.state.ChunkLog;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.Canonical;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.Forms;
import dev.widekey.daemon.table.TableDefinition;
import dev.widekey.daemon.table.TargetTable;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A table {@code t} with the key {@code id} on two real servers, with the daemon's own copy, stream and parity between them. */
final class TypeTable implements AutoCloseable {
    private static final AtomicInteger REPLICA = new AtomicInteger(7600);

    final TestSchema source;
    final TestSchema target;
    final Database sourceDatabase;
    final Database targetDatabase;
    final Compatibility fit;
    final Alarm alarm = new Alarm();
    final EntryLog entries;
    final Set<Change.Kind> seen = EnumSet.noneOf(Change.Kind.class);

    private final Retries retries = new Retries(new SimpleMeterRegistry(), () -> false);
    private final Ownership ownership;
    private final SourceTable sourceTable;
    private final ChunkLog chunks;
    private final Stream stream;
    private final ParityCheck parity;

    /** Creates both tables, fills the source's, and starts the stream behind that. */
    TypeTable(Server sourceServer, Server targetServer, String sourceColumns, String targetColumns, List<String> rows)
            throws Exception {
        source = TestSchema.on(sourceServer, "types_source");
        target = TestSchema.on(targetServer, "types_target");
        source.execute("SET SESSION sql_mode = ''", "CREATE TABLE t (" + sourceColumns + ")");
        target.execute("SET SESSION sql_mode = ''", "CREATE TABLE t (" + targetColumns + ")");
        write(rows);
        Database.Owner owner =
                new Database.Owner("types" + source.name(), UUID.randomUUID().toString());
        sourceDatabase = TestDatabases.source(sourceServer, owner);
        targetDatabase = TestDatabases.target(targetServer, owner);
        TableDefinition from = definition(source);
        TableDefinition to = definition(target);
        fit = Compatibility.of(from, to);
        if (!fit.mismatches().isEmpty()) {
            throw new AssertionError(fit.mismatches().toString());
        }
        Forms forms = Forms.of(from, to, fit.columns());
        Canonical canonical = Canonical.of(from, to, fit.compared());
        sourceTable = new SourceTable(source.name(), "t", "id", fit.columns(), forms.reads());
        TargetTable table = new TargetTable(target.name(), "t", "id", fit.columns(), forms.parameters()).loading();
        StateSchema state = new StateSchema(target.name());
        try (Connection connection = targetDatabase.connect()) {
            state.create(connection);
        }
        ownership = Ownership.take(targetDatabase, state, owner, "types");
        chunks = new ChunkLog(targetDatabase, state, "types", ownership, retries.untilItPasses("plan"));
        StreamPosition positions = new StreamPosition(targetDatabase, state, "types");
        Quarantine quarantine = new Quarantine(targetDatabase, state, "types");
        entries = new EntryLog(targetDatabase, state, "types");
        FeedConfig feed = feed(sourceServer);
        Position start;
        try (Connection connection = sourceDatabase.pool().getConnection();
                OwnedTransaction transaction = OwnedTransaction.begin(targetDatabase, ownership)) {
            start = Position.start(connection, feed);
            positions.write(transaction.connection(), start, start.gtids());
            transaction.commit();
        }
        Visibility visibility = Visibility.ofGtids();
        stream = new Stream(
                sourceDatabase,
                follows -> new Observed(new DebeziumChangeFeed(feed, follows)),
                new TargetStreamWriter(
                        targetDatabase,
                        table,
                        positions,
                        quarantine,
                        ownership,
                        new Rereading(sourceDatabase, sourceTable, visibility)),
                new TargetChunkWriter(
                        targetDatabase,
                        table,
                        chunks,
                        quarantine,
                        ownership,
                        visibility,
                        retries.untilItPasses("resolve")),
                new SourceActivity(System::nanoTime),
                alarm,
                retries.untilItPasses("apply"),
                retries.untilItPasses("mark"));
        stream.start(new StreamPosition.Stored(start, start.gtids()));
        parity = new ParityCheck(
                new Side(sourceDatabase.pool(), source.name(), "t", "id", canonical.columns(), canonical.onSource()),
                new Side(targetDatabase.pool(), target.name(), "t", "id", canonical.columns(), canonical.onTarget()),
                stream,
                Throttle.NONE,
                retries.untilItPasses("compare"),
                2,
                1000);
    }

    private FeedConfig feed(Server server) {
        return new FeedConfig(
                source.name(),
                server.host(),
                server.port(),
                server.user(),
                server.password(),
                FeedConfig.Tls.REQUIRED,
                Optional.empty(),
                REPLICA.incrementAndGet(),
                source.name(),
                "t",
                "id",
                fit.columns(),
                Duration.ofSeconds(2));
    }

    private static TableDefinition definition(TestSchema schema) throws Exception {
        try (Connection connection = schema.connect()) {
            return TableDefinition.read(connection, schema.name(), "t").orElseThrow();
        }
    }

    /** What the application does on the source: times in UTC, nothing forbidden. */
    void write(List<String> statements) throws Exception {
        List<String> all = new ArrayList<>(List.of("SET SESSION sql_mode = '', time_zone = '+00:00'"));
        all.addAll(statements);
        source.execute(all.toArray(String[]::new));
    }

    /** Copies every row there is, in one chunk. */
    void copy() throws Exception {
        Chunk chunk = chunk(KeyRange.ALL);
        try (Connection connection = sourceDatabase.pool().getConnection();
                Window window = windows().open(chunk)) {
            window.awaitVisible(connection);
            read(connection, chunk).into(window);
            window.commit();
        }
    }

    /** A chunk over these keys, planned. */
    Chunk chunk(KeyRange range) throws SQLException {
        Chunk chunk = new Chunk(chunks.last().map(last -> last.number() + 1).orElse(0L), range);
        chunks.add(chunk);
        return chunk;
    }

    Windows windows() {
        return stream.windows();
    }

    /** The chunk's rows as they are now. */
    ReadChunk.Rows read(Connection connection, Chunk chunk) throws SQLException {
        return ReadChunk.rows(connection, sourceTable, chunk);
    }

    /** Whether such a change has been delivered. */
    boolean saw(Change.Kind kind) {
        synchronized (seen) {
            return seen.contains(kind);
        }
    }

    /** Waits for the stream to halt. */
    HaltException awaitHalt() {
        await().atMost(Duration.ofSeconds(120)).until(alarm::isRaised);
        return catchThrowableOfType(HaltException.class, alarm::check);
    }

    /** Waits until everything the source has committed is applied on the target. */
    void settle() throws Exception {
        stream.settle();
    }

    /** Repairs these keys. */
    void repair(long... keys) throws Exception {
        assertThat(stream.touch(Arrays.stream(keys).boxed().toList(), () -> false))
                .isTrue();
    }

    ParityCheck parity() {
        return parity;
    }

    /** Columns that are moved, without the key. */
    List<String> columns() {
        return fit.columns().stream().filter(name -> !name.equals("id")).toList();
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

    /** Remembers what kinds of changes went by. */
    private final class Observed implements ChangeFeed {
        private final ChangeFeed feed;

        Observed(ChangeFeed feed) {
            this.feed = feed;
        }

        @Override
        public void start(Position from, Gtids delivered, ChangeListener listener) {
            feed.start(from, delivered, new ChangeListener() {
                @Override
                public void onBatch(ChangeBatch batch) throws InterruptedException {
                    synchronized (seen) {
                        batch.changes().forEach(change -> seen.add(change.kind()));
                    }
                    listener.onBatch(batch);
                }

                @Override
                public void onHalt(FeedHalt halt) {
                    listener.onHalt(halt);
                }
            });
        }

        @Override
        public FeedStatus status() {
            return feed.status();
        }

        @Override
        public void close() {
            feed.close();
        }
    }
}
