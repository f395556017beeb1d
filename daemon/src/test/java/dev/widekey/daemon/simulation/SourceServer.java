package dev.widekey.daemon.simulation;

import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.simulation.Tally.Event;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/** The source behind its connections: consistent reads of what is visible, taken when the statement begins. */
final class SourceServer implements Server {
    private final Source source;
    private final Schedule schedule;
    private final Mischief mischief;
    private final Tally tally;
    private final Chance chance;
    private final List<Session> sessions = new ArrayList<>();

    SourceServer(Source source, Schedule schedule, Mischief mischief, Tally tally, Chance chance) {
        this.source = source;
        this.schedule = schedule;
        this.mischief = mischief;
        this.tally = tally;
        this.chance = chance;
    }

    @Override
    public Session open(Instance instance) throws SQLException {
        schedule.step("source connect", "");
        if (mischief.strikes(Kind.SOURCE_UNREACHABLE)) {
            throw Errors.unreachable();
        }
        Session session = new Session(sessions.size() + 1, instance);
        sessions.add(session);
        return session;
    }

    @Override
    public Answer execute(Session session, Sql sql, Object[] parameters) throws SQLException {
        schedule.step("source", sql.shape().name());
        hear(session, Kind.SOURCE_LOST);
        return switch (sql.shape()) {
            case KEY_SPAN ->
                source.rows.isEmpty()
                        ? Answer.of(null, null)
                        : Answer.of(source.rows.firstKey(), source.rows.lastKey());
            case BOUND -> bound(sql, parameters);
            case READ_CHUNK -> chunk(sql, parameters);
            case WAIT_FOR_GTIDS -> await(session, Gtids.parse((String) parameters[0]));
            case MARK -> mark(session);
            case SERVER_UUID -> Answer.of(source.server);
            case GTID_MODE -> Answer.of(source.hasGtids ? "ON" : "OFF");
            case GTID_EXECUTED -> Answer.of(source.executed().toString());
            case END_OF_LOG -> endOfLog();
            case COLUMNS ->
                new Answer(
                        List.of(new Object[] {"id", "int", "int", null, 0, null, false, false, true}, new Object[] {
                            "v", "varchar", "varchar(20)", "utf8mb4", null, null, false, false, false
                        }),
                        0);
            case CONNECTION_ID -> Answer.of(session.id);
            default -> throw new AssertionError("not a statement for the source: " + sql);
        };
    }

    private void hear(Session session, Kind kind) throws SQLException {
        if (session.broken) {
            throw Errors.closed();
        }
        if (mischief.strikes(kind)) {
            session.broken = true;
            throw Errors.lost();
        }
    }

    @Override
    public void nextRow(Session session) throws SQLException {
        schedule.step("source row", "");
        hear(session, Kind.SOURCE_CUT);
    }

    private Answer bound(Sql sql, Object[] parameters) {
        boolean descending = sql.has(1);
        boolean bounded = sql.has(0);
        NavigableMap<Long, String> rows = source.rows;
        if (bounded) {
            Long open = (Long) parameters[0];
            rows = sql.options().get(0).contains(">") ? rows.tailMap(open, false) : rows.headMap(open, true);
        }
        int offset = ((Number) parameters[bounded ? 1 : 0]).intValue();
        List<Long> keys = new ArrayList<>((descending ? rows.descendingMap() : rows).keySet());
        return offset < keys.size() ? Answer.of(keys.get(offset)) : Answer.changed(0);
    }

    private Answer chunk(Sql sql, Object[] parameters) {
        int parameter = 0;
        long above = sql.has(0) ? (Long) parameters[parameter++] : Long.MIN_VALUE;
        long upTo = sql.has(1) ? (Long) parameters[parameter] : Long.MAX_VALUE;
        List<Object[]> answer = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        source.rows.forEach((key, value) -> {
            if (key > above && key <= upTo) {
                answer.add(image(key, value));
                text.append(key).append('=').append(value).append(' ');
            }
        });
        schedule.note("reads", text.toString());
        return new Answer(answer, 0);
    }

    /** A row as the text protocol and the stream have it. */
    static byte[][] image(long key, String value) {
        return new byte[][] {
            Long.toString(key).getBytes(StandardCharsets.US_ASCII), value.getBytes(StandardCharsets.US_ASCII)
        };
    }

    private Answer await(Session session, Gtids wanted) throws SQLException {
        tally.count(Event.VISIBILITY_WAITS);
        if (!source.executed().contains(wanted)) {
            tally.count(Event.DELIVERED_UNSEEN);
            int patience = mischief.strikes(Kind.VISIBILITY_TIMEOUT) ? chance.below(20) : Integer.MAX_VALUE;
            schedule.awaitUpTo(
                    "visibility",
                    () -> source.executed().contains(wanted) || source.hasFailedOver() || session.broken,
                    patience);
        }
        hear(session, Kind.SOURCE_LOST);
        return Answer.of(source.executed().contains(wanted) ? 0 : 1);
    }

    private Answer mark(Session session) throws SQLException {
        tally.count(Event.VISIBILITY_WAITS);
        if (source.hasHidden()) {
            tally.count(Event.DELIVERED_UNSEEN);
        }
        Source.Commit marker = source.write(List.of());
        schedule.await("marker", () -> marker.visible || source.hasFailedOver());
        hear(session, Kind.SOURCE_LOST);
        return Answer.changed(1);
    }

    private Answer endOfLog() {
        Position end = source.end();
        return Answer.of(end.file(), end.offset(), source.executed().toString());
    }

    /** Every connection is gone. */
    void cut() {
        sessions.forEach(session -> session.broken = true);
    }

    @Override
    public void setAutoCommit(Session session, boolean on) {
        throw new AssertionError("the source is read in auto-commit mode");
    }

    @Override
    public void commit(Session session) {
        throw new AssertionError("the source is read in auto-commit mode");
    }

    @Override
    public void rollback(Session session) {
        throw new AssertionError("the source is read in auto-commit mode");
    }

    @Override
    public void close(Session session) {
        session.broken = true;
    }

    @Override
    public void abandon(Session session) {
        session.broken = true;
    }
}
