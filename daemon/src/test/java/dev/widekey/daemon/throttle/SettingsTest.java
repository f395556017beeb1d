package dev.widekey.daemon.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final Settings FILE = new Settings(Pacing.AUTO, Rate.OFF, Rate.OFF, 4, 4);

    @Test
    void eachValueReplacesItsOwnSetting() {
        assertThat(FILE.with("mode", "off")).contains(new Settings(Pacing.OFF, Rate.OFF, Rate.OFF, 4, 4));
        assertThat(FILE.with("rows-per-second", "200"))
                .contains(new Settings(Pacing.AUTO, new Rate(200), Rate.OFF, 4, 4));
        assertThat(FILE.with("bytes-per-second", "2MB"))
                .contains(new Settings(Pacing.AUTO, Rate.OFF, new Rate(2_000_000), 4, 4));
        assertThat(FILE.with("workers", "3")).contains(new Settings(Pacing.AUTO, Rate.OFF, Rate.OFF, 3, 4));
    }

    @ParameterizedTest
    @CsvSource({
        "mode, AUTO",
        "mode, ''",
        "rows-per-second, 99",
        "bytes-per-second, 20",
        "workers, 0",
        "workers, 5",
        "workers, x",
        "speed, 1"
    })
    void whatCannotBeUsedIsNoSetting(String name, String value) {
        assertThat(FILE.with(name, value)).isEmpty();
    }

    @Test
    void settingsAreWrittenAsTheyAreRead() {
        Settings changed = new Settings(Pacing.OFF, new Rate(20_000), new Rate(1_500_000), 2, 4);
        Settings read = FILE;
        for (Map.Entry<String, String> value : changed.values().entrySet()) {
            read = read.with(value.getKey(), value.getValue()).orElseThrow();
        }
        assertThat(read).isEqualTo(changed);
    }
}
