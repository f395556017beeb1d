package dev.widekey.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version IS NOT NULL AND version NOT REGEXP '^[0-9]+$'",
                "NOT EXISTS (SELECT 1 FROM courseware_studentmodule m WHERE m.id = student_module_id)",
                "id IN (17, 4711)",
                "v = ';' OR v = '--' OR v = \"/* # */\" OR v = '?' OR v = ')'",
                "v = 'it''s)' OR v = 'a\\'b)' OR `a(b``;` = 1",
                "v LIKE '%into%' AND `into` = 1",
                "a - -1 > 0 AND 4 / 2 * 2 = 4",
                "SUBSTRING(v FROM 2 FOR 3) = 'x' AND share = 1 AND `update` = 2",
            })
    void aConditionThatStaysBetweenItsParenthesesIsTaken(String sql) {
        assertThat(Condition.flaw(sql)).isEmpty();
        assertThat(new Condition(sql)).hasToString(sql);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ~ ~ | is empty
            TRUE; DROP TABLE t | has a semicolon
            TRUE) FROM t WHERE (1 | closes a parenthesis that it did not open
            (TRUE | leaves a parenthesis open
            TRUE -- and the rest | has a comment
            TRUE #and the rest | has a comment
            TRUE /* and */ | has a comment
            v = 'a | has a ' without its end
            v = 'a\\' | has a ' without its end
            v = "a' | has a " without its end
            `v = 1 | has a ` without its end
            id = ? | has a question mark outside a text
            id IN (SELECT id FROM t FOR UPDATE) | locks rows
            id IN (SELECT id FROM t for   share) | locks rows
            id IN (SELECT id FROM t LOCK IN SHARE MODE) | locks rows
            get_lock('mine', 1) = 1 | takes a lock
            EXISTS (SELECT 1 INTO OUTFILE 'x' FROM t) | writes its result somewhere
            """)
    void whatIsMoreThanAConditionIsNamed(String sql, String flaw) {
        assertThat(Condition.flaw(sql)).contains(flaw);
        assertThatThrownBy(() -> new Condition(sql)).hasMessage("a condition that " + flaw);
    }

    @Test
    void aDoubledQuoteDoesNotEndAText() {
        assertThat(Condition.flaw("v = 'a'';'")).isEmpty();
        assertThat(Condition.flaw("v = 'a'';''")).contains("has a ' without its end");
    }
}
