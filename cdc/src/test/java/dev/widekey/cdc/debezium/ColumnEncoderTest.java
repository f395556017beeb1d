package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.TableShape.Column;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnEncoderTest {

    private static String encoded(String type, int scale, Object value) {
        return encoded(type, "", scale, value);
    }

    private static String encoded(String type, String charset, int scale, Object value) {
        Column column = new Column("c", type, type, charset, scale, true, false, false);
        return new String(ColumnEncoder.of(column).orElseThrow().encode(value), StandardCharsets.UTF_8);
    }

    @Test
    void numbers_are_written_in_digits() {
        assertThat(encoded("tinyint", 0, (short) -128)).isEqualTo("-128");
        assertThat(encoded("int", 0, 4_294_967_295L)).isEqualTo("4294967295");
        assertThat(encoded("bigint", 0, new BigDecimal("18446744073709551615"))).isEqualTo("18446744073709551615");
        assertThat(encoded("decimal", 10, new BigDecimal("1E-10"))).isEqualTo("0.0000000001");
        assertThat(encoded("decimal", 0, new BigDecimal("1E3"))).isEqualTo("1000");
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.1",
        "0, 0",
        "-0.0, -0",
        "100, 100",
        "1e14, 100000000000000",
        "1e15, 1e15",
        "1234567890123456.8, 1234567890123456.8",
        "1.2345678901234568e16, 1.2345678901234568e16",
        "1e22, 1e22",
        "1e-15, 0.000000000000001",
        "1e-16, 1e-16",
        "2.0e-3, 0.002",
        "5.3169119831396635e36, 5.316911983139664e36",
        "4.9e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e308",
        "-1.5e-20, -1.5e-20"
    })
    void a_double_is_written_with_the_fewest_digits(double value, String text) {
        assertThat(encoded("double", -1, value)).isEqualTo(text);
    }

    @Test
    void any_double_reads_back_as_itself() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertThat(Double.parseDouble(DoubleText.shortest(value)))
                        .as("seed %d", seed)
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void a_number_with_fixed_digits_is_written_as_what_it_holds() {
        assertThat(encoded("double", 3, 1.5)).isEqualTo("1.5");
        assertThat(encoded("float", 2, 12345.669921875)).isEqualTo("12345.669921875");
    }

    @Test
    void a_float_is_written_as_the_double_it_is() {
        assertThat(encoded("float", -1, 0.1f)).isEqualTo("0.10000000149011612");
        assertThat(encoded("float", -1, -0f)).isEqualTo("-0");
    }

    @Test
    void bits_and_years_are_written_as_numbers() {
        assertThat(encoded("bit", -1, true)).isEqualTo("1");
        assertThat(encoded("bit", -1, new byte[] {1, -128})).isEqualTo("32769");
        assertThat(encoded("bit", -1, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}))
                .isEqualTo("18446744073709551615");
        assertThat(encoded("year", -1, 2155)).isEqualTo("2155");
        assertThat(encoded("year", -1, 1900)).as("which is no YEAR").isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"1, 1970-01-02", "-1, 1969-12-31", "-683368, 0099-01-01", "2932896, 9999-12-31"})
    void a_date_is_written_as_the_server_does(int days, String text) {
        assertThat(encoded("date", -1, days)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1000000, 0, 1970-01-01 00:00:01",
        "1, 6, 1970-01-01 00:00:00.000001",
        "-1, 6, 1969-12-31 23:59:59.999999",
        "-100000, 1, 1969-12-31 23:59:59.9",
        "253402300799999999, 6, 9999-12-31 23:59:59.999999"
    })
    void a_datetime_has_as_many_digits_as_its_column(long micros, int digits, String text) {
        assertThat(encoded("datetime", digits, micros)).isEqualTo(text);
    }

    @Test
    void a_timestamp_is_written_in_utc() {
        assertThat(encoded("timestamp", 0, "2038-01-19T03:14:07Z")).isEqualTo("2038-01-19 03:14:07");
        assertThat(encoded("timestamp", 6, "2020-01-01T02:00:00.5+02:00")).isEqualTo("2020-01-01 00:00:00.500000");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 00:00:00",
        "-1000000, 0, -00:00:01",
        "-3020399000000, 0, -838:59:59",
        "360000000001, 6, 100:00:00.000001",
        "500000, 1, 00:00:00.5"
    })
    void a_time_may_be_negative_and_longer_than_a_day(long micros, int digits, String text) {
        assertThat(encoded("time", digits, micros)).isEqualTo(text);
    }

    @Test
    void text_is_written_in_the_columns_character_set() {
        assertThat(encoded("varchar", "utf8mb3", -1, "ä\0")).isEqualTo("ä\0");
        assertThat(encoded("longtext", "utf8mb4", -1, "🐬")).isEqualTo("🐬");
    }

    @Test
    void bytes_are_not_touched() {
        byte[] bytes = {0, -1, 127, -128, 0};
        Column column = new Column("c", "binary", "binary(5)", "", -1, true, false, false);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        assertThat(ColumnEncoder.of(column).orElseThrow().encode(buffer)).isEqualTo(bytes);
        assertThat(ColumnEncoder.of(column).orElseThrow().encode(buffer))
                .as("read twice")
                .isEqualTo(bytes);
    }

    @Test
    void a_value_the_engine_may_have_put_in_place_of_another_is_not_shown() {
        assertThat(shown("date", "", 0)).isNull();
        assertThat(shown("datetime", "", 0L)).isNull();
        assertThat(shown("timestamp", "", "1970-01-01T00:00:00Z")).isNull();
        assertThat(shown("varchar", "utf8mb4", "a\uFFFD")).isNull();
        assertThat(ColumnEncoder.isNullAmbiguous(column("date", ""))).isTrue();
        assertThat(ColumnEncoder.isNullAmbiguous(column("time", ""))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"enum", "set", "json", "geometry", "point", "vector"})
    void other_types_are_not_shown(String type) {
        assertThat(ColumnEncoder.of(column(type, ""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"latin1", "sjis", "utf16"})
    void other_character_sets_are_not_shown(String set) {
        assertThat(ColumnEncoder.of(column("varchar", set))).isEmpty();
    }

    private static byte[] shown(String type, String charset, Object value) {
        return ColumnEncoder.of(column(type, charset)).orElseThrow().encode(value);
    }

    private static Column column(String type, String charset) {
        return new Column("c", type, type, charset, 0, true, false, false);
    }
}
