package dev.widekey.daemon.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WrittenLogTest {
    @Test
    void whatWasWrittenIsCountedOverSeveralFiles() {
        WrittenLog before = log("b.1", 100, "b.2", 70);

        assertThat(log("b.1", 100, "b.2", 90).since(before)).hasValue(20);
        assertThat(log("b.2", 500, "b.3", 500, "b.4", 3).since(before)).hasValue(933);
        assertThat(before.since(before)).hasValue(0);
    }

    @Test
    void aFileThatIsGoneLeavesItUnknown() {
        assertThat(log("b.3", 500).since(log("b.1", 100, "b.2", 70))).isEmpty();
    }

    @Test
    void aLogThatCannotBeSeenLeavesItUnknown() {
        WrittenLog hidden = new WrittenLog(Map.of(), "refused");

        assertThat(hidden.since(log("b.1", 1))).isEmpty();
        assertThat(log("b.1", 1).since(hidden)).isEmpty();
        assertThat(log("b.1", 1).since(log())).isEmpty();
    }

    private static WrittenLog log(Object... files) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (int i = 0; i < files.length; i += 2) {
            sizes.put((String) files[i], ((Integer) files[i + 1]).longValue());
        }
        return new WrittenLog(sizes, "");
    }
}
