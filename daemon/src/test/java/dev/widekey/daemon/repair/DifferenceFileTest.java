package dev.widekey.daemon.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.backfill.parity.Difference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferenceFileTest {
    private static final String TABLES = "a.t and b.t";

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void write() throws Exception {
        path = folder.resolve("list");
        try (DifferenceFile file = DifferenceFile.create(path, TABLES)) {
            file.write(List.of(
                    new Difference(-7, Difference.Kind.MISSING, List.of()),
                    new Difference(12, Difference.Kind.DIFFERENT, List.of("grade", "größe"))));
            file.complete("compared 3 rows");
        }
    }

    @Test
    void aListThatIsEndedIsComplete() throws Exception {
        DifferenceFile.Listed listed = DifferenceFile.read(path, TABLES);
        assertThat(listed.complete()).isTrue();
        assertThat(listed.differences()).extracting(Difference::key).containsExactly(-7L, 12L);
    }

    @Test
    void cutOffAnywhereItIsIncompleteAndHoldsTheLinesThatAreWhole() throws Exception {
        byte[] all = Files.readAllBytes(path);
        int first = new String(all, StandardCharsets.UTF_8).indexOf("-7\t");
        int end = new String(all, StandardCharsets.ISO_8859_1).indexOf("# complete: ");
        for (int length = first; length < end; length++) {
            Files.write(path, Arrays.copyOf(all, length));
            DifferenceFile.Listed listed = DifferenceFile.read(path, TABLES);
            assertThat(listed.complete()).as("%d bytes", length).isFalse();
            List<Long> keys = listed.differences().stream().map(Difference::key).toList();
            assertThat(keys).as("%d bytes", length).isEqualTo(List.of(-7L, 12L).subList(0, keys.size()));
        }
        assertThat(DifferenceFile.read(path, TABLES).differences()).hasSize(2);
    }

    @Test
    void aCommentThatAnOperatorAddsDoesNotCompleteIt() throws Exception {
        String text = Files.readString(path).replaceAll("(?m)^# complete: .*\\n", "# looked at by me\n\n");
        Files.writeString(path, text);
        DifferenceFile.Listed listed = DifferenceFile.read(path, TABLES);
        assertThat(listed.complete()).isFalse();
        assertThat(listed.differences()).hasSize(2);
    }

    @Test
    void aWholeLineThatIsNoDifferenceIsRefusedAlsoAtTheEnd() throws Exception {
        Files.writeString(path, Files.readString(path) + "13\tgone\n");
        assertThatThrownBy(() -> DifferenceFile.read(path, TABLES))
                .isInstanceOf(DifferenceFile.UnreadableException.class)
                .hasMessageContaining("'13\tgone'");
    }
}
