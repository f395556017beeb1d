package dev.widekey.daemon.hook;

import dev.widekey.daemon.state.Phase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@link Ledger} without a server. */
final class MemoryLedger implements Ledger {
    static final Instant AT = Instant.parse("2026-11-26T10:00:00Z");

    private final List<Move.Line> history = new ArrayList<>();
    private final Map<String, Mark> marks = new HashMap<>();
    private boolean away;
    private int refused;
    private boolean refusing;

    /** The migration has moved on. */
    synchronized void moved(Phase... to) {
        for (Phase phase : to) {
            long seq = history.size() + 1L;
            history.add(new Move.Line(seq, phase, 1, AT.plusSeconds(seq)));
        }
    }

    /** Nothing can be read or written while it is away. */
    synchronized void away(boolean is) {
        away = is;
    }

    /** No mark can be stored while it refuses them. */
    synchronized void refuseMarks(boolean is) {
        refusing = is;
    }

    /** How many marks it has refused. */
    synchronized int refused() {
        return refused;
    }

    @Override
    public synchronized Mark mark(String hook) throws SQLException {
        look();
        return marks.getOrDefault(hook, Mark.BEGINNING);
    }

    @Override
    public synchronized List<Move> after(Mark mark) throws SQLException {
        look();
        return Move.after(
                mark,
                "m",
                history.stream()
                        .filter(line -> line.seq() >= mark.seq())
                        .limit(MOST + 1L)
                        .toList());
    }

    @Override
    public synchronized void store(String hook, Mark mark) throws SQLException {
        look();
        if (refusing) {
            refused++;
            throw new SQLException("no marks");
        }
        marks.put(hook, mark);
    }

    private void look() throws SQLException {
        if (away) {
            throw new SQLException("away");
        }
    }
}
