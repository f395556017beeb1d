package dev.widekey.daemon;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.Throttle;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.debezium.DebeziumChangeFeed;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.cutover.IdGap;
import dev.widekey.daemon.cutover.Reverse;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.ChunkWriter;
import dev.widekey.daemon.merge.Rereading;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.merge.TargetStreamWriter;
import dev.widekey.daemon.merge.Visibility;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.TargetTable;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The reverse stream: the same feed, applier and quarantine as the stream's, from the target's log to the source's rows. Its position, its epoch and its
 * quarantine are on the source, in a schema of their own, so that they commit with the rows.
 *
 * <p>Used by the migration's thread, but for {@link #stream}.
 */
final class ReverseStream implements Reverse, AutoCloseable {
    private final Database source;
    private final Database target;
    private final Tables tables;
    private final StateSchema state;
    private final Ownership ownership;
    private final StreamPosition positions;
    private final String migration;
    private final Quarantine quarantine;
    private final EntryLog entries;
    private final Stream stream;
    private final SourceActivity activity = new SourceActivity(System::nanoTime);
    private final TargetStreamWriter writer;
    private final IdGap ids;
    private final NarrowColumns narrow;
    private final Retries retries;
    private final DaemonConfig config;

    /**
     * Wires it and takes the source over for this process's epoch.
     *
     * @param ids what the target hands out
     */
    ReverseStream(
            DaemonConfig config,
            Tables tables,
            Database.Owner owner,
            Ownership ownership,
            IdGap ids,
            Alarm alarm,
            Retries retries,
            MeterRegistry metrics)
            throws SQLException {
        this.config = config;
        int workers = config.workers();
        this.target = Database.targetRead(Endpoint.of(config.target()), owner, workers + 4, metrics);
        this.source = Database.sourceWritten(
                Endpoint.of(config.source()), owner, workers + 4 + TargetStreamWriter.CONNECTIONS, metrics);
        this.tables = tables.reversed(config, target);
        this.migration = config.migration();
        this.ids = ids;
        this.retries = retries;
        this.narrow = NarrowColumns.of(
                target,
                this.tables.sourceDefinition(),
                this.tables.targetDefinition(),
                this.tables.source().key());
        this.state = schema(config);
        try (Connection connection = target.pool().getConnection()) {
            this.tables.visibility().prepare(connection);
        }
        this.ownership = ownership.mirrored(source, state, owner);
        this.positions = new StreamPosition(source, state, migration);
        this.quarantine = new Quarantine(source, state, migration);
        quarantine.load();
        this.entries = new EntryLog(source, state, migration);
        this.writer = new TargetStreamWriter(
                source,
                this.tables.target(),
                positions,
                quarantine,
                this.ownership,
                new Rereading(target, this.tables.source(), this.tables.visibility()));
        this.stream = new Stream(
                target,
                follows -> new DebeziumChangeFeed(this.tables.feed(), () -> false),
                writer,
                NO_CHUNKS,
                activity,
                alarm,
                retries.untilItPasses("apply"),
                retries.untilItPasses("mark"));
    }

    private static final ChunkWriter NO_CHUNKS = new ChunkWriter() {
        @Override
        public Visibility visibility() {
            throw new IllegalStateException("nothing is copied from the target");
        }

        @Override
        public Transaction begin(Chunk chunk) {
            throw new IllegalStateException("nothing is copied to the source");
        }
    };

    /** Where the reverse stream keeps its state, on the source: the tables of the state, made with them. */
    static StateSchema schema(DaemonConfig config) {
        return new StateSchema(config.target().stateSchema() + "_back");
    }

    /** The stream, for those who watch it. */
    Stream stream() {
        return stream;
    }

    /** What the application does on the target. */
    SourceActivity activity() {
        return activity;
    }

    /** The source's table, for the statement that lets it hand out other ids. */
    TargetTable sourceTable() {
        return tables.target();
    }

    /** The rows of the target that do not fit the source. */
    Quarantine quarantine() {
        return quarantine;
    }

    /** Whether the row of the target with this key is not on the source, since it does not fit there. */
    boolean holds(long key) throws SQLException {
        return quarantine.holds(key);
    }

