package dev.widekey.daemon.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionTest {
    @ParameterizedTest
    @CsvSource({
        "60, 0, ON, 60, binlog_expire_logs_seconds",
        "0, 2, ON, 172800, expire_logs_days",
        "0, 0, ON, 0, binlog_expire_logs_seconds",
        "60, 0, OFF, 0, binlog_expire_logs_auto_purge"
    })
    void retentionIsWhateverTheServerGoesBy(String seconds, String days, String purge, long kept, String setting) {
        assertThat(Retention.of(Map.of(
                        "binlog_expire_logs_seconds",
                        seconds,
                        "expire_logs_days",
                        days,
                        "binlog_expire_logs_auto_purge",
                        purge)))
                .isEqualTo(new Retention(kept, setting));
    }
}
