package dev.widekey.daemon.simulation;

import dev.widekey.daemon.simulation.Session.State;
import dev.widekey.daemon.simulation.Tally.Event;
import dev.widekey.daemon.simulation.Target.Place;
import dev.widekey.daemon.simulation.Target.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The target behind its connections: sessions, waits for locks, and COMMITs that end in every way a COMMIT can end.
 *
 * <p>A connection that is lost is rolled back when the server notices, which may be later than the client does; so does KILL.
 */
final class TargetServer implements Server, Schedule.Happening {
    private static final int HANGING = Schedule.WHOLE / 4;

    private final Target target;
    private final TargetStatements statements;
    private final Claims claims;
    private final Schedule schedule;
    private final Mischief mischief;
    private final Tally tally;
    private final Chance chance;
    private final int housekeeping;
    private final List<Session> sessions = new ArrayList<>();
    private final List<Session> ending = new ArrayList<>();

    TargetServer(Target target, Claims claims, Schedule schedule, Mischief mischief, Tally tally, Chance chance) {
        this.target = target;
        this.claims = claims;
        this.schedule = schedule;
        this.mischief = mischief;
        this.tally = tally;
        this.chance = chance;
        this.housekeeping = Schedule.WHOLE * chance.of(List.of(1, 2, 8));
        this.statements = new TargetStatements(this, target, claims, mischief, tally, chance);
    }

    List<Session> sessions() {
        return sessions;
    }

    Schedule schedule() {
        return schedule;
    }

    @Override
    public Session open(Instance instance) throws SQLException {
        schedule.step("target connect", "");
        if (mischief.strikes(Kind.TARGET_UNREACHABLE)) {
            throw Errors.unreachable();
        }
        Session session = new Session(sessions.size() + 1, instance);
        sessions.add(session);
        return session;
    }

    @Override
    public Answer execute(Session session, Sql sql, Object[] parameters) throws SQLException {
        schedule.step("target", sql.shape().name());
        hear(session);
        if (mischief.strikes(Kind.STALL)) {
            schedule.awaitUpTo("stalled", () -> session.state != State.OPEN, chance.below(100));
            hear(session);
        }
        if (mischief.strikes(Kind.TARGET_LOST)) {
            end(session);
            throw broken(session);
        }
        if (mischief.strikes(Kind.TARGET_HALF_OPEN)) {
            abandon(session);
            throw Errors.lost();
        }
        if (mischief.strikes(Kind.INTERRUPTED)) {
            throw Errors.interrupted();
        }
        if (sql.shape().writes() && mischief.strikes(Kind.READ_ONLY)) {
            throw Errors.readOnly();
        }
        if (session.transaction != null && mischief.strikes(Kind.DEADLOCK)) {
            undo(session);
            throw Errors.deadlock();
        }
        Answer answer = perform(session, sql, parameters);
        if (mischief.strikes(Kind.ANSWER_LOST)) {
            abandon(session);
            throw Errors.lost();
        }
        return answer;
    }

    private Answer perform(Session session, Sql sql, Object[] parameters) throws SQLException {
        if (session.transaction == null) {
            session.transaction = new Transaction(session);
        }
        Transaction transaction = session.transaction;
        LinkedHashMap<Place, Object> before = new LinkedHashMap<>(transaction.writes);
        try {
            Answer answer = statements.execute(session, transaction, sql, parameters);
            if (session.autoCommit) {
                apply(session);
            }
            return answer;
        } catch (SQLException failure) {
            if (session.transaction == transaction) {
                transaction.writes = before;
                if (session.autoCommit) {
                    undo(session);
                }
            }
            throw failure;
        }
    }

    private void hear(Session session) throws SQLException {
        if (session.broken) {
            throw Errors.closed();
        }
        if (session.state != State.OPEN) {
            throw broken(session);
        }
    }

    private static SQLException broken(Session session) {
        session.broken = true;
        return Errors.lost();
    }

    /** Takes a row's lock, waiting for it if need be. */
    void lock(Transaction transaction, Place place, boolean exclusive) throws SQLException {
        if (target.locks.tryLock(transaction, place, exclusive)) {
            return;
        }
        tally.count(Event.ROW_LOCK_WAITS);
        Session session = transaction.session;
        target.locks.queue(transaction, place, exclusive);
        List<Transaction> circle = target.locks.circle(transaction);
        if (!circle.isEmpty()) {
            tally.count(Event.DEADLOCKS);
            Transaction victim = chance.of(circle);
            undo(victim.session);
            if (victim == transaction) {
                throw Errors.deadlock();
            }
            victim.victim = true;
        }
        int patience = mischief.strikes(Kind.LOCK_TIMEOUT) ? chance.below(40) : Integer.MAX_VALUE;
        schedule.awaitUpTo(
                "lock of " + place.table() + " " + place.key(),
                () -> transaction.victim || session.state != State.OPEN || target.locks.isGrantable(transaction),
                patience);
        if (transaction.victim) {
            throw Errors.deadlock();
        }
        if (session.state != State.OPEN) {
            target.locks.giveUp(transaction);
            throw broken(session);
        }
        if (!target.locks.isGranted(transaction)) {
            target.locks.giveUp(transaction);
            throw Errors.lockTimeout();
        }
    }

