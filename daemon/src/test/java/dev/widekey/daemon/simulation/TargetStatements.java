package dev.widekey.daemon.simulation;

import dev.widekey.daemon.simulation.Server.Answer;
import dev.widekey.daemon.simulation.Session.State;
import dev.widekey.daemon.simulation.Target.ChunkRow;
import dev.widekey.daemon.simulation.Target.Place;
import dev.widekey.daemon.simulation.Target.StreamRow;
import dev.widekey.daemon.simulation.Target.Table;
import dev.widekey.daemon.simulation.Target.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What each statement does to the target. */
final class TargetStatements {
    private static final String LEAVE_ALONE = "`id` = `d`.`t`.`id`";
    private static final String REPLACE = "`v` = new.`v`";

    private final TargetServer server;
    private final Target target;
    private final Claims claims;
    private final Mischief mischief;
    private final Chance chance;
    private final QuarantineStatements quarantine;

    TargetStatements(TargetServer server, Target target, Claims claims, Mischief mischief, Tally tally, Chance chance) {
        this.quarantine = new QuarantineStatements(server, target, tally);
        this.server = server;
        this.target = target;
        this.claims = claims;
        this.mischief = mischief;
        this.chance = chance;
    }

    Answer execute(Session session, Transaction transaction, Sql sql, Object[] parameters) throws SQLException {
        return switch (sql.shape()) {
            case CONNECTION_ID -> Answer.of(session.id);
            case EPOCH -> epoch(transaction, sql.has(0));
            case INSERT_ROWS -> insert(transaction, sql.options().get(0), parameters);
            case DELETE_ROWS -> delete(transaction, parameters);
            case PLAN_CHUNK -> plan(transaction, parameters);
            case RECORD_CHUNK -> record(transaction, (Long) parameters[2], sql.has(0));
            case LAST_CHUNK -> chunks(transaction, true);
            case FURTHEST_CHUNK -> furthest(transaction, sql.options().get(0).equals("up_to"));
            case UNCOPIED_CHUNKS -> chunks(transaction, false);
            case IS_COPIED -> isCopied(transaction, (Long) parameters[1], sql.has(0));
            case WRITE_POSITION ->
                put(transaction, new Place(Table.STREAM, 0), new StreamRow((String) parameters[1], (String)
                        parameters[2]));
            case ANNOUNCE -> announce(transaction, (String) parameters[0]);
            case READ_POSITION -> position(target.read(transaction, new Place(Table.STREAM, 0)));
            case SET_SESSION -> Answer.changed(0);
            case GET_LOCK -> advisoryLock(session, (String) parameters[0], (Integer) parameters[1]);
            case LEASE -> lease(session, transaction);
            case OTHER_CONNECTIONS -> others((String) parameters[3]);
            case OWN_CONNECTION -> isOwn((Long) parameters[0], (String) parameters[2]);
            case KILL -> {
                server.kill(Long.parseLong(sql.options().get(0)));
                yield Answer.changed(0);
            }
            case RAISE_EPOCH -> raise(transaction);
            case PRESENT, ENTRIES, HELD, ENTER, LEAVE -> quarantine.execute(transaction, sql, parameters);
            case WRITE_LEASE -> put(transaction, new Place(Table.LEASE, 0), parameters[1]);
            default -> throw new AssertionError("not a statement for the target: " + sql);
        };
    }

    private Answer announce(Transaction transaction, String delivered) throws SQLException {
        Place place = new Place(Table.STREAM, 0);
        server.lock(transaction, place, true);
        StreamRow row = (StreamRow) target.read(transaction, place);
        transaction.writes.put(place, new StreamRow(row.position(), delivered));
        return Answer.changed(1);
    }

    private static Answer position(Object row) {
        return row instanceof StreamRow stream ? Answer.of(stream.position(), stream.delivered()) : Answer.changed(0);
    }

    private static Answer answer(Object row) {
        return row == null ? Answer.changed(0) : Answer.of(row);
    }

    private Answer epoch(Transaction transaction, boolean forShare) throws SQLException {
        Place place = new Place(Table.OWNER, 0);
        if (forShare) {
            server.lock(transaction, place, false);
        }
        return answer(target.read(transaction, place));
    }

    private Answer put(Transaction transaction, Place place, Object row) throws SQLException {
        server.lock(transaction, place, true);
        transaction.writes.put(place, row);
        return Answer.changed(1);
    }

    private Answer insert(Transaction transaction, String onDuplicate, Object[] parameters) throws SQLException {
        if (!onDuplicate.equals(LEAVE_ALONE) && !onDuplicate.equals(REPLACE)) {
            throw new AssertionError("the simulated target does not know ON DUPLICATE KEY UPDATE " + onDuplicate);
        }
        for (int i = 1; i < parameters.length; i += 2) {
            if (Application.isRefused(text(parameters[i]))) {
                throw Errors.refused();
            }
        }
        int changed = 0;
        for (int i = 0; i < parameters.length; i += 2) {
            long key = Long.parseLong(text(parameters[i]));
            Place place = new Place(Table.ROWS, key);
            server.lock(transaction, place, true);
            if (target.read(transaction, place) == null || onDuplicate.equals(REPLACE)) {
                transaction.writes.put(place, text(parameters[i + 1]));
                changed++;
            } else {
                claims.leftAlone();
            }
        }
        return Answer.changed(changed);
    }

    private static String text(Object value) {
        return new String((byte[]) value, StandardCharsets.US_ASCII);
    }

