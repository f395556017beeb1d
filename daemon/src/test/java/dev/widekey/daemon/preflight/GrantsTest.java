package dev.widekey.daemon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrantsTest {

    private static Grants grants(String... lines) {
        return Grants.parse("'u'@'%'", List.of(lines));
    }

    @Test
    void privilegesCountWhereTheyAreGranted() {
        Grants grants = grants(
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`",
                "GRANT SELECT, INSERT ON `a`.* TO `u`@`%`", "GRANT UPDATE ON `a`.`t` TO `u`@`%` WITH GRANT OPTION");
        assertThat(grants.hasGlobal("REPLICATION SLAVE")).isTrue();
        assertThat(grants.hasGlobal("SELECT")).isFalse();
        assertThat(grants.hasOnSchema("SELECT", "a")).isTrue();
        assertThat(grants.hasOnSchema("SELECT", "b")).isFalse();
        assertThat(grants.hasOnTable("SELECT", "a", "any")).isTrue();
        assertThat(grants.hasOnTable("UPDATE", "a", "t")).isTrue();
        assertThat(grants.hasOnTable("UPDATE", "a", "other")).isFalse();
        assertThat(grants.hasOnSchema("UPDATE", "a")).isFalse();
    }

    @Test
    void allPrivilegesAreEveryPrivilege() {
        assertThat(grants("GRANT ALL PRIVILEGES ON *.* TO `u`@`%`").hasGlobal("XA_RECOVER_ADMIN"))
                .isTrue();
        assertThat(grants("GRANT ALL PRIVILEGES ON `a`.* TO `u`@`%`").hasOnTable("TRIGGER", "a", "t"))
                .isTrue();
        assertThat(grants("GRANT ALL PRIVILEGES ON `a`.* TO `u`@`%`").hasGlobal("SELECT"))
                .isFalse();
    }

    @Test
    void schemaNamesArePatternsAndTableGrantsAreNot() {
        assertThat(grants("GRANT SELECT ON `edx%`.* TO `u`@`%`").hasOnSchema("SELECT", "edxapp_csmh"))
                .isTrue();
        assertThat(grants("GRANT SELECT ON `edxapp_csmh`.* TO `u`@`%`").hasOnSchema("SELECT", "edxappXcsmh"))
                .isTrue();
        assertThat(grants("GRANT SELECT ON `edxapp\\_csmh`.* TO `u`@`%`").hasOnSchema("SELECT", "edxapp_csmh"))
                .isTrue();
        assertThat(grants("GRANT SELECT ON `edxapp\\_csmh`.* TO `u`@`%`").hasOnSchema("SELECT", "edxappXcsmh"))
                .isFalse();
        assertThat(grants("GRANT SELECT ON `edx%`.`t` TO `u`@`%`").hasOnTable("SELECT", "edxapp", "t"))
                .isFalse();
    }

    @Test
    void columnPrivilegesRolesAndProxiesGiveNothing() {
        Grants grants = grants(
                "GRANT USAGE ON *.* TO `u`@`%`",
                "GRANT SELECT (`a`, `b`), INSERT ON `a`.`t` TO `u`@`%`",
                "GRANT `r`@`%` TO `u`@`%`",
                "GRANT PROXY ON ``@`` TO `u`@`%`");
        assertThat(grants.hasOnTable("SELECT", "a", "t")).isFalse();
        assertThat(grants.hasOnTable("INSERT", "a", "t")).isTrue();
    }

    @Test
    void partialRevokeTakesOneSchemaOutOfAGlobalGrant() {
        Grants grants = grants("GRANT SELECT ON *.* TO `u`@`%`", "REVOKE SELECT ON `a`.* FROM `u`@`%`");
        assertThat(grants.hasOnTable("SELECT", "a", "t")).isFalse();
        assertThat(grants.hasOnTable("SELECT", "b", "t")).isTrue();
    }

    @Test
    void namesMayHoldBackticks() {
        assertThat(grants("GRANT SELECT ON `a``b`.`c``d` TO `u`@`%`").hasOnTable("SELECT", "a`b", "c`d"))
                .isTrue();
    }

    @Test
    void namesMayBeQuotedInOtherWays() {
        assertThat(grants("GRANT SELECT ON \"a\"\"b\".\"t\" TO \"u\"@\"%\"").hasOnTable("SELECT", "a\"b", "t"))
                .isTrue();
        assertThat(grants("GRANT SELECT ON a.t TO u@`%`").hasOnTable("SELECT", "a", "t"))
                .isTrue();
        assertThat(grants("GRANT SELECT ON a.* TO u@`%`").hasOnSchema("SELECT", "a"))
                .isTrue();
    }
}
