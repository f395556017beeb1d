package dev.widekey.daemon.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "999.6, 1.00 KB",
        "1234, 1.23 KB",
        "45678, 45.7 KB",
        "9995, 10.0 KB",
        "123456789, 123 MB",
        "999999999, 1.00 GB",
        "450000000000000, 450 TB"
    })
    void bytesHaveThreeDigits(double bytes, String text) {
        assertThat(Amounts.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "999499, 999499",
        "999500, 1.00 million",
        "400000000, 400 million",
        "999600000, 1.00 billion",
        "12345678901, 12.3 billion"
    })
    void countsAreExactAsLongAsTheyAreSmall(double count, String text) {
        assertThat(Amounts.number(count)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0.001, 0.10 s",
        "3.14159, 3.14 s",
        "59.4, 59.4 s",
        "59.6, 1 min",
        "95, 1 min 35 s",
        "3599.6, 1 h",
        "3600, 1 h",
        "12000, 3 h 20 min",
        "86390, 1 d",
        "187200, 2 d 4 h"
    })
    void timesHaveTheirTwoLargestUnits(double seconds, String text) {
        assertThat(Amounts.time(seconds)).isEqualTo(text);
    }
}
