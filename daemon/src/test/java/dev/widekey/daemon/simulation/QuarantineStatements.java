package dev.widekey.daemon.simulation;

import dev.widekey.daemon.simulation.Server.Answer;
import dev.widekey.daemon.simulation.Tally.Event;
import dev.widekey.daemon.simulation.Target.Place;
import dev.widekey.daemon.simulation.Target.Table;
import dev.widekey.daemon.simulation.Target.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/** What the statements about rows in quarantine do to the target. */
final class QuarantineStatements {
    private final TargetServer server;
    private final Target target;
    private final Tally tally;

    QuarantineStatements(TargetServer server, Target target, Tally tally) {
        this.server = server;
        this.target = target;
        this.tally = tally;
    }

    Answer execute(Transaction transaction, Sql sql, Object[] parameters) throws SQLException {
        return switch (sql.shape()) {
            case ENTRIES -> entries(transaction);
            case ENTER -> enter(transaction, (Long) parameters[1], parameters[5]);
            case LEAVE -> leave(transaction, Arrays.copyOfRange(parameters, 1, parameters.length));
            case HELD -> held(transaction, sql, parameters);
            case PRESENT ->
                present(
                        transaction,
                        Table.ROWS,
                        key -> Arrays.asList(parameters).contains(key),
                        sql.has(0));
            default -> throw new AssertionError("not about the quarantine: " + sql);
        };
    }

    private Answer entries(Transaction transaction) {
        List<Object[]> rows = new ArrayList<>();
        target.scan(transaction, Table.QUARANTINE)
                .forEach((key, fingerprint) -> rows.add(new Object[] {key, fingerprint}));
        return new Answer(rows, 0);
    }

    private Answer enter(Transaction transaction, long key, Object fingerprint) throws SQLException {
        Place place = new Place(Table.QUARANTINE, key);
        server.lock(transaction, place, true);
        transaction.writes.put(place, fingerprint);
        tally.count(Event.ENTRIES_MADE);
        return Answer.changed(1);
    }

    private Answer leave(Transaction transaction, Object[] keys) throws SQLException {
        int changed = 0;
        for (Object key : keys) {
            Place place = new Place(Table.QUARANTINE, (Long) key);
            if (target.read(transaction, place) == null && !target.locks.isHeldByAnother(transaction, place)) {
                continue;
            }
            boolean isOwn = transaction.writes.containsKey(place);
            server.lock(transaction, place, true);
            if (target.read(transaction, place) != null) {
                transaction.writes.put(place, Target.GONE);
                tally.count(Event.ENTRIES_ENDED);
                changed++;
            } else if (!isOwn) {
                target.locks.unlock(transaction, place);
            }
        }
        return Answer.changed(changed);
    }

    private Answer held(Transaction transaction, Sql sql, Object[] parameters) throws SQLException {
        int parameter = 1;
        long above = sql.has(0) ? (Long) parameters[parameter++] : Long.MIN_VALUE;
        long upTo = sql.has(1) ? (Long) parameters[parameter] : Long.MAX_VALUE;
        return present(transaction, Table.QUARANTINE, key -> key > above && key <= upTo, sql.has(2));
    }

    /** A locking read waits for rows that somebody is about to write or to delete, and keeps no lock of one that is not there. */
    private Answer present(Transaction transaction, Table table, LongPredicate meant, boolean locking)
            throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (long key :
                LongStream.range(-1, Application.MOST_KEYS).filter(meant).toArray()) {
            Place place = new Place(table, key);
            boolean isThere = target.read(transaction, place) != null;
            if (locking && (isThere || target.locks.isHeldByAnother(transaction, place))) {
                boolean isOwn = transaction.writes.containsKey(place);
                server.lock(transaction, place, false);
                isThere = target.read(transaction, place) != null;
                if (!isThere && !isOwn) {
                    target.locks.unlock(transaction, place);
                }
            }
            if (isThere) {
                rows.add(new Object[] {key});
            }
        }
        if (table == Table.QUARANTINE && !rows.isEmpty()) {
            tally.count(Event.ENTRIES_MET);
        }
        return new Answer(rows, 0);
    }
}
