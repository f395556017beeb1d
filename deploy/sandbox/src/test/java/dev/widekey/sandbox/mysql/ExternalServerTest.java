package dev.widekey.sandbox.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalServerTest {

    @Test
    void urlNamesHostPortAndAccount() {
        assertThat(ExternalServer.parse("mysql://root:s%40cret+1@db.example:3307"))
                .isEqualTo(new ExternalServer("db.example", 3307, "root", "s@cret+1"));
    }

    @Test
    void portDefaultsToTheUsualOne() {
        assertThat(ExternalServer.parse("mysql://root:x@db.example").port()).isEqualTo(3306);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mysql://db.example", "mysql://root@db", "jdbc:mysql://root:geheim@db", "mysql://root:geh eim@db"
            })
    void otherShapesAreRefusedWithoutRepeatingThePassword(String url) {
        assertThatThrownBy(() -> ExternalServer.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("geh")
                .hasNoCause();
    }

    @Test
    void textFormHidesThePassword() {
        assertThat(ExternalServer.parse("mysql://root:geheim@db")).asString().doesNotContain("geheim");
    }

    @Test
    void cacheFolderFollowsTheEnvironment() {
        assertThat(Distribution.cache(Map.of(), "/home/a")).hasToString("/home/a/.cache/widekey");
        assertThat(Distribution.cache(Map.of("XDG_CACHE_HOME", "/c"), "/home/a"))
                .hasToString("/c/widekey");
        assertThat(Distribution.cache(Map.of("XDG_CACHE_HOME", "/c", "WIDEKEY_CACHE", "/w"), "/home/a"))
                .hasToString("/w");
    }
}
