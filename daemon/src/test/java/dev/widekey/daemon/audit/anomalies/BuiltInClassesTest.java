package dev.widekey.daemon.audit.anomalies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.TableDefinition;
import dev.widekey.daemon.table.Tables;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuiltInClassesTest {

    private static List<AnomalyClass> classes(TableDefinition source, TableDefinition target) {
        return BuiltInClasses.of(source, target, Compatibility.of(source, target), 1_048_576);
    }

    private static AnomalyClass named(List<AnomalyClass> classes, String name) {
        return classes.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + classes));
    }

    @Test
    void theDefinitionsOfTheHistoryGiveItsClasses() {
        TableDefinition source = Tables.table(
                "id int auto",
                "student_module_id int",
                "version varchar(255) null",
                "created datetime",
                "state longtext null");
        TableDefinition target = Tables.table(
                "id bigint unsigned auto",
                "student_module_id int",
                "version varchar(255) null",
                "created datetime(6)",
                "state longtext null");
        List<AnomalyClass> classes = classes(source, target);
        assertThat(classes)
                .extracting(AnomalyClass::name)
                .containsExactly(
                        "zero-key",
                        "negative-values id",
                        "impossible-dates created",
                        "zero-date created",
                        "zero-in-date created",
                        "too-large");
        assertThat(named(classes, "negative-values id").meaning()).startsWith("cannot be moved: a negative id");
        assertThat(named(classes, "too-large").condition())
                .isEqualTo("COALESCE(LENGTH(`id`), 0) + COALESCE(LENGTH(`student_module_id`), 0)"
                        + " + COALESCE(LENGTH(`version`), 0) + COALESCE(LENGTH(`created`), 0)"
                        + " + COALESCE(LENGTH(`state`), 0) > 1047552");
        assertThat(classes).allSatisfy(each -> assertThat(each.setting()).isEmpty());
    }

    @Test
    void aSignedTargetTakesNegativeKeysWhichAreUnusualAllTheSame() {
        List<AnomalyClass> classes = classes(Tables.table("id int auto"), Tables.table("id bigint auto"));
        assertThat(classes).extracting(AnomalyClass::name).containsExactly("zero-key", "negative-key", "too-large");
        assertThat(named(classes, "negative-key").meaning()).isEqualTo("moved as they are");
    }

    @Test
    void anUnsignedKeyIsNotAskedForNegativeValues() {
        assertThat(classes(Tables.table("id int unsigned auto"), Tables.table("id bigint unsigned auto")))
                .extracting(AnomalyClass::name)
                .containsExactly("zero-key", "too-large");
    }

    @Test
    void aTimestampHasNoPartsThatAreZeroAlone() {
        assertThat(classes(
                        Tables.table("id int auto", "seen timestamp null"),
                        Tables.table("id bigint auto", "seen timestamp null")))
                .extracting(AnomalyClass::name)
                .contains("zero-date seen")
                .doesNotContain("zero-in-date seen");
    }

    @Test
    void valuesThatATooNarrowTargetDoesNotHoldAreAClass() {
        AnomalyClass wide = named(
                classes(
                        Tables.table("id int auto", "version varchar(255) null"),
                        Tables.table("id bigint auto", "version varchar(9)")),
                "not-fitting version");
        assertThat(wide.condition()).isEqualTo("`version` IS NULL OR CHAR_LENGTH(`version`) > 9");
        assertThat(wide.meaning())
                .isEqualTo("cannot be moved: a version that target column version, varchar(9) NOT NULL, does not hold;"
                        + " fix: make it varchar(255) or wider");
    }
}
