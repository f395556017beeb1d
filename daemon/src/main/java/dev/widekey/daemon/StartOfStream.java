package dev.widekey.daemon;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Start;
import dev.widekey.daemon.cutover.Cutover;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.index.LateIndexes;
import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Routing;
import dev.widekey.flags.Stage;
import dev.widekey.flags.Switch;
import java.sql.Connection;
import java.sql.SQLException;

/** How a migration begins: when the operator wants it to, with both flags stored and the stream's start position taken and stored. */
final class StartOfStream implements Migration.Start {
    private final boolean now;
    private final Switch wanted;
    private final Routing routing;
    private final Database source;
    private final Database target;
    private final FeedConfig feed;
    private final StreamPosition positions;
    private final Ownership ownership;
    private final LateIndexes indexes;
    private final String owner;

    StartOfStream(
            DaemonConfig config,
            FlagStore flags,
            Routing routing,
            Database source,
            Database target,
            FeedConfig feed,
            StreamPosition positions,
            Ownership ownership,
            LateIndexes indexes) {
        this.now = config.start() == Start.NOW;
        this.wanted = new Switch(flags, Switch.START, false);
        this.routing = routing;
        this.source = source;
        this.target = target;
        this.feed = feed;
        this.positions = positions;
        this.ownership = ownership;
        this.indexes = indexes;
        this.owner = Cutover.OWNER + ownership.epoch();
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
        Stage stage = routing.initialise(owner, "the migration begins");
        if (stage != Stage.BEFORE) {
            throw new HaltException(
                    HaltException.Reason.FLAGS_UNEXPECTED,
                    "the migration cannot begin while the application does not write to the source: " + routing.pair()
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
