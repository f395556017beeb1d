package dev.widekey.daemon.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.table.SecondaryIndex.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecondaryIndexTest {
    /** As a server printed it. */
    private static final String TABLE = """
            CREATE TABLE `p(,` (
              `id` bigint unsigned NOT NULL AUTO_INCREMENT,
              `KEY ``x`` (` int DEFAULT NULL,
              `s` varchar(100) DEFAULT 'KEY `no` (`a`)',
              `vg` int GENERATED ALWAYS AS ((`a` + length(_utf8mb4',)('))) VIRTUAL,
              `e` enum('a,b','c)''d') DEFAULT NULL COMMENT 'KEY `x` (`y`), it''s\\n\\\\ "q" \\'',
              PRIMARY KEY (`id`),
              UNIQUE KEY `u` (`s`),
              KEY `plain` (`s`,`e`),
              KEY `parts` (`s` DESC,`c`(10)) USING BTREE,
              KEY `said` (`c`(20)) COMMENT 'it''s `a`, (é) \\\\ \\n KEY `z` (`z`)',
              KEY `odd``name,(` (`odd``col,(`) /*!80000 INVISIBLE */,
              SPATIAL KEY `sp` (`g`),
              KEY `ex` ((lower(`s`))),
              KEY `ex2` (`s`,(`a` + 1)),
              KEY `many` ((cast(json_extract(`j`,_utf8mb4'$.z') as unsigned array))),
              KEY `ß É` (`s`),
              FULLTEXT KEY `ft` (`c`) /*!50100 WITH PARSER `ngram` */ ,
              CONSTRAINT `c` CHECK ((`a` > 0))
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='KEY `no` (`a`)'
            /*!50100 PARTITION BY RANGE (`id`)
            (PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB) */""";

    @Test
    void everySecondaryIndexIsFoundWithItsWholeTextAndNothingElse() {
        assertThat(SecondaryIndex.parse(TABLE))
                .extracting(SecondaryIndex::definition)
                .containsExactly(
                        "KEY `plain` (`s`,`e`)",
                        "KEY `parts` (`s` DESC,`c`(10)) USING BTREE",
                        "KEY `said` (`c`(20)) COMMENT 'it''s `a`, (é) \\\\ \\n KEY `z` (`z`)'",
                        "KEY `odd``name,(` (`odd``col,(`) /*!80000 INVISIBLE */",
                        "SPATIAL KEY `sp` (`g`)",
                        "KEY `ex` ((lower(`s`)))",
                        "KEY `ex2` (`s`,(`a` + 1))",
                        "KEY `many` ((cast(json_extract(`j`,_utf8mb4'$.z') as unsigned array)))",
                        "KEY `ß É` (`s`)",
                        "FULLTEXT KEY `ft` (`c`) /*!50100 WITH PARSER `ngram` */");
    }

    @Test
    void namesAndFirstColumnsAreWithoutQuotes() {
        List<SecondaryIndex> found = SecondaryIndex.parse(TABLE);
        assertThat(found)
                .extracting(SecondaryIndex::name)
                .containsExactly("plain", "parts", "said", "odd`name,(", "sp", "ex", "ex2", "many", "ß É", "ft");
        assertThat(found.get(3).firstColumn()).hasValue("odd`col,(");
        assertThat(found.get(3).quotedName()).isEqualTo("`odd``name,(`");
        assertThat(found.get(5).firstColumn()).isEmpty();
    }

    @Test
    void theKindSaysWhatCannotBeBuiltBesideWrites() {
        assertThat(SecondaryIndex.parse(TABLE))
                .extracting(SecondaryIndex::kind)
                .containsExactly(
                        Kind.ORDINARY,
                        Kind.ORDINARY,
                        Kind.ORDINARY,
                        Kind.ORDINARY,
                        Kind.SPATIAL,
                        Kind.EXPRESSION,
                        Kind.EXPRESSION,
                        Kind.EXPRESSION,
                        Kind.ORDINARY,
                        Kind.FULLTEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIMARY KEY (`id`)", "UNIQUE KEY `u` (`s`)", "`KEY ``x` int", "CONSTRAINT `c` CHECK (1)"})
    void whatIsNoSecondaryIndexIsNone(String element) {
        assertThat(SecondaryIndex.of(element)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE `t`",
                "CREATE TABLE `t` (`a` int",
                "CREATE TABLE `t",
                "CREATE TABLE `t` (`a` int COMMENT '\\')"
            })
    void textThatDoesNotCloseIsNotGuessedAt(String text) {
        assertThatThrownBy(() -> SecondaryIndex.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
