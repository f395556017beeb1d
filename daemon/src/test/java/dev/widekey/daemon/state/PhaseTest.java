package dev.widekey.daemon.state;

import static dev.widekey.daemon.state.Phase.BACKFILL;
import static dev.widekey.daemon.state.Phase.CATCH_UP;
import static dev.widekey.daemon.state.Phase.DONE;
import static dev.widekey.daemon.state.Phase.DRAIN;
import static dev.widekey.daemon.state.Phase.DRAIN_BACK;
import static dev.widekey.daemon.state.Phase.FENCE;
import static dev.widekey.daemon.state.Phase.FENCE_BACK;
import static dev.widekey.daemon.state.Phase.FLIP;
import static dev.widekey.daemon.state.Phase.FLIP_BACK;
import static dev.widekey.daemon.state.Phase.FLIP_READS;
import static dev.widekey.daemon.state.Phase.FLIP_WRITES;
import static dev.widekey.daemon.state.Phase.IDLE;
import static dev.widekey.daemon.state.Phase.INDEX;
import static dev.widekey.daemon.state.Phase.OPEN;
import static dev.widekey.daemon.state.Phase.OPEN_BACK;
import static dev.widekey.daemon.state.Phase.PREPARE;
import static dev.widekey.daemon.state.Phase.READY;
import static dev.widekey.daemon.state.Phase.RETURN_READS;
import static dev.widekey.daemon.state.Phase.RETURN_WRITES;
import static dev.widekey.daemon.state.Phase.SEAL;
import static dev.widekey.daemon.state.Phase.SEAL_BACK;
import static dev.widekey.daemon.state.Phase.UNFENCE;
import static dev.widekey.daemon.state.Phase.UNFENCE_BACK;
import static dev.widekey.daemon.state.Phase.VERIFY;
import static dev.widekey.daemon.state.Phase.WATCH;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhaseTest {

    private static final List<Phase> ROLLING =
            List.of(IDLE, PREPARE, BACKFILL, INDEX, CATCH_UP, VERIFY, READY, FLIP_WRITES, DRAIN, FLIP_READS, DONE);

    private static final List<Phase> FENCED =
            List.of(IDLE, PREPARE, BACKFILL, INDEX, CATCH_UP, VERIFY, READY, FENCE, FLIP, OPEN, WATCH, DONE);

    private static final List<Phase> BACK = List.of(WATCH, FENCE_BACK, FLIP_BACK, OPEN_BACK, CATCH_UP);

    private static final List<Phase> ROLLING_WITH_WAY_BACK = List.of(FLIP_WRITES, DRAIN, SEAL, FLIP_READS, WATCH);

    private static final List<Phase> ROLLING_BACK =
            List.of(WATCH, RETURN_READS, RETURN_WRITES, DRAIN_BACK, SEAL_BACK, CATCH_UP);

    @Test
    void everyWayLeadsFromEachPhaseToTheNext() {
        for (List<Phase> way : List.of(ROLLING, FENCED, BACK, ROLLING_WITH_WAY_BACK, ROLLING_BACK)) {
            for (int i = 1; i < way.size(); i++) {
                assertThat(way.get(i - 1).next()).contains(way.get(i));
            }
        }
        assertThat(DONE.next()).isEmpty();
    }

    @Test
    void everyPhaseIsReachableAndEveryPhaseReachesTheEnd() {
        assertThat(reachable(IDLE)).isEqualTo(EnumSet.allOf(Phase.class));
        for (Phase phase : Phase.values()) {
            assertThat(reachable(phase)).as("from %s", phase).contains(DONE);
        }
    }

    @Test
    void onlyAnUndoneOrUnprovenCutoverSendsAMigrationBack() {
        for (Phase phase : Phase.values()) {
            assertThat(phase.next().contains(CATCH_UP))
                    .as("%s back to %s", phase, CATCH_UP)
                    .isEqualTo(EnumSet.of(BACKFILL, INDEX, VERIFY, READY, UNFENCE, OPEN_BACK, SEAL_BACK, FLIP_WRITES)
                            .contains(phase));
        }
    }

    @Test
    void theFlagsMoveBehindAFenceAlone() {
        assertThat(EnumSet.allOf(Phase.class).stream()
                        .filter(phase -> phase.next().contains(FLIP)))
                .containsExactly(FENCE);
        assertThat(EnumSet.allOf(Phase.class).stream()
                        .filter(phase -> phase.next().contains(FLIP_BACK)))
                .containsExactly(FENCE_BACK);
    }

    @Test
    void onceWritesHaveRolledThereIsNoOtherWayThanToTheEndOfIt() {
        assertThat(DRAIN.next()).containsExactlyInAnyOrder(SEAL, FLIP_READS);
        assertThat(DRAIN_BACK.next()).containsExactly(SEAL_BACK);
        for (Phase phase : EnumSet.of(DRAIN, SEAL, FLIP_READS)) {
            assertThat(phase.next()).doesNotContain(CATCH_UP);
        }
    }

    @Test
    void stragglersAreWaitedForBehindTheFlipOrBehindTheGateThatFollowedIt() {
        assertThat(EnumSet.allOf(Phase.class).stream()
                        .filter(phase -> phase.next().contains(DRAIN)))
                .containsExactly(READY, FLIP_WRITES, SEAL, FLIP_READS);
    }

    @Test
    void neverDoBothStreamsRun() {
        for (Phase phase : Phase.values()) {
            assertThat(phase.streams() && phase.returns()).as("%s", phase).isFalse();
        }
        assertThat(EnumSet.allOf(Phase.class).stream().filter(Phase::streams))
                .containsExactly(
                        BACKFILL, INDEX, CATCH_UP, VERIFY, READY, FENCE, UNFENCE, FLIP_WRITES, DRAIN, SEAL, FLIP_READS);
        assertThat(EnumSet.allOf(Phase.class).stream().filter(Phase::returns))
                .containsExactly(
                        WATCH, FENCE_BACK, UNFENCE_BACK, FLIP_BACK, RETURN_READS, RETURN_WRITES, DRAIN_BACK, SEAL_BACK);
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
