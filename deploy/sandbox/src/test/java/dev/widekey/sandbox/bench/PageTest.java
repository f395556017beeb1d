package dev.widekey.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    @TempDir
    Path folder;

    @Test
    void onlyTheLinesBetweenASuitesOwnMarkersAreReplaced() throws IOException {
        Path file = page(
                "# By hand",
                Page.begin("copy"),
                "old",
                "older",
                Page.end("copy"),
                "between",
                Page.begin("rss"),
                "kept",
                Page.end("rss"),
                "last");

        new Page(file).replace("copy", List.of("new"));

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "# By hand",
                        Page.begin("copy"),
                        "new",
                        Page.end("copy"),
                        "between",
                        Page.begin("rss"),
                        "kept",
                        Page.end("rss"),
                        "last");
    }

    @Test
    void aPageWithoutTheMarkersIsLeftAlone() throws IOException {
        Path file = page("# By hand", Page.begin("copy"));
        assertThatIllegalStateException().isThrownBy(() -> new Page(file).replace("copy", List.of("new")));
        assertThat(Files.readAllLines(file)).containsExactly("# By hand", Page.begin("copy"));
    }

    @Test
    void markersThatComeTwiceAreRefused() throws IOException {
        Path file = page(Page.begin("copy"), Page.end("copy"), Page.begin("copy"), Page.end("copy"));
        assertThatIllegalStateException().isThrownBy(() -> new Page(file).replace("copy", List.of("new")));
    }

    private Path page(String... lines) throws IOException {
        return Files.write(folder.resolve("page.md"), List.of(lines));
    }
}
