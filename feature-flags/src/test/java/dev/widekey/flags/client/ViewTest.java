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
        "BEFORE,       false, SOURCE, SOURCE,        SOURCE, false, true",
        "BEFORE,       true,  SOURCE, SOURCE,        SOURCE, false, true",
        "WRITES_MOVED, false, TARGET, SOURCE+TARGET, SOURCE, true,  true",
        "WRITES_MOVED, true,  TARGET, SOURCE+TARGET, TARGET, false, true",
        "READS_MOVED,  false, TARGET, TARGET,        TARGET, false, false",
        "READS_MOVED,  true,  TARGET, TARGET,        TARGET, false, true",
    })
    void theStageAndTheKindOfCutoverSayEverything(
            Stage stage, boolean fenced, Side writes, String reads, Side winner, boolean split, boolean mirrored) {
        View view = new View(
                new FlagPair(LoneInstance.WRITE, LoneInstance.READ, Optional.empty(), Optional.empty()), stage, fenced);
        assertThat(view.writes()).isEqualTo(writes);
        assertThat(view.reads())
                .isEqualTo(Arrays.stream(reads.split("\\+")).map(Side::valueOf).toList());
        assertThat(view.winner()).isEqualTo(winner);
        assertThat(view.isSplit()).isEqualTo(split);
        assertThat(view.isMirrored()).isEqualTo(mirrored);
    }
}
