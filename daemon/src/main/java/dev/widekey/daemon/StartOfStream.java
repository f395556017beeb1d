package dev.widekey.daemon;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Start;
import dev.widekey.daemon.cutover.Flips;
import dev.widekey.daemon.cutover.WriteFirst;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.index.LateIndexes;
import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.TargetTable;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Stage;
import dev.widekey.flags.Switch;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * How a migration begins: when the operator wants it to, with both flags stored and the stream's start position taken and stored; with write-first also
 * with the application's new rows on the target.
 */
final class StartOfStream implements Migration.Start {
    private final boolean now;
    private final Switch wanted;
    private final Flips flips;
    private final Database source;
    private final Database target;
    private final FeedConfig feed;
    private final StreamPosition positions;
    private final Ownership ownership;
    private final LateIndexes indexes;
    private final Optional<WriteFirst> writeFirst;
    private final String owner;

    /** Whether the application has gone back since: then it moves behind the proof, as in the other order. */
    private volatile boolean returned;

    StartOfStream(
            DaemonConfig config,
            FlagStore flags,
            Flips flips,
            Database source,
            Database target,
            FeedConfig feed,
            StreamPosition positions,
            Ownership ownership,
            LateIndexes indexes,
            Optional<WriteFirst> writeFirst) {
        this.now = config.start() == Start.NOW;
        this.wanted = new Switch(flags, Switch.START, false);
        this.flips = flips;
        this.source = source;
        this.target = target;
        this.feed = feed;
        this.positions = positions;
        this.ownership = ownership;
        this.indexes = indexes;
        this.writeFirst = writeFirst;
        this.owner = Flips.OWNER + ownership.epoch();
    }

    /** Who changes flags, in their history. */
    String owner() {
        return owner;
    }

    @Override
    public boolean isWanted() {
        try {
            return now || wanted.isOn();
        } catch (FlagException unreadable) {
            return false;
        }
    }

    @Override
    public void prepare() throws SQLException {
        CrashPoint.BEFORE_FLAGS.reached();
        Stage stage = flips.initialise("the migration begins");
        // With write-first an earlier process may have got behind the flip; whether it was one says whoever flips.
        if (stage != Stage.BEFORE && writeFirst.isEmpty()) {
            throw new HaltException(
                    HaltException.Reason.FLAGS_UNEXPECTED,
                    "the migration cannot begin while the application does not write to the source: " + flips.pair()
                            + "; set the flags back, then start again");
        }
        CrashPoint.AFTER_FLAGS.reached();
        indexes.setAside();
        try (Connection connection = source.pool().getConnection();
                OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            Position from = Position.start(connection, feed);
            positions.write(transaction.connection(), from, from.gtids());
            CrashPoint.INSIDE_START_POSITION.reached();
            transaction.commit();
        }
        CrashPoint.AFTER_START_POSITION.reached();
        if (writeFirst.isPresent()) {
            writeFirst.get().moveWrites();
        }
    }

    @Override
    public boolean movesWrites() {
        return writeFirst.isPresent() && !returned;
    }

    /** The application is on the source again. */
    void returned() {
        returned = true;
    }

    /**
     * Begins the stream again, here and now, on the way back: nobody writes to either table. Once for each way back, since the position must not be taken again
     * when the source takes writes (the model's {@code PositionOnce}); that it was taken is told by the id gap, which ends in the same transaction.
     *
     * @param used the first id that neither side has handed out
     */
    void again(MigrationRecord record, TargetTable sourceTable, long used) throws SQLException {
        if (record.read().flatMap(MigrationRecord.Row::gapStart).isEmpty()) {
            return;
        }
        try (Connection connection = source.connect();
                Statement session = connection.createStatement()) {
            session.execute("SET SESSION lock_wait_timeout = 2");
            sourceTable.reserve(connection, used);
        }
        try (Connection connection = source.pool().getConnection();
                OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            Position from = Position.start(connection, feed);
            positions.write(transaction.connection(), from, from.gtids());
            record.withdrawGap(transaction.connection());
            transaction.commit();
        }
    }

    /** Begins the stream again, here and now. Repeatable, as long as nobody but the reverse stream writes to the source. */
    void restart() throws SQLException {
        try (Connection connection = source.pool().getConnection();
                OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            Position from = Position.start(connection, feed);
            positions.write(transaction.connection(), from, from.gtids());
            transaction.commit();
        }
    }

    @Override
    public StreamPosition.Stored stored() throws SQLException {
        return positions
                .read()
                .orElseThrow(
                        () -> new HaltException(
                                HaltException.Reason.POSITION_LOST,
                                "the stream's position is missing from the state; the migration has to begin again on an empty target"));
    }
}
