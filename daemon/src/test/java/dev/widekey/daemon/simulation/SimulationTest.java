package dev.widekey.daemon.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SimulationTest {
    private static final int SEEDS = 150;

    @BeforeAll
    static void silence() {
        Campaign.silence();
    }

    @Test
    void theSameSeedIsTheSameRunStepByStepWhateverRanBefore() {
        Map<Long, Long> forward = new HashMap<>();
        Map<Long, Long> backward = new HashMap<>();
        try (Simulation simulation = new Simulation()) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                Simulation.Outcome outcome = simulation.run(seed, false);
                assertThat(outcome.isClean()).as(outcome.report()).isTrue();
                forward.put(seed, outcome.hash());
            }
            for (long seed = SEEDS; seed >= 1; seed--) {
                backward.put(seed, simulation.run(seed, false).hash());
            }
        }
        assertThat(backward).isEqualTo(forward);
        assertThat(new HashSet<>(forward.values())).hasSize(SEEDS);
    }

    @Test
    void aStatementNobodyHasThoughtThroughIsNotAnswered() {
        assertThatThrownBy(() -> Sql.of("DELETE FROM `d`.`t`"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("do not know this statement");
    }
}
