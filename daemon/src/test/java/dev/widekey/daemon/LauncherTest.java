package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/bin/widekey} starts, told by a Java that only says how it was called. */
class LauncherTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void install() throws IOException {
        executable("java/bin/java", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        executable("bin/widekey", Files.readString(Path.of("../deploy/bin/widekey")));
        Files.createFile(Files.createDirectory(folder.resolve("lib")).resolve("widekey.jar"));
    }

    private void executable(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void optionsOfTheOperatorComeLastAndSoWin() throws Exception {
        List<String> words = words("-Xmx2g -Dx=y");
        assertThat(words).containsSubsequence("-Xmx768m", "-Xmx2g", "-Dx=y", "-jar", "status", "--config", "c.yaml");
    }

    @Test
    void aCollectorOfTheOperatorStandsAlone() throws Exception {
        assertThat(words("")).containsOnlyOnce("-XX:+UseSerialGC");
        assertThat(words("-Xmx1g -XX:+UseParallelGC"))
                .contains("-XX:+UseParallelGC")
                .doesNotContain("-XX:+UseSerialGC");
    }

    private List<String> words(String options) throws Exception {
        ProcessBuilder command =
                new ProcessBuilder(folder.resolve("bin/widekey").toString(), "status", "--config", "c.yaml");
        command.environment().put("JAVA_HOME", folder.resolve("java").toString());
        command.environment().put("WIDEKEY_JAVA_OPTS", options);
        Process java = command.redirectErrorStream(true).start();
        List<String> words = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(java.waitFor()).as("%s", words).isZero();
        return words;
    }
}
