package dev.widekey.daemon.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.widekey.daemon.table.Mismatch.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {

    private static final String ID = "id int auto";

    private static List<Reason> reasons(TableDefinition source, TableDefinition target) {
        return Compatibility.of(source, target).mismatches().stream()
                .map(Mismatch::reason)
                .toList();
    }

    @Test
    void historyTablesFitInAnyColumnOrder() {
        TableDefinition source = Tables.table(
                "id int auto",
                "student_module_id int",
                "version varchar(255) utf8 null",
                "created datetime",
                "state longtext utf8 null",
                "grade double null",
                "max_grade double null");
        TableDefinition target = Tables.table(
                "version varchar(255) utf8mb3 null",
                "created datetime(6)",
                "state longtext utf8mb3 null",
                "grade double null",
                "max_grade double null",
                "id bigint unsigned auto",
                "student_module_id bigint unsigned");
        Compatibility fit = Compatibility.of(source, target);
        assertThat(fit.mismatches()).isEmpty();
        assertThat(fit.key()).contains("id");
        assertThat(fit.columns())
                .containsExactly("id", "student_module_id", "version", "created", "state", "grade", "max_grade");
        assertThat(fit.questions())
                .extracting(Question::kind, Question::column)
                .containsExactly(
                        tuple(Question.Kind.NEGATIVE_VALUES, "id"),
                        tuple(Question.Kind.NEGATIVE_VALUES, "student_module_id"),
                        tuple(Question.Kind.IMPOSSIBLE_DATES, "created"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tinyint | smallint
            int | int
            int | bigint
            int | bigint unsigned
            int | int unsigned
            int unsigned | bigint
            int unsigned | int unsigned
            double | double
            double(10,2) | double(12,2)
            decimal(10,2) | decimal(10,2)
            decimal(10,2) | decimal(12,4)
            char(5) | char(5)
            char(5) | char(9)
            char(5) | varchar(5)
            varchar(255) | varchar(255)
            varchar(255) utf8mb3 | varchar(255) utf8mb4
            varchar(255) utf8 | varchar(255) utf8mb3
            varchar(255) ascii | varchar(255) utf8mb3
            varchar(255) ascii | varchar(255) utf8mb4
            varchar(255) | text
            varchar(255) ascii | tinytext ascii
            tinytext | varchar(255)
            text | longtext
            text utf8mb3 | text utf8mb4
            binary(8) | binary(8)
            binary(8) | varbinary(8)
            varbinary(8) | varbinary(9)
            varbinary(8) | tinyblob
            blob | longblob
            tinyblob | varbinary(255)
            date | date
            datetime | datetime(6)
            datetime(3) | datetime(3)
            timestamp | timestamp(3)
            time(2) | time(2)
            int null | int null
            int | int null
            float | float
            float | double
            float(7,2) | float(9,2)
            json | json
            bit(3) | bit(9)
            year | year
            point | point
            point | geometry
            varchar(9) latin1 | varchar(9) latin1
            varchar(9) latin1 | varchar(9) utf8mb4
            varchar(9) ascii | varchar(9) latin1
            """)
    void columnFits(String from, String to) {
        Compatibility fit = Compatibility.of(Tables.table(ID, "c " + from), Tables.table(ID, "c " + to));
        assertThat(fit.mismatches()).isEmpty();
        assertThat(fit.columns()).containsExactly("id", "c");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bigint | int | TARGET_COLUMN_NARROWER
            int unsigned | int | TARGET_COLUMN_NARROWER
            bigint unsigned | bigint | TARGET_COLUMN_NARROWER
            int | mediumint unsigned | TARGET_COLUMN_NARROWER
            int | decimal(20,0) | TARGET_COLUMN_OTHER_TYPE
            int | varchar(20) | TARGET_COLUMN_OTHER_TYPE
            double | double(10,2) | TARGET_COLUMN_NARROWER
            double(10,2) | double(10,3) | TARGET_COLUMN_NARROWER
            double(10,2) | double | TARGET_COLUMN_OTHER_TYPE
            double | decimal(30,15) | TARGET_COLUMN_OTHER_TYPE
            decimal(10,2) | decimal(10,3) | TARGET_COLUMN_NARROWER
            decimal(10,2) | decimal(10,1) | TARGET_COLUMN_NARROWER
            decimal(10,2) | decimal(9,2) | TARGET_COLUMN_NARROWER
            varchar(255) | varchar(254) | TARGET_COLUMN_NARROWER
            varchar(255) | char(255) | TARGET_COLUMN_OTHER_TYPE
            varchar(255) utf8mb4 | tinytext utf8mb4 | TARGET_COLUMN_NARROWER
            longtext | mediumtext | TARGET_COLUMN_NARROWER
            text | varchar(255) | TARGET_COLUMN_NARROWER
            varchar(9) utf8mb4 | varchar(9) utf8mb3 | TARGET_COLUMN_OTHER_CHARSET
            varchar(9) utf8mb3 | varchar(9) ascii | TARGET_COLUMN_OTHER_CHARSET
            varchar(9) | varbinary(90) | TARGET_COLUMN_OTHER_TYPE
            varbinary(8) | varbinary(7) | TARGET_COLUMN_NARROWER
            varbinary(8) | binary(8) | TARGET_COLUMN_OTHER_TYPE
            binary(8) | binary(9) | TARGET_COLUMN_OTHER_TYPE
            longblob | blob | TARGET_COLUMN_NARROWER
            blob | text | TARGET_COLUMN_OTHER_TYPE
            datetime(6) | datetime | TARGET_COLUMN_NARROWER
            datetime(6) | datetime(3) | TARGET_COLUMN_NARROWER
            time(2) | time(1) | TARGET_COLUMN_NARROWER
            datetime | timestamp | TARGET_COLUMN_OTHER_TYPE
            timestamp | datetime | TARGET_COLUMN_OTHER_TYPE
            date | datetime | TARGET_COLUMN_OTHER_TYPE
            int null | int | TARGET_COLUMN_NOT_NULL
            vector | vector | SOURCE_TYPE_UNSUPPORTED
            double | float | TARGET_COLUMN_NARROWER
            float(7,2) | float | TARGET_COLUMN_OTHER_TYPE
            bit(9) | bit(8) | TARGET_COLUMN_NARROWER
            bit(8) | year | TARGET_COLUMN_OTHER_TYPE
            enum | set | TARGET_COLUMN_OTHER_TYPE
            geometry | point | TARGET_COLUMN_OTHER_TYPE
            json | longtext | TARGET_COLUMN_OTHER_TYPE
            text latin1 | text utf8mb4 | TARGET_COLUMN_NARROWER
            varchar(9) utf8mb4 | varchar(9) latin1 | TARGET_COLUMN_OTHER_CHARSET
            int | int generated | TARGET_COLUMN_GENERATED
            int generated | int | TARGET_COLUMN_NOT_GENERATED
            """)
    void columnDoesNotFit(String from, String to, Reason reason) {
        Compatibility fit = Compatibility.of(Tables.table(ID, "c " + from), Tables.table(ID, "c " + to));
        assertThat(fit.mismatches()).singleElement().satisfies(mismatch -> {
            assertThat(mismatch.reason()).isEqualTo(reason);
            assertThat(mismatch.where()).isEqualTo("s.t.c");
            assertThat(mismatch.what()).contains("c");
            assertThat(mismatch.fix()).isNotBlank();
        });
    }

    @Test
    void mismatchNamesBothTypes() {
        Compatibility fit = Compatibility.of(Tables.table(ID, "c varchar(255)"), Tables.table(ID, "c varchar(100)"));
        assertThat(fit.mismatches())
                .containsExactly(new Mismatch(
                        Reason.TARGET_COLUMN_NARROWER,
                        "s.t.c",
                        "target column c is varchar(100), too narrow for varchar(255)",
                        "make it varchar(255) or wider"));
    }

    @Test
    void columnsAreMatchedWhateverTheirCase() {
        Compatibility fit = Compatibility.of(Tables.table(ID, "State int"), Tables.table(ID, "sTATE int"));
        assertThat(fit.mismatches()).isEmpty();
        assertThat(fit.columns()).containsExactly("id", "State");
    }

    @Test
    void columnsGeneratedOnBothSidesAreNotMoved() {
        Compatibility fit =
                Compatibility.of(Tables.table(ID, "c json generated"), Tables.table(ID, "c json generated"));
        assertThat(fit.mismatches()).isEmpty();
        assertThat(fit.columns()).containsExactly("id");
    }

    @Test
    void targetMustHaveEveryColumn() {
        assertThat(reasons(Tables.table(ID, "c int"), Tables.table(ID))).containsExactly(Reason.TARGET_COLUMN_MISSING);
        assertThat(reasons(Tables.table(ID, "c int generated"), Tables.table(ID)))
                .containsExactly(Reason.TARGET_COLUMN_MISSING);
    }

    @ParameterizedTest
    @CsvSource({"int default", "int null", "int generated"})
    void extraTargetColumnMayFillItself(String type) {
        assertThat(reasons(Tables.table(ID), Tables.table(ID, "c " + type))).isEmpty();
    }

    @Test
    void extraTargetColumnThatDoesNotFillItselfIsRefused() {
        assertThat(reasons(Tables.table(ID), Tables.table(ID, "c int")))
                .containsExactly(Reason.TARGET_COLUMN_WITHOUT_DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({"varchar(9)", "binary(9)", "decimal(9)"})
    void keyMustBeAnInteger(String type) {
        Compatibility fit = Compatibility.of(Tables.table("id " + type), Tables.table("id " + type + " auto"));
        assertThat(fit.mismatches()).extracting(Mismatch::reason).containsExactly(Reason.SOURCE_KEY_NOT_INTEGER);
        assertThat(fit.key()).isEmpty();
    }

    @Test
    void labelsAreComparedInTheirOrderWhateverTheyHold() {
        assertThat(labels("enum('a','it''s','c,d','')", "enum('a','it''s','c,d','','new')"))
                .isEmpty();
        assertThat(labels("set('a','b')", "set('a','b')")).isEmpty();
        assertThat(labels("enum('a','b')", "enum('b','a')")).containsExactly(Reason.TARGET_COLUMN_OTHER_LABELS);
        assertThat(labels("enum('a','b')", "enum('a')")).containsExactly(Reason.TARGET_COLUMN_OTHER_LABELS);
        assertThat(labels("enum('a')", "enum('A')")).containsExactly(Reason.TARGET_COLUMN_OTHER_LABELS);
        assertThat(labels("enum('a,b')", "enum('a','b')")).containsExactly(Reason.TARGET_COLUMN_OTHER_LABELS);
        assertThat(labels("enum('a?')", "enum('a?')")).containsExactly(Reason.SOURCE_TYPE_UNSUPPORTED);
    }

    private static List<Reason> labels(String from, String to) {
        TableDefinition source = Tables.table(ID);
        return reasons(withLabels(source, from), withLabels(Tables.table(ID), to));
    }

    private static TableDefinition withLabels(TableDefinition table, String type) {
        List<Column> columns = new ArrayList<>(table.columns());
        columns.add(new Column(
                "c",
                type.substring(0, type.indexOf('(')),
                type,
                true,
                Optional.of("utf8mb4"),
                Optional.empty(),
                0,
                0,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                false));
        return new TableDefinition("s", "t", "InnoDB", columns, List.of("id"), Map.of(), List.of(), List.of());
    }

    @Test
    void keyMustBeOneColumn() {
        TableDefinition target = Tables.table(ID, "b int");
        assertThat(reasons(Tables.table(List.of(), ID, "b int"), target)).containsExactly(Reason.SOURCE_KEY_MISSING);
        assertThat(reasons(Tables.table(List.of("id", "b"), ID, "b int"), target))
                .containsExactly(Reason.SOURCE_KEY_COMPOSITE);
    }

    @Test
    void targetMustHaveTheSameKey() {
        TableDefinition source = Tables.table(ID, "b int");
        assertThat(reasons(source, Tables.table(List.of("b"), ID, "b int")))
                .containsExactly(Reason.TARGET_KEY_DIFFERENT);
        assertThat(reasons(source, Tables.table(List.of(), ID, "b int"))).containsExactly(Reason.TARGET_KEY_DIFFERENT);
        assertThat(reasons(source, Tables.table(List.of("id", "b"), ID, "b int")))
                .containsExactly(Reason.TARGET_KEY_DIFFERENT);
        assertThat(reasons(source, Tables.table("id bigint", "b int")))
                .containsExactly(Reason.TARGET_KEY_NOT_AUTO_INCREMENT);
    }

    @Test
    void uniqueAndForeignKeysOfTheTargetAreRefusedByName() {
        TableDefinition plain = Tables.table(ID, "a int", "b int");
        TableDefinition target = new TableDefinition(
                "s",
                "t",
                "InnoDB",
                plain.columns(),
                List.of("id"),
                Map.of("u2", List.of("b"), "u1", List.of("a", "b")),
                List.of(new ForeignKey("f", "s.t", "s.parent", "NO ACTION", "NO ACTION")),
                List.of());
        assertThat(Compatibility.of(plain, target).mismatches())
                .extracting(Mismatch::reason, Mismatch::where)
                .containsExactly(
                        tuple(Reason.TARGET_UNIQUE_KEY, "s.t.u1"),
                        tuple(Reason.TARGET_UNIQUE_KEY, "s.t.u2"),
                        tuple(Reason.TARGET_FOREIGN_KEY, "s.t.f"));
    }

    @Test
    void everyReasonComesAtOnce() {
        assertThat(reasons(
                        Tables.table("id int auto", "a int", "b vector", "c varchar(9)"),
                        Tables.table("id int auto", "b vector", "c varchar(8)", "d int")))
                .containsExactly(
                        Reason.TARGET_COLUMN_MISSING,
                        Reason.SOURCE_TYPE_UNSUPPORTED,
                        Reason.TARGET_COLUMN_NARROWER,
                        Reason.TARGET_COLUMN_WITHOUT_DEFAULT);
    }
}
