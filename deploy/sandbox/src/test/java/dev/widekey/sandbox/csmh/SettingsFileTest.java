package dev.widekey.sandbox.csmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    @TempDir
    private Path folder;

    @Test
    void flagsAreWhatTheFileSaysAtTheMoment() throws Exception {
        Path path = folder.resolve("lms.env.json");
        SettingsFile settings = SettingsFile.create(path);
        assertThat(settings.flags()).isEqualTo(Flags.DEFAULT);
        Files.writeString(path, Files.readString(path).replace(Flags.WRITE + "\": false", Flags.WRITE + "\": true"));
        assertThat(settings.flags()).isEqualTo(new Flags(true, true));
    }

    @Test
    void aFlagThatIsNotThereIsNoFlag() throws Exception {
        SettingsFile settings = new SettingsFile(Files.writeString(folder.resolve("lms.env.json"), "{}"));
        assertThatThrownBy(settings::flags).hasRootCauseMessage("no " + Flags.WRITE + " in the settings");
    }
}
