package dev.widekey.sandbox.csmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlScriptTest {

    @Test
    void statementsEndWithASemicolonAtTheEndOfALine() {
        assertThat(SqlScript.parse("-- words; here\nCREATE USER a\n  IDENTIFIED BY 'x;y';\n\nSELECT 1;\n")
                        .statements())
                .containsExactly("CREATE USER a\n  IDENTIFIED BY 'x;y'", "SELECT 1");
    }

    @Test
    void unfinishedStatementIsRefused() {
        assertThatThrownBy(() -> SqlScript.parse("SELECT 1")).hasMessageContaining("SELECT 1");
    }
}
