package dev.widekey.daemon.simulation;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.simulation.Tally.Event;
import dev.widekey.daemon.simulation.Target.ChunkRow;
import dev.widekey.daemon.simulation.Target.Place;
import dev.widekey.daemon.simulation.Target.StreamRow;
import dev.widekey.daemon.simulation.Target.Table;
import dev.widekey.daemon.simulation.Target.Transaction;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold.
 *
 * <p>At every commit on the target: whoever was replaced commits nothing; and what is durable could be taken up by a new process at this very moment,
 * which is said key by key. A key with a change behind the stored position will be written again, so anything may stand there. Any other key that the
 * stream has written, or that lies in a recorded chunk, is as the log leaves it; and what is in neither is absent or as the log leaves it.
 *
 * <p>At the end: the target's rows are the source's, but for those it does not take, and exactly those are in quarantine.
 */
final class Claims {
    private final Source source;
    private final Target target;
    private final Schedule schedule;
    private final Tally tally;
    private Instance owner;
    private Position start;
    private boolean prepared;

    Claims(Source source, Target target, Schedule schedule, Tally tally) {
        this.source = source;
        this.target = target;
        this.schedule = schedule;
        this.tally = tally;
    }

    /** Whose epoch it is; null before the first. */
    Instance owner() {
        return owner;
    }

    /** The phase after the preparation is stored: the start position stays. */
    boolean isPrepared() {
        return prepared;
    }

    void prepared() {
        if (prepared) {
            schedule.violated("the migration is prepared twice");
        }
        prepared = true;
    }

    void leftAlone() {
        tally.count(Event.ROWS_LEFT_ALONE);
    }

    void deleted(String actor) {
        if (actor.startsWith("copy")) {
            tally.count(Event.TOMBSTONES_USED);
        }
    }

    void asked() {
        tally.count(Event.COMMITS_ASKED_FOR);
    }

    void beforeCommit(Transaction transaction) {
        if (writes(transaction, Table.OWNER)) {
            if (owner != null) {
                tally.count(Event.TAKEOVERS);
            }
            owner = transaction.session.instance;
        } else if (touchesMigration(transaction) && transaction.session.instance != owner) {
            schedule.violated(transaction.session.instance.name() + " commits after " + owner.name()
                    + " has taken over: " + transaction.writes);
        }
    }

    void afterCommit(Transaction transaction) {
        if (!touchesMigration(transaction)) {
            return;
        }
        if (writes(transaction, Table.STREAM)) {
            tally.count(Event.STREAM_TRANSACTIONS);
            if (!prepared) {
                start = stored();
            }
        }
        if (transaction.writes.values().stream().anyMatch(row -> row instanceof ChunkRow chunk && chunk.copied())) {
            tally.count(Event.CHUNKS_RECORDED);
        }
        if (start != null && !source.hasFailedOver()) {
            checkResumable();
        }
    }

    private static boolean touchesMigration(Transaction transaction) {
        return writes(transaction, Table.ROWS)
                || writes(transaction, Table.CHUNK)
                || writes(transaction, Table.STREAM)
                || writes(transaction, Table.QUARANTINE);
    }

    private static boolean writes(Transaction transaction, Table table) {
        for (Place place : transaction.writes.keySet()) {
            if (place.table() == table) {
                return true;
            }
        }
        return false;
    }

    private Position stored() {
        return Position.parse(((StreamRow) target.committed(Table.STREAM).get(0L)).position());
    }

    private void checkResumable() {
        Position position = stored();
        Set<Long> streamed = new HashSet<>();
        Set<Long> open = new HashSet<>();
        for (Source.Commit commit : source.log) {
            boolean applied = source.isIn(position, commit);
            if (!applied || !source.isIn(start, commit)) {
                Set<Long> keys = applied ? streamed : open;
                commit.entries.forEach(entry -> keys.add(entry.key()));
            }
        }
        TreeMap<Long, String> rows = target.rows();
        Set<Long> quarantined = target.quarantined();
        Set<Long> all = new HashSet<>(rows.keySet());
        all.addAll(quarantined);
        all.addAll(source.latest.keySet());
        List<ChunkRow> chunks = target.chunks();
        for (Long key : all) {
            String row = rows.get(key);
            String wanted = source.latest.get(key);
            boolean isEntered = quarantined.contains(key);
            boolean isRefused = wanted != null && Application.isRefused(wanted);
            boolean isRight = isRefused ? row == null && isEntered : Objects.equals(row, wanted) && !isEntered;
            if (open.contains(key) || isRight) {
                continue;
            }
            if (row != null || isEntered || streamed.contains(key) || isCopied(chunks, key)) {
                schedule.violated("at " + position + " the target's row " + key + " is " + row
                        + (isEntered ? " and in quarantine" : "")
                        + ", nothing is going to write it any more, and on the source it is " + wanted);
            }
        }
    }

    private static boolean isCopied(List<ChunkRow> chunks, long key) {
        return chunks.stream()
                .anyMatch(chunk -> chunk.copied()
                        && (chunk.above() == null || key > chunk.above())
                        && (chunk.upTo() == null || key <= chunk.upTo()));
    }

    /** Whether a recorded chunk covers the key. */
    boolean isCopied(long key) {
        return isCopied(target.chunks(), key);
    }

    /** Everything that a process says when it says that it is done. */
    void checkDone(Position end) {
        if (source.hasFailedOver()) {
            // What was asked for before stays true of the log it was read from; what was asked for later is not true at
            // all.
            if (!end.serverUuid().equals(Source.SERVER)) {
                schedule.violated("done, although another server has taken the source's address over");
            }
            return;
        }
        if (!stored().covers(end)) {
            schedule.violated("done at " + stored() + ", although the log goes on to " + end);
        }
        if (target.chunks().isEmpty() || !target.chunks().stream().allMatch(ChunkRow::copied)) {
            schedule.violated("done, although not every chunk is copied: " + target.chunks());
        }
        checkSame();
    }

    /** The two tables are the same. */
    void checkSame() {
        TreeMap<Long, String> taken = new TreeMap<>(source.latest);
        taken.values().removeIf(Application::isRefused);
        Set<Long> refused = new HashSet<>(source.latest.keySet());
        refused.removeAll(taken.keySet());
        if (!target.rows().equals(taken) || !target.quarantined().equals(refused)) {
            schedule.violated("the target is " + target.rows() + " and in quarantine are " + target.quarantined()
                    + ", the source is " + source.latest);
        }
    }
}
