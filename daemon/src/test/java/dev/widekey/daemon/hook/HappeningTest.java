package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.state.Phase;
import dev.widekey.flags.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HappeningTest {

    @Test
    void aVerificationAndEachFlipAreTold() {
        assertThat(Happening.of(Phase.VERIFY, Phase.READY)).containsExactly(Happening.VERIFIED);
        assertThat(Happening.of(Phase.FLIP, Phase.OPEN)).containsExactly(Happening.WRITES_MOVED, Happening.READS_MOVED);
        assertThat(Happening.of(Phase.FLIP_BACK, Phase.OPEN_BACK))
                .containsExactly(Happening.READS_RETURNED, Happening.WRITES_RETURNED);
        assertThat(Happening.of(Phase.FLIP_WRITES, Phase.DRAIN)).containsExactly(Happening.WRITES_MOVED);
        assertThat(Happening.of(Phase.FLIP_READS, Phase.DONE)).containsExactly(Happening.READS_MOVED);
        assertThat(Happening.of(Phase.FLIP_READS, Phase.WATCH)).containsExactly(Happening.READS_MOVED);
        assertThat(Happening.of(Phase.RETURN_READS, Phase.RETURN_WRITES)).containsExactly(Happening.READS_RETURNED);
        assertThat(Happening.of(Phase.RETURN_READS, Phase.WATCH)).containsExactly(Happening.READS_MOVED);
        assertThat(Happening.of(Phase.RETURN_WRITES, Phase.DRAIN_BACK)).containsExactly(Happening.WRITES_RETURNED);
    }

    @Test
    void whatMovesNoFlagIsNotTold() {
        assertThat(Happening.of(Phase.FLIP_READS, Phase.DRAIN)).isEmpty();
        assertThat(Happening.of(Phase.FLIP_WRITES, Phase.CATCH_UP)).isEmpty();
        assertThat(Happening.of(Phase.FLIP, Phase.UNFENCE)).isEmpty();
        assertThat(Happening.of(Phase.FLIP_BACK, Phase.UNFENCE_BACK)).isEmpty();
        assertThat(Happening.of(Phase.OPEN, Phase.DONE)).isEmpty();
        assertThat(Happening.of(Phase.WATCH, Phase.DONE)).isEmpty();
        assertThat(Happening.of(Phase.OPEN, Phase.WATCH)).isEmpty();
        assertThat(Happening.of(Phase.DRAIN, Phase.SEAL)).isEmpty();
        assertThat(Happening.of(Phase.SEAL_BACK, Phase.DRAIN_BACK)).isEmpty();
        assertThat(Happening.of(Phase.RETURN_WRITES, Phase.RETURN_READS)).isEmpty();
        assertThat(Happening.of(Phase.OPEN_BACK, Phase.CATCH_UP)).isEmpty();
    }

    @Test
    void everyPhaseThatFlipsLeadsToSomethingToTell() {
        List<Phase> flipping = Arrays.stream(Phase.values())
                .filter(phase -> phase.name().startsWith("FLIP") || phase.name().startsWith("RETURN"))
                .toList();
        assertThat(flipping).isNotEmpty();
        assertThat(flipping)
                .allSatisfy(phase -> assertThat(phase.next())
                        .anySatisfy(
                                next -> assertThat(Happening.of(phase, next)).isNotEmpty()));
    }

    /** Whatever way a migration goes, the application is where the next event says it was. */
    @Test
    void stagesFollowOneAnother() {
        Stage stage = Stage.BEFORE;
        List<Stage> stages = new ArrayList<>();
        for (Phase[] move :
                new Phase[][] {{Phase.VERIFY, Phase.READY}, {Phase.FLIP, Phase.OPEN}, {Phase.FLIP_BACK, Phase.OPEN_BACK}
                }) {
            for (Happening happening : Happening.of(move[0], move[1])) {
                assertThat(Math.abs(happening.stage().ordinal() - stage.ordinal()))
                        .isLessThanOrEqualTo(1);
                stage = happening.stage();
                stages.add(stage);
            }
        }
        assertThat(stages)
                .containsExactly(Stage.BEFORE, Stage.WRITES_MOVED, Stage.READS_MOVED, Stage.WRITES_MOVED, Stage.BEFORE);
    }
}