    private Answer delete(Transaction transaction, Object[] keys) throws SQLException {
        int changed = 0;
        for (Object key : keys) {
            Place place = new Place(Table.ROWS, (Long) key);
            boolean isThere = target.read(transaction, place) != null;
            if (!isThere && !target.locks.isHeldByAnother(transaction, place)) {
                continue;
            }
            boolean isOwn = transaction.writes.containsKey(place);
            server.lock(transaction, place, true);
            if (target.read(transaction, place) != null) {
                transaction.writes.put(place, Target.GONE);
                changed++;
            } else if (!isOwn) {
                target.locks.unlock(transaction, place);
            }
        }
        if (keys.length > 0 && transaction.writes.keySet().stream().noneMatch(place -> place.table() == Table.STREAM)) {
            claims.deleted(server.schedule().actor());
        }
        return Answer.changed(changed);
    }

    private Answer plan(Transaction transaction, Object[] parameters) throws SQLException {
        Place place = new Place(Table.CHUNK, (Long) parameters[1]);
        server.lock(transaction, place, true);
        if (target.read(transaction, place) == null) {
            transaction.writes.put(place, new ChunkRow((Long) parameters[2], (Long) parameters[3], false));
        }
        return Answer.changed(1);
    }

    private Answer record(Transaction transaction, long number, boolean onlyUncopied) throws SQLException {
        Place place = new Place(Table.CHUNK, number);
        server.lock(transaction, place, true);
        ChunkRow row = (ChunkRow) target.read(transaction, place);
        if (row == null || (onlyUncopied && row.copied())) {
            return Answer.changed(0);
        }
        transaction.writes.put(place, new ChunkRow(row.above(), row.upTo(), true));
        return Answer.changed(1);
    }

    private Answer chunks(Transaction transaction, boolean onlyLast) {
        List<Object[]> rows = new ArrayList<>();
        target.scan(transaction, Table.CHUNK).forEach((number, row) -> {
            ChunkRow chunk = (ChunkRow) row;
            if (onlyLast) {
                rows.clear();
            }
            if (onlyLast || !chunk.copied()) {
                rows.add(new Object[] {number, chunk.above(), chunk.upTo()});
            }
        });
        return new Answer(rows, 0);
    }

    private Answer furthest(Transaction transaction, boolean ascending) {
        Object[] furthest = null;
        for (var entry : target.scan(transaction, Table.CHUNK).entrySet()) {
            ChunkRow chunk = (ChunkRow) entry.getValue();
            Object[] row = {entry.getKey(), chunk.above(), chunk.upTo()};
            if (furthest == null || isFurther(row, furthest, ascending)) {
                furthest = row;
            }
        }
        return new Answer(furthest == null ? List.of() : List.<Object[]>of(furthest), 0);
    }

    private static boolean isFurther(Object[] one, Object[] other, boolean ascending) {
        Long here = (Long) one[ascending ? 2 : 1];
        Long there = (Long) other[ascending ? 2 : 1];
        if (here == null || there == null) {
            return there != null;
        }
        return ascending ? here > there : here < there;
    }

    private Answer isCopied(Transaction transaction, long number, boolean forUpdate) throws SQLException {
        Place place = new Place(Table.CHUNK, number);
        if (forUpdate) {
            server.lock(transaction, place, true);
        }
        ChunkRow row = (ChunkRow) target.read(transaction, place);
        claims.asked();
        return row == null ? Answer.changed(0) : Answer.of(row.copied());
    }

    private Answer advisoryLock(Session session, String name, int seconds) throws SQLException {
        int patience = seconds < 5 ? chance.below(40) : 4_000;
        server.schedule()
                .awaitUpTo("advisory lock", () -> isFree(session, name) || session.state != State.OPEN, patience);
        boolean free = isFree(session, name);
        if (free) {
            session.advisory = name;
        }
        return Answer.of(free ? 1 : 0);
    }

    private boolean isFree(Session session, String name) {
        return server.sessions().stream()
                .noneMatch(other -> other != session && other.state != State.ENDED && other.advisory.equals(name));
    }

    private Answer lease(Session session, Transaction transaction) {
        if (target.read(transaction, new Place(Table.LEASE, 0)) == null) {
            return Answer.changed(0);
        }
        Instance owner = claims.owner();
        boolean alive = owner != null && owner != session.instance && !owner.dead && !owner.paused;
        long age = alive && !mischief.strikes(Kind.LEASE_OVER) ? 0 : chance.percent(20) ? 5_000_000 : 60_000_000;
        return Answer.of("owner", age);
    }

    private Answer others(String own) {
        List<Object[]> rows = new ArrayList<>();
        for (Session other : server.sessions()) {
            if (other.state != State.ENDED && !other.instance.name().equals(own)) {
                rows.add(new Object[] {other.id});
            }
        }
        return new Answer(rows, 0);
    }

    private Answer isOwn(long id, String instance) {
        boolean own = server.sessions().stream()
                .anyMatch(session -> session.id == id
                        && session.state != State.ENDED
                        && session.instance.name().equals(instance));
        return own ? Answer.of(1) : Answer.changed(0);
    }

    private Answer raise(Transaction transaction) throws SQLException {
        Place place = new Place(Table.OWNER, 0);
        server.lock(transaction, place, true);
        Object epoch = target.read(transaction, place);
        transaction.writes.put(place, epoch == null ? 1L : (Long) epoch + 1);
        return Answer.changed(1);
    }
}
