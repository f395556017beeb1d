package dev.widekey.daemon.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverflowTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bigint | int | `c` > 2147483647 OR `c` < -2147483648
            bigint unsigned | int unsigned | `c` > 4294967295
            bigint | int unsigned | `c` > 4294967295
            int null | int | `c` IS NULL
            varchar(9) null | varchar(3) | `c` IS NULL OR CHAR_LENGTH(`c`) > 3
            longtext | text | LENGTH(CONVERT(`c` USING utf8mb4)) > 65535
            longblob | blob | LENGTH(`c`) > 65535
            decimal(9,3) | decimal(6,2) | `c` <> TRUNCATE(`c`, 2) OR ABS(`c`) >= 10000
            datetime(6) | datetime(3) | MICROSECOND(`c`) % 1000 <> 0
            """)
    void aValueThatIsTooWideIsAskedFor(String from, String to, String condition) {
        assertThat(Overflow.of(Tables.table("id int", "c " + from), Tables.table("id bigint", "c " + to)))
                .singleElement()
                .satisfies(question -> {
                    assertThat(question.kind()).isEqualTo(Question.Kind.NOT_FITTING);
                    assertThat(question.column()).isEqualTo("c");
                    assertThat(question.condition()).isEqualTo(condition);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "int, bigint",
        "varchar(3), varchar(3) null",
        "int, varchar(9)",
        "datetime, datetime(6)",
        "text, longtext"
    })
    void nothingIsAskedWhereEveryValueFitsOrNoneDoes(String from, String to) {
        assertThat(Overflow.of(Tables.table("id int", "c " + from), Tables.table("id bigint", "c " + to)))
                .isEmpty();
    }
}
