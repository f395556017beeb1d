package dev.widekey.sandbox.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TortureTest {

    @ParameterizedTest
    @CsvSource({"--faults, lunch", "--storm, 100", "--duration, 5", "--kills, many", "--lunch, 1"})
    void wrongWordsAreRefusedBeforeAnyServerIsStarted(String option, String value) {
        assertThat(Torture.run("--repository", ".", option, value)).isEqualTo(2);
    }
}
