package dev.widekey.daemon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.preflight.Problem.Code;
import dev.widekey.daemon.table.Mismatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServerChecksTest {

    private static ServerFacts facts(String... changes) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "version", "8.0.33",
                "version_comment", "MySQL Community Server - GPL",
                "log_bin", "ON",
                "binlog_format", "ROW",
                "binlog_row_image", "FULL",
                "binlog_row_value_options", "",
                "binlog_order_commits", "ON",
                "gtid_mode", "ON",
                "sql_mode", "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES"));
        for (int i = 0; i < changes.length; i += 2) {
            variables.put(changes[i], changes[i + 1]);
        }
        return new ServerFacts(variables);
    }

    private static List<Code> source(String... changes) {
        return ServerChecks.source("source s:1", facts(changes)).stream()
                .map(Problem::code)
                .toList();
    }

    private static List<Code> target(String... changes) {
        return ServerChecks.target("target t:1", facts(changes)).stream()
                .map(Problem::code)
                .toList();
    }

    @Test
    void usualServerPasses() {
        assertThat(source()).isEmpty();
        assertThat(target()).isEmpty();
        assertThat(source("gtid_mode", "OFF")).isEmpty();
        assertThat(source("version", "8.0.15")).isEmpty();
        assertThat(source("version", "8.4.3")).isEmpty();
        assertThat(source("version", "9.1.0-commercial")).isEmpty();
        assertThat(source("version", "8.0.36-28", "version_comment", "Percona Server"))
                .isEmpty();
        assertThat(source("gtid_mode", "ON", "binlog_order_commits", "OFF")).isEmpty();
        assertThat(target("sql_mode", "STRICT_ALL_TABLES")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "log_bin, OFF, BINLOG_OFF",
        "binlog_format, STATEMENT, BINLOG_FORMAT",
        "binlog_format, MIXED, BINLOG_FORMAT",
        "binlog_row_image, MINIMAL, BINLOG_ROW_IMAGE",
        "binlog_row_value_options, PARTIAL_JSON, BINLOG_PARTIAL_JSON",
        "gtid_mode, ON_PERMISSIVE, GTID_MODE",
        "gtid_mode, OFF_PERMISSIVE, GTID_MODE",
        "version, 5.7.44-log, VERSION_TOO_OLD",
        "version, 5.6.51, VERSION_TOO_OLD",
        "version, 10.11.6-MariaDB, NOT_MYSQL",
        "version, 5.5.5-10.4.32-MariaDB-log, NOT_MYSQL",
        "version, 11.4.5-MariaDB-ubu2404, NOT_MYSQL",
        "version, unknown, NOT_MYSQL"
    })
    void sourceSettingIsRefused(String name, String value, Code code) {
        assertThat(source(name, value)).containsExactly(code);
    }

    @Test
    void commitOrderMattersWithoutGtids() {
        assertThat(source("gtid_mode", "OFF", "binlog_order_commits", "OFF"))
                .containsExactly(Code.BINLOG_ORDER_COMMITS);
    }

    @Test
    void everySettingIsReportedAtOnce() {
        assertThat(source("binlog_format", "MIXED", "binlog_row_image", "NOBLOB", "gtid_mode", "ON_PERMISSIVE"))
                .containsExactly(Code.BINLOG_FORMAT, Code.BINLOG_ROW_IMAGE, Code.GTID_MODE);
    }

    @ParameterizedTest
    @CsvSource({
        "version, 8.0.15, VERSION_TOO_OLD",
        "version, 8.0.18, VERSION_TOO_OLD",
        "version, 5.7.44, VERSION_TOO_OLD",
        "version, 10.11.6-MariaDB, NOT_MYSQL",
        "sql_mode, '', SQL_MODE_NOT_STRICT",
        "sql_mode, 'ANSI_QUOTES,NO_ZERO_DATE', SQL_MODE_NOT_STRICT"
    })
    void targetSettingIsRefused(String name, String value, Code code) {
        assertThat(target(name, value)).containsExactly(code);
    }

    @ParameterizedTest
    @CsvSource({"67108864, 16777216, true", "16777216, 16777216, false", "16777216, 67108864, false"})
    void aTargetThatTakesSmallerPacketsIsRefused(String onSource, String onTarget, boolean refused) {
        List<Problem> found = ServerChecks.packets(
                "target t:1", facts("max_allowed_packet", onSource), facts("max_allowed_packet", onTarget));
        assertThat(found).extracting(Problem::code).isEqualTo(refused ? List.of(Code.PACKET_TOO_SMALL) : List.of());
        assertThat(found).allSatisfy(problem -> assertThat(problem.fix()).contains("= " + onSource));
    }

    @ParameterizedTest
    @EnumSource(Mismatch.Reason.class)
    void everyMismatchIsAProblem(Mismatch.Reason reason) {
        Problem problem = Problem.of(new Mismatch(reason, "where", "what", "fix"));
        assertThat(problem).isEqualTo(new Problem(Code.valueOf(reason.name()), "what", "where", "fix"));
    }
}
