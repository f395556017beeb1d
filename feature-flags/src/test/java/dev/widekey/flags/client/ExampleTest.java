package dev.widekey.flags.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.flags.RepositoryPage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExampleTest {

    private static final String SOURCES = "feature-flags/src/%s/java/dev/widekey/flags/client/";

    private static List<String> lines(String text) {
        return text.lines()
                .map(line -> line.replaceFirst("^ \\*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void whatThePageAndThePackageShowIsCodeThatCompiles() throws IOException {
        List<String> compiled =
                lines(Files.readString(RepositoryPage.path(SOURCES.formatted("test") + "Example.java")));
        String info = Files.readString(RepositoryPage.path(SOURCES.formatted("main") + "package-info.java"));
        String shown = info.substring(info.indexOf("{@code") + 6, info.indexOf("}</pre>"));
        assertThat(compiled).containsSequence(lines(shown));
        assertThat(lines(shown)).hasSizeGreaterThan(10);
        List<String> page = RepositoryPage.blocks("docs/client.md", "java");
        assertThat(page).hasSize(1);
        assertThat(compiled).containsSequence(lines(page.get(0)));
    }
}
