package dev.widekey.daemon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.preflight.Problem.Code;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.Question;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables and rows that cannot be moved. */
class PreflightTablesIT extends PairOfServers {

    @ParameterizedTest
    @CsvSource({"ON DELETE CASCADE", "ON DELETE SET NULL", "ON UPDATE CASCADE"})
    void foreignKeyThatWritesRowsIsRefused(String rule) throws SQLException {
        source(
                "ALTER TABLE " + Pair.HISTORY + " MODIFY student_module_id INT NULL",
                "ALTER TABLE " + Pair.HISTORY + " DROP FOREIGN KEY module",
                "ALTER TABLE " + Pair.HISTORY + " ADD CONSTRAINT writes FOREIGN KEY (student_module_id)"
                        + " REFERENCES edxapp.courseware_studentmodule (id) " + rule);
        target("ALTER TABLE " + Pair.EXTENDED + " MODIFY student_module_id BIGINT UNSIGNED NULL");
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(Code.CASCADING_FOREIGN_KEY);
        assertThat(problem.what()).contains("writes", rule, "edxapp.courseware_studentmodule");
        assertThat(problem.fix()).contains("DROP FOREIGN KEY `writes`");
    }

    @Test
    void missingSchemasAreNamed() throws SQLException {
        Side source = Pair.side("source", pair.source(), "edxapp.courseware_studentmodulehistory");
        target("DROP DATABASE edxapp_csmh");
        List<Problem> problems = new Preflight("csmh", source, pair.targetSide(), "widekey").run();
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(Code.SCHEMA_MISSING);
            assertThat(problem.what()).isEqualTo("there is no schema edxapp_csmh");
            assertThat(problem.fix()).contains("target.schema");
        });
    }

    @Test
    void missingTablesAreNamedOnBothSides() throws SQLException {
        source("DROP TABLE " + Pair.HISTORY);
        source("GRANT SELECT ON edxapp.* TO 'widekey'@'%'");
        target("DROP TABLE " + Pair.EXTENDED);
        target("GRANT ALL ON edxapp_csmh.* TO 'widekey'@'%'");
        List<Problem> problems = pair.problems();
        assertThat(problems).extracting(Problem::code).containsExactly(Code.TABLE_MISSING, Code.TABLE_MISSING);
        assertThat(problems.get(0).what())
                .isEqualTo("there is no table courseware_studentmodulehistory in schema edxapp");
        assertThat(problems.get(1).fix()).contains("target.table");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MODIFY id INT NOT NULL, DROP PRIMARY KEY | SOURCE_KEY_MISSING
            MODIFY id INT NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (id, created) | SOURCE_KEY_COMPOSITE
            MODIFY id VARCHAR(9) NOT NULL | SOURCE_KEY_NOT_INTEGER
            MODIFY id CHAR(9) CHARACTER SET ascii NOT NULL | SOURCE_KEY_NOT_INTEGER
            MODIFY id INT NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (student_module_id, id) | SOURCE_KEY_COMPOSITE
            ADD COLUMN extra INT | TARGET_COLUMN_MISSING
            MODIFY version FLOAT | TARGET_COLUMN_OTHER_TYPE
            MODIFY version VARCHAR(256) | TARGET_COLUMN_NARROWER
            MODIFY created DATE NOT NULL | TARGET_COLUMN_OTHER_TYPE
            MODIFY version VARCHAR(255) CHARACTER SET utf8mb4 | TARGET_COLUMN_OTHER_CHARSET
            MODIFY version VARCHAR(255) CHARACTER SET sjis | TARGET_COLUMN_OTHER_CHARSET
            MODIFY created DATETIME NULL | TARGET_COLUMN_NOT_NULL
            """)
    void sourceTableThatCannotBeMovedIsRefused(String change, Code code) throws SQLException {
        source("ALTER TABLE " + Pair.HISTORY + " " + change);
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.fix()).isNotBlank();
    }

    @Test
    void sourceWithoutTransactionsIsRefused() throws SQLException {
        source("ALTER TABLE " + Pair.HISTORY + " DROP FOREIGN KEY module");
        source("ALTER TABLE " + Pair.HISTORY + " ENGINE=MyISAM");
        assertThat(onlyProblem().code()).isEqualTo(Code.NOT_INNODB);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MODIFY student_module_id SMALLINT NOT NULL | TARGET_COLUMN_NARROWER
            MODIFY state TEXT | TARGET_COLUMN_NARROWER
            MODIFY grade DECIMAL(10,5) | TARGET_COLUMN_OTHER_TYPE
            ADD COLUMN extra INT NOT NULL | TARGET_COLUMN_WITHOUT_DEFAULT
            ADD UNIQUE KEY once (student_module_id, created) | TARGET_UNIQUE_KEY
            MODIFY id BIGINT UNSIGNED NOT NULL | TARGET_KEY_NOT_AUTO_INCREMENT
            MODIFY id BIGINT UNSIGNED NOT NULL, DROP PRIMARY KEY | TARGET_KEY_DIFFERENT
            ENGINE=MyISAM | NOT_INNODB
            """)
    void targetTableThatCannotTakeTheRowsIsRefused(String change, Code code) throws SQLException {
        target("ALTER TABLE " + Pair.EXTENDED + " " + change);
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.where()).contains("edxapp_csmh");
        assertThat(problem.fix()).isNotBlank();
    }

    @Test
    void negativeKeysAreCountedWithSamples() throws SQLException {
        source("INSERT INTO " + Pair.HISTORY
                + " (id, student_module_id, created) VALUES (-5, 1, NOW()), (-9, 1, NOW()),"
                + " (-1, 1, NOW()), (-2, 1, NOW()), (-3, 1, NOW()), (-4, 1, NOW())");
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(Code.NEGATIVE_VALUES);
        assertThat(problem.what())
                .isEqualTo(
                        "6 source rows have (id -9, -5, -4, -3, -2, ...) a negative id, the target column is unsigned");
        assertThat(problem.where()).endsWith("edxapp.courseware_studentmodulehistory.id");
    }

    @Test
    void negativeValuesOfOtherColumnsAreFound() throws SQLException {
        source(
                "INSERT INTO edxapp.courseware_studentmodule VALUES (-7)",
                "INSERT INTO " + Pair.HISTORY + " (id, student_module_id, created) VALUES (77, -7, NOW())");
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(Code.NEGATIVE_VALUES);
        assertThat(problem.what()).startsWith("at least 1 source row has (id 77) a negative student_module_id");
    }

    @Test
    void signedTargetTakesNegativeValues() throws SQLException {
        source("INSERT INTO " + Pair.HISTORY + " (id, student_module_id, created) VALUES (-5, 1, NOW())");
        target("ALTER TABLE " + Pair.EXTENDED + " MODIFY id BIGINT NOT NULL AUTO_INCREMENT");
        assertThat(pair.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0000-00-00 00:00:00", "2016-00-01 00:00:00", "2016-03-00 00:00:00", "0000-03-01 00:00:00"})
    void zeroDatesAreMoved(String date) throws SQLException {
        source(
                "SET SESSION sql_mode = ''",
                "INSERT INTO " + Pair.HISTORY + " (id, student_module_id, created) VALUES (55, 1, '" + date + "')");
        assertThat(pair.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ENUM('a','b') | CONCAT('c')                               | INVALID_LABEL    | the error value in extra
            DATE          | CONCAT('2021-02-31')                      | IMPOSSIBLE_DATES | a day in extra that its month does not have
            DATETIME      | CONCAT('1900-02-29')                      | IMPOSSIBLE_DATES | a day in extra that its month does not have
            TIMESTAMP     | CONCAT('0000-00-00')                      | -                | -
            JSON          | JSON_OBJECT('a', 1.10)            | JSON_NOT_TEXT    | a DECIMAL, a time or bytes inside the JSON
            JSON          | JSON_ARRAY(JSON_ARRAY(CURTIME())) | JSON_NOT_TEXT    | a DECIMAL, a time or bytes inside the JSON
            JSON          | CAST(X'01' AS JSON)               | JSON_NOT_TEXT    | a DECIMAL, a time or bytes inside the JSON
            JSON          | CONCAT('{"a": [1.10, "2020-01-01"]}')     | -                | -
            """)
    void valueItsColumnAllowsAndThatCannotBeMovedIsFound(String type, String value, String code, String what)
            throws SQLException {
        source(
                "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'",
                "ALTER TABLE " + Pair.HISTORY + " ADD extra " + type + " NULL",
                "INSERT INTO " + Pair.HISTORY + " (id, student_module_id, created, extra) VALUES (56, 1, NOW(), "
                        + value + ")");
        target("ALTER TABLE " + Pair.EXTENDED + " ADD extra " + type + " NULL");
        if (code.equals("-")) {
            assertThat(pair.problems()).isEmpty();
            return;
        }
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(Code.valueOf(code));
        assertThat(problem.what()).startsWith("at least 1 source row has (id 56) " + what);
        assertThat(problem.where()).endsWith(".extra");
        assertThat(problem.fix()).isNotBlank();
    }

    @Test
    void keyThatCannotBeFollowedIsFound() throws SQLException {
        source(
                "ALTER TABLE " + Pair.HISTORY + " MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT",
                "INSERT INTO " + Pair.HISTORY
                        + " (id, student_module_id, created) VALUES (9223372036854775806, 1, NOW())");
        assertThat(pair.problems()).isEmpty();
        source("INSERT INTO " + Pair.HISTORY
                + " (id, student_module_id, created) VALUES (9223372036854775808, 1, NOW())");
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(Code.KEY_TOO_LARGE);
        assertThat(problem.what()).startsWith("1 source row has (id 9223372036854775808) a id above");
    }

    @Test
    void targetWithRowsIsRefusedUnlessTheMigrationHasStarted() throws SQLException {
        target("INSERT INTO " + Pair.EXTENDED + " (id, student_module_id, created) VALUES (1, 1, NOW())");
        assertThat(onlyProblem().code()).isEqualTo(Code.TARGET_NOT_EMPTY);
        target(
                "CREATE TABLE widekey.migration (id VARCHAR(32) PRIMARY KEY)",
                "INSERT INTO widekey.migration VALUES ('another')");
        assertThat(onlyProblem().code()).isEqualTo(Code.TARGET_NOT_EMPTY);
        target("INSERT INTO widekey.migration VALUES ('csmh')");
        assertThat(pair.problems()).isEmpty();
    }

    @Test
    void startedMigrationIsNotSearchedAgain() throws SQLException {
        source("INSERT INTO " + Pair.HISTORY + " (id, student_module_id, created) VALUES (-5, 1, NOW())");
        target(
                "CREATE TABLE widekey.migration (id VARCHAR(32) PRIMARY KEY)",
                "INSERT INTO widekey.migration VALUES ('csmh')");
        assertThat(pair.problems()).isEmpty();
    }

    @Test
    void triggersOfTheTargetAreNamed() throws SQLException {
        target("CREATE TRIGGER edxapp_csmh.watch BEFORE INSERT ON " + Pair.EXTENDED + " FOR EACH ROW SET @a = 1");
        Problem problem = onlyProblem();
        assertThat(problem.code()).isEqualTo(Code.TARGET_TRIGGER);
        assertThat(problem.what()).contains("watch");
        target(problem.fix());
        assertThat(pair.problems()).isEmpty();
    }

    /** A search that does not come to an end counts as nothing found; here it waits for a lock nobody gives back. */
    @Test
    @Timeout(60)
    void searchEndsAfterItsLimit() throws SQLException {
        List<Problem> found = new ArrayList<>();
        Compatibility fit = new Compatibility(
                List.of(),
                Optional.of("id"),
                List.of("id", "created"),
                List.of(),
                List.of(new Question(Question.Kind.NEGATIVE_VALUES, "id", "id < 0", "a negative id", "none")));
        try (Connection holder = pair.source().connect();
                Statement statement = holder.createStatement();
                Connection searcher = pair.source().connect()) {
            statement.execute("LOCK TABLES " + Pair.HISTORY + " WRITE");
            new DataChecks(searcher, pair.sourceSide(), Duration.ofMillis(50), found).run(fit, "id");
        }
        assertThat(found).isEmpty();
    }
}
