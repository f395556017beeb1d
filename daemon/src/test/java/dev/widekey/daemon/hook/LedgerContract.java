package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.state.Phase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds for every {@link Ledger}. */
abstract class LedgerContract {

    /** The ledger of a migration that stands in its first phase. */
    abstract Ledger ledger() throws Exception;

    /** Moves the migration. */
    abstract void move(Phase... to) throws Exception;

    @Test
    void aHookBeginsAtTheBeginning() throws Exception {
        assertThat(ledger().mark("webhook")).isEqualTo(Mark.BEGINNING);
        assertThat(told(Mark.BEGINNING)).isEmpty();
    }

    @Test
    void eventsAreNumberedInTheirOrder() throws Exception {
        move(
                Phase.PREPARE,
                Phase.BACKFILL,
                Phase.CATCH_UP,
                Phase.VERIFY,
                Phase.READY,
                Phase.FENCE,
                Phase.FLIP,
                Phase.OPEN);
        assertThat(told(Mark.BEGINNING)).containsExactly("1 verified", "2 writes-moved", "3 reads-moved");
    }

    @Test
    void whatIsBehindTheMarkIsNotHandedOutAgain() throws Exception {
        move(Phase.PREPARE, Phase.BACKFILL, Phase.CATCH_UP, Phase.VERIFY, Phase.READY);
        Mark mark = Mark.BEGINNING;
        for (Move move : ledger().after(mark)) {
            mark = mark.past(move, 0);
        }
        ledger().store("webhook", mark);
        assertThat(ledger().mark("webhook")).isEqualTo(mark);
        assertThat(ledger().after(mark)).isEmpty();
        move(Phase.FLIP_WRITES);
        move(Phase.DRAIN);
        assertThat(told(ledger().mark("webhook"))).containsExactly("2 writes-moved");
    }

    @Test
    void theLineAtTheMarkTellsWhatTheNextOneComesFrom() throws Exception {
        move(Phase.PREPARE, Phase.BACKFILL, Phase.CATCH_UP, Phase.VERIFY, Phase.READY, Phase.FLIP_WRITES, Phase.DRAIN);
        move(Phase.FLIP_READS, Phase.DRAIN);
        List<String> told = new ArrayList<>();
        Mark mark = Mark.BEGINNING;
        for (Move move : ledger().after(Mark.BEGINNING)) {
            List<Move> rest = ledger().after(mark);
            assertThat(rest.get(0)).isEqualTo(move);
            move.events().forEach(event -> told.add(event.happening().word()));
            mark = mark.past(move, 0);
        }
        assertThat(told).containsExactly("verified", "writes-moved");
    }

    @Test
    void eachHookHasAMarkOfItsOwn() throws Exception {
        ledger().store("webhook", new Mark(7, 3, 1));
        assertThat(ledger().mark("kafka")).isEqualTo(Mark.BEGINNING);
        ledger().store("kafka", new Mark(9, 4, 0));
        ledger().store("kafka", new Mark(9, 4, 0));
        assertThat(ledger().mark("webhook")).isEqualTo(new Mark(7, 3, 1));
        assertThat(ledger().mark("kafka")).isEqualTo(new Mark(9, 4, 0));
    }

    @Test
    void aBacklogIsHandedOutInParts() throws Exception {
        move(Phase.PREPARE, Phase.BACKFILL);
        for (int i = 0; i < 40; i++) {
            move(Phase.CATCH_UP, Phase.VERIFY, Phase.READY);
        }
        Mark mark = Mark.BEGINNING;
        long events = 0;
        int parts = 0;
        for (List<Move> part = ledger().after(mark); !part.isEmpty(); part = ledger().after(mark)) {
            assertThat(part).hasSizeLessThanOrEqualTo(Ledger.MOST + 1);
            for (Move move : part) {
                events += move.events().size();
                mark = mark.past(move, 0);
            }
            parts++;
        }
        assertThat(parts).isEqualTo(2);
        assertThat(events).isEqualTo(40);
        assertThat(mark.number()).isEqualTo(40);
    }

    private List<String> told(Mark mark) throws Exception {
        return ledger().after(mark).stream()
                .flatMap(move -> move.events().stream())
                .map(event -> event.number() + " " + event.happening().word())
                .toList();
    }
}
