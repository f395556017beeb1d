package dev.widekey.daemon.merge;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.TargetTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** The stream in MySQL: rows and position in one transaction under the owner's epoch. Used by the applier's thread. */
public final class TargetStreamWriter implements StreamApplier.StreamWriter {
    private final Database target;
    private final TargetTable table;
    private final StreamPosition positions;
    private final Ownership ownership;
    private volatile long gapStart = Long.MAX_VALUE;

    /** Wires the writer. */
    public TargetStreamWriter(Database target, TargetTable table, StreamPosition positions, Ownership ownership) {
        this.target = target;
        this.table = table;
        this.positions = positions;
        this.ownership = ownership;
    }

    /** From now on, ids from {@code first} up belong to the application; a change of the source to one of them halts. */
    public void reserve(long first) {
        gapStart = first;
    }

    @Override
    public void write(NavigableMap<Long, Change> lastImages, Position resume) throws SQLException {
        if (!lastImages.isEmpty() && lastImages.lastKey() >= gapStart) {
            throw new HaltException(
                    HaltException.Reason.GAP_EXHAUSTED,
                    "the source has reached id " + lastImages.lastKey() + ", but ids from " + gapStart
                            + " up belong to the application on the target; stop the processes that still write to the source");
        }
        List<Long> deletes = new ArrayList<>();
        List<byte[] @Nullable []> upserts = new ArrayList<>();
        lastImages.forEach((key, change) -> {
            if (change.row() == null) {
                deletes.add(key);
            } else {
                upserts.add(change.row());
            }
        });
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            table.delete(transaction.connection(), deletes);
            table.upsert(transaction.connection(), upserts);
            positions.write(transaction.connection(), resume);
            transaction.commit();
        }
    }
}
