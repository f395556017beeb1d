package dev.widekey.daemon.state;

import static dev.widekey.daemon.state.Phase.BACKFILL;
import static dev.widekey.daemon.state.Phase.CATCH_UP;
import static dev.widekey.daemon.state.Phase.DONE;
import static dev.widekey.daemon.state.Phase.DRAIN;
import static dev.widekey.daemon.state.Phase.FLIP_READS;
import static dev.widekey.daemon.state.Phase.FLIP_WRITES;
import static dev.widekey.daemon.state.Phase.IDLE;
import static dev.widekey.daemon.state.Phase.INDEX;
import static dev.widekey.daemon.state.Phase.READY;
import static dev.widekey.daemon.state.Phase.VERIFY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PhaseTest {

    @ParameterizedTest
    @EnumSource(Phase.class)
    void everyPhaseLeadsToTheOneBehindIt(Phase phase) {
        if (phase == DONE) {
            assertThat(phase.next()).isEmpty();
        } else {
            assertThat(phase.next()).contains(Phase.values()[phase.ordinal() + 1]);
        }
    }

    @Test
    void everyPhaseIsReachableAndEveryPhaseReachesTheEnd() {
        assertThat(reachable(IDLE)).isEqualTo(EnumSet.allOf(Phase.class));
        for (Phase phase : Phase.values()) {
            assertThat(reachable(phase)).as("from %s", phase).contains(DONE);
        }
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void noMoveSkipsAPhase(Phase phase) {
        assertThat(phase.next())
                .allSatisfy(next -> assertThat(
                                next.ordinal() <= phase.ordinal() + 1 || (phase == BACKFILL && next == CATCH_UP))
                        .as("%s to %s; only the building of indexes may be left out", phase, next)
                        .isTrue());
        assertThat(phase.next()).doesNotContain(phase);
    }

    @Test
    void onlyUnprovenParitySendsAMigrationBack() {
        for (Phase phase : Phase.values()) {
            boolean before = EnumSet.of(VERIFY, READY, FLIP_WRITES).contains(phase);
            assertThat(phase.next().contains(CATCH_UP))
                    .as("%s back to %s", phase, CATCH_UP)
                    .isEqualTo(before || phase == BACKFILL || phase == INDEX);
        }
    }

    @Test
    void oncePassedTheFlipOfTheWritesNothingLeadsBehindIt() {
        assertThat(reachable(DRAIN)).isEqualTo(EnumSet.of(DRAIN, FLIP_READS, DONE));
    }

    @Test
    void theStreamRunsFromTheFirstChunkToTheLastFlip() {
        for (Phase phase : Phase.values()) {
            assertThat(phase.streams())
                    .isEqualTo(phase.ordinal() >= BACKFILL.ordinal() && phase.ordinal() <= FLIP_READS.ordinal());
        }
    }

    private static Set<Phase> reachable(Phase start) {
        Set<Phase> seen = EnumSet.of(start);
        Deque<Phase> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Phase next : open.pop().next()) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen;
    }
}