    @Override
    public void setAutoCommit(Session session, boolean on) throws SQLException {
        schedule.step("target", on ? "autocommit on" : "autocommit off");
        hear(session);
        if (on && !session.autoCommit && session.transaction != null) {
            apply(session);
        }
        session.autoCommit = on;
    }

    @Override
    public void commit(Session session) throws SQLException {
        session.committing = true;
        schedule.step("target", "COMMIT");
        session.committing = false;
        hear(session);
        if (session.transaction == null) {
            return;
        }
        if (mischief.strikes(Kind.COMMIT_LOST)) {
            end(session);
            throw broken(session);
        }
        if (mischief.strikes(Kind.COMMIT_HANGS)) {
            hang(session);
            throw broken(session);
        }
        if (mischief.strikes(Kind.COMMIT_REFUSED)) {
            undo(session);
            throw Errors.readOnly();
        }
        if (mischief.strikes(Kind.COMMIT_INTERRUPTED)) {
            if (chance.percent(50)) {
                apply(session);
            } else {
                undo(session);
            }
            throw Errors.interrupted();
        }
        apply(session);
        if (mischief.strikes(Kind.COMMIT_ANSWER_LOST)) {
            abandon(session);
            throw Errors.lost();
        }
        schedule.step("target", "committed");
    }

    private void apply(Session session) {
        Transaction transaction = session.transaction;
        session.transaction = null;
        if (transaction != null) {
            if (!transaction.writes.isEmpty()) {
                schedule.note("commits", transaction.writes.toString());
            }
            claims.beforeCommit(transaction);
            target.commit(transaction);
            claims.afterCommit(transaction);
        }
    }

    private void undo(Session session) {
        if (session.transaction != null) {
            target.rollback(session.transaction);
            session.transaction = null;
        }
    }

    @Override
    public void rollback(Session session) throws SQLException {
        schedule.step("target", "ROLLBACK");
        hear(session);
        undo(session);
    }

    @Override
    public void close(Session session) {
        session.broken = true;
        if (session.state == State.OPEN) {
            end(session);
        }
    }

    @Override
    public void abandon(Session session) {
        session.broken = true;
        if (session.state == State.OPEN) {
            session.state = State.ENDING;
            ending.add(session);
        }
    }

    private void hang(Session session) {
        session.hanging = true;
        session.state = State.ENDING;
        ending.add(session);
    }

    private void end(Session session) {
        undo(session);
        session.state = State.ENDED;
        session.advisory = "";
        ending.remove(session);
    }

    /** KILL; the server obeys when it gets round to it. */
    void kill(long id) throws SQLException {
        for (Session session : sessions) {
            if (session.id == id && session.state != State.ENDED) {
                session.killed = true;
                if (session.state == State.OPEN) {
                    session.state = State.ENDING;
                    ending.add(session);
                }
                return;
            }
        }
        throw Errors.noSuchThread(id);
    }

    /** The process is gone; a COMMIT it has sent may arrive all the same. */
    void leftBy(Instance instance) {
        for (Session session : sessions) {
            if (session.instance == instance && session.state == State.OPEN) {
                session.broken = true;
                if (session.committing && session.transaction != null && chance.percent(50)) {
                    tally.count(Event.COMMITS_OF_THE_DEAD);
                    hang(session);
                } else {
                    abandon(session);
                }
            }
        }
    }

    /** The server notices that a client is gone, or, after a longer time, a COMMIT that hung is decided. */
    @Override
    public int weight() {
        return ending.isEmpty() ? 0 : ending.stream().allMatch(session -> session.hanging) ? HANGING : housekeeping;
    }

    @Override
    public void happen() {
        List<Session> gone = ending.stream().filter(session -> !session.hanging).toList();
        Session session = chance.of(gone.isEmpty() ? ending : gone);
        schedule.note("server ends", session.id);
        if (session.hanging && chance.percent(session.killed ? 50 : 80)) {
            apply(session);
        }
        end(session);
    }
}