    /** A comparison of the source with the target, which is right. */
    ParityCheck check(Throttle throttle) {
        return tables.checkBack(
                config, target, source, stream, throttle, retries.untilItPasses("compare"), config.workers());
    }

    @Override
    public void prepare() throws SQLException {
        // What an earlier migration of this name has left must not be taken for this one's.
        forget();
        Retries.call(retries.untilItPasses("reverse"), "the reverse stream cannot be prepared", () -> {
            try (Connection connection = target.pool().getConnection()) {
                Position.start(connection, tables.feed());
            }
            return true;
        });
    }

    @Override
    public void store() throws SQLException {
        Retries.call(retries.untilItPasses("reverse"), "the reverse position cannot be stored", () -> {
            if (positions.read().isEmpty()) {
                try (Connection connection = target.pool().getConnection();
                        OwnedTransaction transaction = OwnedTransaction.begin(source, ownership)) {
                    Position from = Position.start(connection, tables.feed());
                    positions.write(transaction.connection(), from, from.gtids());
                    transaction.commit();
                }
            }
            return true;
        });
    }

    @Override
    public void start() throws SQLException {
        if (stream.isStarted()) {
            return;
        }
        StreamPosition.Stored stored = positions
                .read()
                .orElseThrow(
                        () -> new HaltException(
                                HaltException.Reason.POSITION_LOST,
                                "the reverse stream's position is missing from schema " + state.schema()
                                        + " on the source; the application is safe on the target, and there is no way back any more: set cutover.rollback to false"));
        stream.pin(stored.position().serverUuid());
        stream.start(stored);
    }

    @Override
    public Optional<Position> drain(BooleanSupplier giveUp) throws SQLException, InterruptedException {
        return stream.drain(giveUp);
    }

    @Override
    public boolean reach(Position end, BooleanSupplier giveUp) throws InterruptedException {
        return stream.reach(end, giveUp);
    }

    @Override
    public Optional<Position> position() {
        return stream.position();
    }

    @Override
    public void reserve(long first) {
        writer.reserve(first);
    }

    @Override
    public void skipBelow(long first) throws SQLException {
        Position now =
                Retries.call(retries.untilItPasses("reverse"), "the end of the target's log cannot be read", () -> {
                    try (Connection connection = target.pool().getConnection()) {
                        return Position.endOfLog(connection);
                    }
                });
        writer.skipBelow(first, now);
    }

    @Override
    public void reserveNone() {
        writer.reserveNone();
    }

    @Override
    public void end() {
        stream.end();
    }

    @Override
    public void forget() throws SQLException {
        Retries.call(retries.untilItPasses("reverse"), "the reverse position cannot be deleted", () -> {
            try (OwnedTransaction transaction = OwnedTransaction.begin(source, ownership)) {
                for (String table : List.of("stream", "quarantine")) {
                    try (PreparedStatement delete = transaction
                            .connection()
                            .prepareStatement("DELETE FROM " + state.name(table) + " WHERE migration = ?")) {
                        delete.setString(1, migration);
                        delete.executeUpdate();
                    }
                }
                transaction.commit();
            }
            return true;
        });
    }

    @Override
    public Optional<String> obstacle() {
        try {
            Optional<String> unfit = entries.open();
            if (unfit.isPresent()) {
                return Optional.of("rows of the target do not fit the source: " + unfit.get());
            }
            return idsLeft() > 0
                    ? Optional.empty()
                    : Optional.of("the target hands out ids beyond " + lastId() + ", where the source's key ends");
        } catch (SQLException failure) {
            return Optional.of("whether it can go back cannot be seen: " + failure.getMessage());
        }
    }

    /** How many ids the target can still hand out that the source can hold. */
    long idsLeft() throws SQLException {
        return Math.max(0, lastId() - ids.nextOnTarget() + 1);
    }

    /** How far the target's largest values are from where the source's columns end, for integer columns that are narrower there. */
    Map<String, Long> valuesLeft() throws SQLException {
        return narrow.left();
    }

    /** The last id the source can hold. */
    long lastId() {
        return tables.targetDefinition()
                .column(tables.source().key())
                .orElseThrow()
                .largest();
    }

    @Override
    public void close() {
        stream.close();
        source.close();
        target.close();
    }
}
