package dev.widekey.daemon.hook;

import dev.widekey.daemon.state.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One move of the phase, and what there is to tell of it: two events at most. Immutable.
 *
 * @param seq its place in the history
 */
record Move(long seq, List<Event> events) {

    Move {
        events = List.copyOf(events);
    }

    /** One line of the history. */
    record Line(long seq, Phase phase, long epoch, Instant at) {}

    /** The moves behind a mark, of the lines from the mark on. An event's number follows from the mark alone, so it is the same each time. */
    static List<Move> after(Mark mark, String migration, List<Line> lines) {
        List<Move> moves = new ArrayList<>();
        Phase from = Phase.IDLE;
        long number = mark.number();
        for (Line line : lines) {
            if (line.seq() > mark.seq()) {
                List<Event> events = new ArrayList<>();
                for (Happening happening : Happening.of(from, line.phase())) {
                    events.add(new Event(migration, ++number, happening, line.epoch(), line.at()));
                }
                moves.add(new Move(line.seq(), events));
            }
            from = line.phase();
        }
        return moves;
    }
}
