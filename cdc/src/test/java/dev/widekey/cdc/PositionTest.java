package dev.widekey.cdc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    private static final String SERVER = "11111111-1111-1111-1111-111111111111";

    private static Position at(String file, long offset) {
        return new Position(SERVER, file, offset, Gtids.parse(SERVER + ":1-5"), "f00d");
    }

    @Test
    void the_text_reads_back_as_the_same_position() {
        Position position = at("bin.log.000042", 12_345_678_901L);
        assertThat(Position.parse(position.toText())).isEqualTo(position);
        Position mark = new Position(SERVER, "binlog.000001", 4, Gtids.empty(), "");
        assertThat(Position.parse(mark.toText())).isEqualTo(mark);
    }

    @ParameterizedTest
    @CsvSource({
        "binlog.000002, 100, binlog.000002, 100, true",
        "binlog.000002, 101, binlog.000002, 100, true",
        "binlog.000002, 99, binlog.000002, 100, false",
        "binlog.000003, 4, binlog.000002, 100, true",
        "binlog.1000000, 4, binlog.999999, 100, true",
        "binlog.999999, 4, binlog.1000000, 4, false",
        "other.000003, 4, binlog.000002, 100, false"
    })
    void the_log_of_one_server_is_ordered_by_file_number_and_offset(
            String file, long offset, String markFile, long markOffset, boolean covers) {
        assertThat(at(file, offset).covers(at(markFile, markOffset))).isEqualTo(covers);
    }

    @Test
    void a_mark_of_another_server_is_never_covered() {
        Position elsewhere = new Position("another", "binlog.000001", 4, Gtids.empty(), "");
        assertThat(at("binlog.000009", 4).covers(elsewhere)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{}",
                "{\"format\":2,\"server\":\"s\",\"file\":\"b.1\",\"offset\":4,\"gtids\":\"\",\"fingerprint\":\"\"}",
                "{\"format\":1,\"server\":\"s\",\"file\":\"b.1\",\"gtids\":\"\",\"fingerprint\":\"\"}",
                "{\"format\":1,\"server\":\"s\",\"file\":\"b\",\"offset\":4,\"gtids\":\"\",\"fingerprint\":\"\"}"
            })
    void other_text_is_refused(String text) {
        assertThatThrownBy(() -> Position.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
