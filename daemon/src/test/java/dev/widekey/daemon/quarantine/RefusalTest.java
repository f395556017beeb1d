package dev.widekey.daemon.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.StateSchema;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTest {
    private final Quarantine quarantine = new Quarantine(null, new StateSchema("w"), "m");

    private static SQLException said(int code, String state, String message) {
        return new SQLException(message, state, code);
    }

    @ParameterizedTest
    @CsvSource({
        "1406, 22001, TOO_LONG",
        "1264, 22003, OUT_OF_RANGE",
        "1366, HY000, NOT_CONVERTIBLE",
        "1292, 22007, NOT_CONVERTIBLE",
        "3140, 22032, NOT_CONVERTIBLE",
        "1048, 23000, NULL_NOT_ALLOWED",
        "1153, 08S01, TOO_LARGE",
        "3819, HY000, CONSTRAINT",
        "1644, 45000, CONSTRAINT",
        "3999, 22018, OTHER",
        "1644, 45123, CONSTRAINT"
    })
    void theNumberSaysWhatKindItIs(int code, String state, Refusal.Kind kind) {
        assertThat(Refusal.of(7, said(code, state, "no")))
                .hasValueSatisfying(refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    }

    /** A syntax error, another table's duplicate, a storage engine's failure and a driver's own complaint are nothing about this row. */
    @ParameterizedTest
    @CsvSource({"1064, 42000", "1062, 23000", "1030, HY000", "0, S1009", "1290, HY000"})
    void whatIsNotAboutTheRowIsNoRefusalAndHalts(int code, String state) {
        SQLException failure = said(code, state, "no");
        assertThat(Refusal.of(7, failure)).isEmpty();
        assertThatThrownBy(() -> new Refusals(quarantine).refused(7, failure))
                .isInstanceOfSatisfying(
                        HaltException.class,
                        halt -> assertThat(halt.reason()).isEqualTo(HaltException.Reason.ROW_REJECTED))
                .hasMessageContaining("key 7");
        assertThat(quarantine.isUntouched()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Incorrect string value: '\\xF0secret \\x98' for column 'v' at row 1",
                "Incorrect datetime value: 'secret' for column 'v' at row 33",
                "Data truncation: Invalid JSON text: \"Invalid value.\" at position 0 in value for column 't.v' at row 2"
            })
    void theReasonHoldsNothingOfTheRow(String message) {
        String reason =
                Refusal.of(7, said(1366, "HY000", message)).orElseThrow().reason();
        assertThat(reason).doesNotContain("secret").doesNotContain("at row").contains("column");
    }

    @Test
    void theFingerprintIsThatOfKeyAndReasonWhateverTheNumbersInIt() {
        Refusal one =
                Refusal.of(7, said(3819, "HY000", "Check 'a' fails after 12 s")).orElseThrow();
        Refusal again = Refusal.of(7, said(3819, "HY000", "Check 'a' fails after 340 s"))
                .orElseThrow();
        Refusal another =
                Refusal.of(7, said(3819, "HY000", "Check 'b' fails after 12 s")).orElseThrow();
        Refusal elsewhere =
                Refusal.of(8, said(3819, "HY000", "Check 'a' fails after 12 s")).orElseThrow();
        assertThat(again.fingerprint()).isEqualTo(one.fingerprint()).matches("[0-9a-f]{16}");
        assertThat(another.fingerprint()).isNotEqualTo(one.fingerprint());
        assertThat(elsewhere.fingerprint()).isNotEqualTo(one.fingerprint());
    }

    @Test
    void soManyRowsAreNoExceptionsAndHalt() {
        Refusals refusals = new Refusals(quarantine);
        SQLException no = said(1406, "22001", "Data too long for column 'v'");
        for (long key = 1; key <= Quarantine.MOST; key++) {
            refusals.refused(key, no);
            // The same row refused twice is one row.
            refusals.refused(key, no);
        }
        assertThatThrownBy(() -> refusals.refused(-1, no))
                .isInstanceOfSatisfying(
                        HaltException.class,
                        halt -> assertThat(halt.reason()).isEqualTo(HaltException.Reason.ROW_REJECTED))
                .hasMessageContaining("more than 10000 rows")
                .hasMessageContaining("-1 TOO_LONG");
    }
}
