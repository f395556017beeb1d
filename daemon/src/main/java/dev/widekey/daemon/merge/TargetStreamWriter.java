package dev.widekey.daemon.merge;

import dev.widekey.backfill.Crew;
import dev.widekey.cdc.Change;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.quarantine.Refusals;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.table.TargetTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The stream in MySQL: rows and position in one transaction under the owner's epoch.
 *
 * <p>Many changes at once are written on several connections, each key on one of them, and the position behind them when all have committed. A crash
 * in between leaves some keys ahead of the position; what lies behind it is delivered again and leads to the same rows. What was delivered is stored
 * before the first of them, since a server that takes the source's place has to have it (the model's {@code Parallel}).
 *
 * <p>Used by the applier's thread.
 */
public final class TargetStreamWriter implements StreamApplier.StreamWriter {
    /** The halts a person deals with although the log goes on holding their cause. */
    public static final Set<String> FORGIVEN = Set.of(HaltException.Reason.GAP_EXHAUSTED.name());

    /** How many connections write at once. */
    public static final int CONNECTIONS = 4;

    /** Fewer keys than this are not worth three commits. */
    private static final int PARALLEL_FROM = 1_000;

    private final Database target;
    private final TargetTable table;
    private final StreamPosition positions;
    private final Quarantine quarantine;
    private final Ownership ownership;
    private final Optional<Rereading> rereading;
    private final Crew crew;
    private final int parallelFrom;
    private volatile long gapStart = Long.MAX_VALUE;
    private volatile Optional<Position> forgiven = Optional.empty();
    private volatile Optional<Skipped> skipped = Optional.empty();

    /** Wires the writer of a table whose rows the stream shows in whole. */
    public TargetStreamWriter(
            Database target, TargetTable table, StreamPosition positions, Quarantine quarantine, Ownership ownership) {
        this(target, table, positions, quarantine, ownership, Optional.empty(), Crew.ofThreads(), PARALLEL_FROM);
    }

    /** Wires the writer. */
    public TargetStreamWriter(
            Database target,
            TargetTable table,
            StreamPosition positions,
            Quarantine quarantine,
            Ownership ownership,
            Rereading rereading) {
        this(target, table, positions, quarantine, ownership, Optional.of(rereading), Crew.ofThreads(), PARALLEL_FROM);
    }

    /** A writer whose connections somebody else directs, and who decides what many keys are. */
    TargetStreamWriter(
            Database target,
            TargetTable table,
            StreamPosition positions,
            Quarantine quarantine,
            Ownership ownership,
            Optional<Rereading> rereading,
            Crew crew,
            int parallelFrom) {
        this.rereading = rereading;
        this.crew = crew;
        this.parallelFrom = parallelFrom;
        this.target = target;
        this.table = table;
        this.positions = positions;
        this.quarantine = quarantine;
        this.ownership = ownership;
    }

    /** From now on, ids from {@code first} up belong to the application; a change of the source to one of them halts. */
    public void reserve(long first) {
        gapStart = first;
    }

    /** From now on every id is the source's again. */
    public void reserveNone() {
        gapStart = Long.MAX_VALUE;
    }

    /**
     * Up to {@code mark}, keys below {@code first} are left out: the table that is written has them already, since they came from there. For a stream that
     * begins where the other one had much to write; without it the same rows are written again.
     */
    public void skipBelow(long first, Position mark) {
        skipped = Optional.of(new Skipped(first, mark));
    }

    private record Skipped(long first, Position mark) {}

    /** The first id that belongs to the application; beyond every key when none does. */
    public long firstReserved() {
        return gapStart;
    }

    /**
     * A person has dealt with what the stream halted on, and the log still holds it: up to {@code mark}, changes to the application's ids are left
     * out. That is safe because parity has the last word before any flip.
     */
    public void forgive(Position mark) {
        forgiven = Optional.of(mark);
    }

    /** Not while something is forgiven: a batch before the mark and one behind it are not the same case. */
    @Override
    public boolean gathers() {
        return forgiven.isEmpty();
    }

    @Override
    public void awaitReadable(Gtids delivered) throws SQLException {
        rereading().await(delivered);
    }

    private Rereading rereading() {
        return rereading.orElseThrow(() -> new IllegalStateException("the stream shows every row of this table"));
    }

    @Override
    public void write(NavigableMap<Long, Change> lastImages, Position resume, Gtids delivered)
            throws SQLException, InterruptedException {
        boolean forgiving = forgiven.filter(mark -> mark.covers(resume)).isPresent();
        if (!forgiving) {
            forgiven = Optional.empty();
        }
        if (!lastImages.isEmpty() && lastImages.lastKey() >= gapStart && !forgiving) {
            throw HaltException.gapExhausted("the source has reached id " + lastImages.lastKey(), gapStart);
        }
        Optional<Skipped> skip = skipped.filter(below -> below.mark().covers(resume));
        NavigableMap<Long, Change> taken =
                skip.isPresent() ? lastImages.tailMap(skip.get().first(), true) : lastImages;
        NavigableMap<Long, Change> images = taken.headMap(gapStart, false);
        if (images.size() < parallelFrom) {
            writeTogether(StreamPart.of(images.values()), resume, delivered);
        } else {
            writeInParts(images, delivered);
            writeTogether(StreamPart.of(List.of()), resume, delivered);
        }
    }

    private void writeTogether(StreamPart part, Position resume, Gtids delivered) throws SQLException {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            CrashPoint.STREAM_BEGUN.reached();
            writeRows(transaction, part);
            CrashPoint.STREAM_ROWS.reached();
            positions.write(transaction.connection(), resume, delivered);
            CrashPoint.BEFORE_STREAM_COMMIT.reached();
            transaction.commit();
        }
        CrashPoint.AFTER_STREAM_COMMIT.reached();
    }

    private void writeInParts(NavigableMap<Long, Change> images, Gtids delivered)
            throws SQLException, InterruptedException {
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
            positions.announce(transaction.connection(), delivered);
            transaction.commit();
        }
        CrashPoint.AFTER_STREAM_DELIVERED.reached();
        Queue<StreamPart> parts = new ConcurrentLinkedQueue<>(StreamPart.cut(images, CONNECTIONS));
        // Returns when all of them have ended, so that no part of this attempt can meet one of the next.
        crew.run("apply", parts.size(), () -> {
            StreamPart part = parts.remove();
            try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {
                writeRows(transaction, part);
                transaction.commit();
            }
            CrashPoint.AFTER_STREAM_PART.reached();
            return part;
        });
    }

    private void writeRows(OwnedTransaction transaction, StreamPart part) throws SQLException {
        Connection connection = transaction.connection();
        Refusals refusals = new Refusals(quarantine);
        table.delete(connection, part.deletes());
        table.upsert(connection, part.upserts(), refusals);
        if (!part.touched().isEmpty()) {
            // A row that is gone by now has its deletion in the stream, behind this change.
            Set<Long> gone =
                    rereading().read(part.touched(), batch -> table.upsert(connection, batch.rows(), refusals));
            table.delete(connection, gone);
        }
        if (!refusals.keys().isEmpty()) {
            // The race: a chunk that inserts an older row at the same time sees the entry, or is seen by the deletion.
            quarantine.enter(connection, refusals.all());
            table.delete(connection, refusals.keys());
            CrashPoint.STREAM_REFUSED.reached();
        }
        Set<Long> dealtWith = new HashSet<>(part.keys());
        dealtWith.removeAll(refusals.keys());
        quarantine.leave(connection, dealtWith);
    }
}
