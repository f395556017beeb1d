package dev.widekey.flags.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.flags.FlagPair;
import dev.widekey.flags.Stage;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewTest {

    @ParameterizedTest
    @CsvSource({
        "BEFORE,       false, false, SOURCE, SOURCE,        SOURCE, false, true",
        "BEFORE,       true,  false, SOURCE, SOURCE,        SOURCE, false, true",
        "BEFORE,       false, true,  SOURCE, SOURCE+TARGET, TARGET, true,  true",
        "WRITES_MOVED, false, false, TARGET, SOURCE+TARGET, SOURCE, true,  true",
        "WRITES_MOVED, true,  false, TARGET, SOURCE+TARGET, TARGET, false, true",
        "WRITES_MOVED, false, true,  TARGET, SOURCE+TARGET, TARGET, true,  true",
        "READS_MOVED,  false, false, TARGET, TARGET,        TARGET, false, false",
        "READS_MOVED,  true,  false, TARGET, TARGET,        TARGET, false, true",
        "READS_MOVED,  false, true,  TARGET, TARGET,        TARGET, false, false",
    })
    void theStageAndTheKindOfCutoverSayEverything(
            Stage stage,
            boolean fenced,
            boolean returning,
            Side writes,
            String reads,
            Side winner,
            boolean split,
            boolean mirrored) {
        View view = new View(
                new FlagPair(LoneInstance.WRITE, LoneInstance.READ, Optional.empty(), Optional.empty()),
                stage,
                fenced,
                returning);
        assertThat(view.writes()).isEqualTo(writes);
        assertThat(view.reads())
                .isEqualTo(Arrays.stream(reads.split("\\+")).map(Side::valueOf).toList());
        assertThat(view.winner()).isEqualTo(winner);
        assertThat(view.isSplit()).isEqualTo(split);
        assertThat(view.isMirrored()).isEqualTo(mirrored);
    }
}
