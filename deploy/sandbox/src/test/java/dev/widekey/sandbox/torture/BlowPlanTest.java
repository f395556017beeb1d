package dev.widekey.sandbox.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlowPlanTest {

    @Test
    void theSameSeedGivesTheSamePlan() {
        assertThat(BlowPlan.draw(3, 20, Fault.all(), false)).isEqualTo(BlowPlan.draw(3, 20, Fault.all(), false));
        assertThat(BlowPlan.draw(4, 20, Fault.all(), false)).isNotEqualTo(BlowPlan.draw(3, 20, Fault.all(), false));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "2, true", "3, true", "7, true", "7, false", "20, true", "20, false"})
    void asManyKillsAndFaultsAreDrawnAsAskedFor(int kills, boolean late) {
        List<Blow> blows = BlowPlan.draw(9, kills, Fault.all(), late);

        assertThat(blows)
                .filteredOn(blow -> !(blow instanceof Blow.Surroundings))
                .hasSize(kills);
        assertThat(blows)
                .filteredOn(Blow.Surroundings.class::isInstance)
                .extracting(blow -> ((Blow.Surroundings) blow).fault())
                .containsExactlyInAnyOrderElementsOf(Fault.all());
    }

    @Test
    void everyPartOfALifeIsHit() {
        assertThat(hit(false)).containsExactly(Points.START, Points.COPY, Points.PROOF, Points.CUTOVER);
        assertThat(hit(true)).containsExactly(Points.START, Points.COPY, Points.INDEX, Points.PROOF, Points.CUTOVER);
    }

    private static List<Points> hit(boolean late) {
        return BlowPlan.draw(5, 20, List.of(), late).stream()
                .map(blow -> blow instanceof Blow.AtPoint point ? point.part() : ((Blow.AtMoment) blow).part())
                .distinct()
                .toList();
    }

    @Test
    void faultsGoByName() {
        assertThat(Fault.parse("all")).hasSize(33).doesNotHaveDuplicates();
        assertThat(Fault.parse("none")).isEmpty();
        assertThat(Fault.parse("pause, binlog-cut,pause"))
                .extracting(Fault::option)
                .containsExactly("pause", "binlog-cut");
        assertThatThrownBy(() -> Fault.parse("binlog-eat-commit-answer")).hasMessageContaining("target-cut");
    }

    @Test
    void runsAddUp(@TempDir Path folder) throws Exception {
        RunFile runs = new RunFile(folder.resolve("runs"));
        Score one = new Score();
        one.killedAt("AFTER_DONE");
        one.killedAtMoment();
        Score other = new Score();
        other.killedAtMoment();
        other.struck(Fault.Event.ROTATE);

        runs.add(1, one, 60);
        runs.add(2, other, 30);

        assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(2).allMatch(line -> line.contains(" seed="));
        assertThat(runs.sum())
                .isEqualTo("all 2 runs: kills=3 faults=1 writes=0 racing-deletes=0 lost=0 ghost=0 stale=0 seconds=90");
    }
}
