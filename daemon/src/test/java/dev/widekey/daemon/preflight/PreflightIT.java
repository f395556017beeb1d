package dev.widekey.daemon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.preflight.Problem.Code;
import dev.widekey.sandbox.mysql.MySqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreflightIT extends PairOfServers {

    @Test
    void documentedGrantsAndTablesPass() throws SQLException {
        String before = pair.committed();
        assertThat(pair.problems()).isEmpty();
        assertThat(pair.committed()).isEqualTo(before);
    }

    @Test
    void documentedGrantsAreEnoughForTheWork() throws SQLException {
        try (Connection connection = pair.target().connect(Pair.USER, Pair.PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + Pair.EXTENDED + " AUTO_INCREMENT = 10002");
            statement.execute("CREATE DATABASE IF NOT EXISTS widekey");
            statement.execute("CREATE TABLE widekey.owner (id INT PRIMARY KEY)");
            statement.execute("SELECT id FROM widekey.owner FOR SHARE");
        }
        try (Connection connection = pair.source().connect(Pair.USER, Pair.PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("SHOW REPLICAS");
            statement.execute("SHOW BINARY LOGS");
            statement.execute("CREATE TABLE widekey.marker (id INT PRIMARY KEY, n INT)");
            statement.execute("INSERT INTO widekey.marker VALUES (1, 1) ON DUPLICATE KEY UPDATE n = n + 1");
        }
        assertThat(pair.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            source | REPLICATION SLAVE | *.*
            source | REPLICATION CLIENT | *.*
            source | PROCESS | *.*
            target | PROCESS | *.*
            source | SELECT | `edxapp`.`courseware_studentmodulehistory`
            target | SELECT | `edxapp_csmh`.`coursewarehistoryextended_studentmodulehistoryextended`
            target | INSERT | `edxapp_csmh`.`coursewarehistoryextended_studentmodulehistoryextended`
            target | UPDATE | `edxapp_csmh`.`coursewarehistoryextended_studentmodulehistoryextended`
            target | DELETE | `edxapp_csmh`.`coursewarehistoryextended_studentmodulehistoryextended`
            target | ALTER | `edxapp_csmh`.`coursewarehistoryextended_studentmodulehistoryextended`
            target | TRIGGER | `edxapp_csmh`.`coursewarehistoryextended_studentmodulehistoryextended`
            target | SELECT | `widekey`.*
            target | INSERT | `widekey`.*
            target | UPDATE | `widekey`.*
            target | DELETE | `widekey`.*
            target | CREATE | `widekey`.*
            """)
    void missingPrivilegeIsNamedWithTheGrantThatMendsIt(String role, String privilege, String object)
            throws SQLException {
        var server = role.equals("source") ? pair.source() : pair.target();
        server.execute("REVOKE " + privilege + " ON " + object + " FROM 'widekey'@'%'");
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(Code.MISSING_PRIVILEGE);
        assertThat(problem.what()).isEqualTo("'widekey'@'%' lacks " + privilege + " on " + object.replace("`", ""));
        assertThat(problem.where()).isEqualTo(role + " " + server.host() + ":" + server.port());
        assertThat(problem.fix()).startsWith("GRANT " + privilege + " ON " + object + " TO 'widekey'@'%';");
        server.execute(problem.fix().substring(0, problem.fix().indexOf(';')));
        assertThat(pair.problems()).isEmpty();
    }

    @Test
    void privilegesMayComeFromRolesPatternsAndAll() throws SQLException {
        source(
                "REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'widekey'@'%'",
                "CREATE ROLE mover",
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT, PROCESS ON *.* TO mover",
                "GRANT SELECT ON `edx%`.* TO mover",
                "GRANT mover TO 'widekey'@'%'",
                "SET DEFAULT ROLE mover TO 'widekey'@'%'");
        target("REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'widekey'@'%'", "GRANT ALL ON *.* TO 'widekey'@'%'");
        try {
            assertThat(pair.problems()).isEmpty();
            source("SET DEFAULT ROLE NONE TO 'widekey'@'%'");
            assertThat(pair.problems())
                    .extracting(Problem::code)
                    .containsOnly(Code.MISSING_PRIVILEGE)
                    .hasSize(4);
        } finally {
            source("DROP ROLE mover");
        }
    }

    @Test
    void aDaemonThatFollowsNoSignalNeedsNoPrivilegeForThem() throws SQLException {
        source("REVOKE PROCESS ON *.* FROM 'widekey'@'%'");
        target("REVOKE PROCESS ON *.* FROM 'widekey'@'%'");
        assertThat(new Preflight("csmh", pair.sourceSide(), pair.targetSide(), "widekey", false, false, Moving.ROLLING)
                        .run())
                .isEmpty();
        assertThat(new Preflight("csmh", pair.sourceSide(), pair.targetSide(), "widekey", true, false, Moving.ROLLING)
                        .run())
                .extracting(Problem::fix)
                .containsOnly("GRANT PROCESS ON *.* TO 'widekey'@'%'; or throttle.mode: off in the configuration")
                .hasSize(2);
    }

    @Test
    void aFenceNeedsLocksAndTriggersAndTheWayBackColumnsThatHoldWhatComes() throws SQLException {
        // Seconds on the source, microseconds on the target.
        assertThat(fenced(Moving.WITH_WAY_BACK).run()).extracting(Problem::code).containsExactly(Code.WAY_BACK_INEXACT);
        assertThat(fenced(Moving.FENCED).run()).isEmpty();
        source("ALTER TABLE " + Pair.HISTORY + " MODIFY created datetime(6) NOT NULL");
        assertThat(fenced(Moving.WITH_WAY_BACK).run()).isEmpty();
        source("REVOKE LOCK TABLES ON edxapp.* FROM 'widekey'@'%'", "SET GLOBAL log_bin_trust_function_creators = OFF");
        source("CREATE TRIGGER edxapp.stamp BEFORE INSERT ON " + Pair.HISTORY + " FOR EACH ROW SET NEW.version = 'v'");
        try {
            assertThat(fenced(Moving.WITH_WAY_BACK).run())
                    .extracting(Problem::code)
                    .containsExactlyInAnyOrder(Code.TRIGGERS_FORBIDDEN, Code.MISSING_PRIVILEGE, Code.SOURCE_TRIGGER);
        } finally {
            source("SET GLOBAL log_bin_trust_function_creators = ON");
        }
    }

    private Preflight fenced(Moving moving) {
        return new Preflight("csmh", pair.sourceSide(), pair.targetSide(), "widekey", true, false, moving);
    }

    @Test
    void unreachableServerAndWrongPasswordAreBothReported() {
        Side nowhere = new Side(
                "source",
                "127.0.0.1:1",
                () -> DriverManager.getConnection("jdbc:mysql://127.0.0.1:1/?connectTimeout=2000", "u", "p"),
                "edxapp",
                "courseware_studentmodulehistory");
        Side locked = new Side(
                "target", "t:1", () -> pair.target().connect(Pair.USER, "wrong-password"), "edxapp_csmh", "extended");
        List<Problem> problems = new Preflight("csmh", nowhere, locked, "widekey").run();
        assertThat(problems).extracting(Problem::code).containsExactly(Code.UNREACHABLE, Code.ACCESS_DENIED);
        assertThat(problems.get(0).fix()).contains("host, port and tls of source");
        assertThat(problems.get(1).what()).contains("Access denied for user 'widekey'");
        assertThat(problems.get(1).fix()).contains("deploy/grants/target.sql");
        assertThat(problems.toString()).doesNotContain("wrong-password");
    }

    @Test
    void accountThatTlsIsRequiredForIsRefusedWithoutIt() {
        Side inTheClear = pinned(pair.sourceSide(), Map.of("sslMode", "DISABLED"));
        assertThat(new Preflight("csmh", inTheClear, pair.targetSide(), "widekey").run())
                .extracting(Problem::code)
                .containsExactly(Code.ACCESS_DENIED);
    }

    @Test
    void otherServerIsStillCheckedWhenOneIsUnreachable() throws SQLException {
        target("CREATE TRIGGER edxapp_csmh.watch BEFORE INSERT ON " + Pair.EXTENDED + " FOR EACH ROW SET @a = 1");
        Side nowhere = new Side(
                "source",
                "s:1",
                () -> {
                    throw new SQLException("Communications link failure");
                },
                "edxapp",
                "courseware_studentmodulehistory");
        assertThat(new Preflight("csmh", nowhere, pair.targetSide(), "widekey").run())
                .extracting(Problem::code)
                .containsExactly(Code.UNREACHABLE, Code.TARGET_TRIGGER);
    }

    @ParameterizedTest
    @CsvSource({
        "binlog_format, STATEMENT, ROW, BINLOG_FORMAT",
        "binlog_row_image, MINIMAL, FULL, BINLOG_ROW_IMAGE",
        "binlog_row_value_options, PARTIAL_JSON, '', BINLOG_PARTIAL_JSON",
        "gtid_mode, ON_PERMISSIVE, ON, GTID_MODE"
    })
    void sourceSettingIsRefusedByName(String variable, String bad, String good, Code code) throws SQLException {
        source("SET GLOBAL " + variable + " = '" + bad + "'");
        try {
            Problem problem = onlyProblem();
            assertThat(problem.code()).isEqualTo(code);
            assertThat(problem.what()).contains(variable, bad);
            assertThat(problem.fix()).contains(variable);
        } finally {
            source("SET GLOBAL " + variable + " = '" + good + "'");
        }
    }

    @Test
    void targetThatIsNotStrictIsRefused() throws SQLException {
        target("SET GLOBAL sql_mode = 'NO_ENGINE_SUBSTITUTION'");
        try {
            Problem problem = onlyProblem();
            assertThat(problem.code()).isEqualTo(Code.SQL_MODE_NOT_STRICT);
            target(problem.fix().substring(0, problem.fix().indexOf(';')).replace("PERSIST", "GLOBAL"));
            assertThat(pair.problems()).isEmpty();
        } finally {
            target("SET GLOBAL sql_mode = DEFAULT");
        }
    }

    /** Pinned sessions get names as raw bytes and have another SQL mode. */
    @Test
    void answersDoNotDependOnTheSession() throws SQLException {
        Map<String, String> pinned = Map.of(
                "sessionVariables",
                "character_set_results=NULL,sql_mode='STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ANSI_QUOTES,NO_ZERO_DATE',sql_quote_show_create=0",
                "useAffectedRows",
                "true");
        source(
                "SET SESSION sql_mode = ''",
                "INSERT INTO " + Pair.HISTORY + " (id, student_module_id, created) VALUES (-5, 1, '2015-00-31')",
                "ALTER TABLE " + Pair.HISTORY + " ADD document JSON NULL, ADD label ENUM('a') NULL",
                "UPDATE " + Pair.HISTORY + " SET document = JSON_ARRAY(1.10), label = 'b' WHERE id = -5");
        target("ALTER TABLE " + Pair.EXTENDED + " ADD document JSON NULL, ADD label ENUM('a') NULL");
        Side from = pinned(pair.sourceSide(), pinned);
        Side to = pinned(pair.targetSide(), pinned);
        assertThat(new Preflight("csmh", from, to, "widekey").run())
                .isEqualTo(pair.problems())
                .extracting(Problem::code)
                .containsExactly(Code.NEGATIVE_VALUES, Code.JSON_NOT_TEXT, Code.INVALID_LABEL);
    }

    private static Side pinned(Side side, Map<String, String> properties) {
        var server = side.role().equals("source") ? pair.source() : pair.target();
        return new Side(
                side.role(),
                side.address(),
                () -> server.connect(Pair.USER, Pair.PASSWORD, properties),
                side.schema(),
                side.table());
    }

    @Test
    void sameTableOnOneServerIsRefused() throws SQLException {
        target(Pair.statements("source")[0]);
        target("CREATE DATABASE edxapp", "CREATE TABLE " + Pair.HISTORY + " (id INT PRIMARY KEY)");
        target("GRANT ALL ON *.* TO 'widekey'@'%'");
        Side same = Pair.side("source", pair.target(), Pair.HISTORY);
        Side again = Pair.side("target", pair.target(), Pair.HISTORY);
        assertThat(new Preflight("csmh", same, again, "widekey").run())
                .extracting(Problem::code)
                .containsExactly(Code.SAME_TABLE);
    }

    @Test
    void twoSchemasOfOneServerPass() throws SQLException {
        Pair one = new Pair(pair.source(), pair.source());
        one.create();
        assertThat(one.problems()).isEmpty();
    }

    @Test
    void preparedXaTransactionIsFoundOrUnknown() throws SQLException {
        source(
                "XA START 'left'",
                "INSERT INTO edxapp.courseware_studentmodule VALUES (9)",
                "XA END 'left'",
                "XA PREPARE 'left'");
        try {
            Problem unknown = onlyProblem();
            assertThat(unknown.code()).isEqualTo(Code.XA_UNKNOWN);
            source(unknown.fix());
            Problem prepared = onlyProblem();
            assertThat(prepared.code()).isEqualTo(Code.XA_PREPARED);
            assertThat(prepared.what()).isEqualTo("1 prepared XA transaction on the source");
        } finally {
            source("XA ROLLBACK 'left'", "GRANT XA_RECOVER_ADMIN ON *.* TO 'widekey'@'%'");
        }
        assertThat(pair.problems()).isEmpty();
        // The counter of prepared transactions only starts again with the server.
        ((MySqlServer) pair.source()).restart();
    }

    @Test
    void everyProblemComesAtOnce() throws SQLException {
        source(
                "SET GLOBAL binlog_row_image = 'NOBLOB'",
                "REVOKE REPLICATION SLAVE ON *.* FROM 'widekey'@'%'",
                "INSERT INTO " + Pair.HISTORY + " (id, student_module_id, created) VALUES (-5, 1, NOW())");
        target(
                "SET GLOBAL sql_mode = ''",
                "REVOKE DELETE ON widekey.* FROM 'widekey'@'%'",
                "ALTER TABLE " + Pair.EXTENDED + " MODIFY state TEXT",
                "INSERT INTO " + Pair.EXTENDED + " (id, student_module_id, created) VALUES (1, 1, NOW())",
                "CREATE TRIGGER edxapp_csmh.watch BEFORE INSERT ON " + Pair.EXTENDED + " FOR EACH ROW SET @a = 1");
        try {
            String before = pair.committed();
            assertThat(pair.problems())
                    .extracting(Problem::code)
                    .containsExactly(
                            Code.BINLOG_ROW_IMAGE,
                            Code.MISSING_PRIVILEGE,
                            Code.SQL_MODE_NOT_STRICT,
                            Code.MISSING_PRIVILEGE,
                            Code.TARGET_TRIGGER,
                            Code.TARGET_NOT_EMPTY,
                            Code.TARGET_COLUMN_NARROWER,
                            Code.NEGATIVE_VALUES);
            assertThat(pair.committed()).isEqualTo(before);
        } finally {
            source("SET GLOBAL binlog_row_image = 'FULL'");
            target("SET GLOBAL sql_mode = DEFAULT");
        }
    }
}
