package dev.widekey.daemon.audit.totals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.config.DaemonConfig.Audit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Audit NOTHING = audit(List.of(), List.of());

    private static Audit audit(List<String> groupBy, List<String> byDay) {
        return new Audit(Map.of(), groupBy, byDay);
    }

    /** Columns from texts like {@code "name varchar(9) latin1 null"}; the first one is the key. */
    private static List<CountedColumn> table(String... columns) {
        return Arrays.stream(columns)
                .map(text -> {
                    List<String> words = List.of(text.split(" "));
                    String type = words.get(1) + (words.contains("unsigned") ? " unsigned" : "");
                    return new CountedColumn(
                            words.get(0),
                            words.get(1).replaceAll("\\(.*", ""),
                            type,
                            words.stream()
                                    .filter(List.of("latin1", "utf8mb3", "utf8mb4")::contains)
                                    .findFirst(),
                            words.contains("null"),
                            words.contains("generated"),
                            text.equals(columns[0]));
                })
                .toList();
    }

    private static Plan plan(List<CountedColumn> source, List<CountedColumn> target, Audit wanted) {
        Plan.Planned planned = Plan.of(source, target, wanted);
        return planned.plan().orElseThrow(() -> new AssertionError(planned.problems()));
    }

    @Test
    void bytesAreOfColumnsWhoseValuesHaveThemAlikeOnBothSides() {
        Plan plan = plan(
                table(
                        "id int",
                        "v varchar(9) utf8mb3 null",
                        "l text latin1",
                        "made datetime",
                        "g int generated",
                        "old int"),
                table(
                        "id bigint",
                        "v varchar(20) utf8mb4 null",
                        "l text utf8mb4",
                        "made datetime(6)",
                        "g int",
                        "new int"),
                NOTHING);
        assertThat(plan.key()).isEqualTo("id");
        String bytes = "COALESCE(LENGTH(`id`), 0) + COALESCE(LENGTH(`v`), 0)"
                + " + COALESCE(LENGTH(CONVERT(`l` USING utf8mb4)), 0)";
        assertThat(plan.sourceBytes()).isEqualTo(bytes);
        assertThat(plan.targetBytes()).isEqualTo(bytes);
        assertThat(plan.uncounted())
                .containsExactly(
                        "made (datetime on the source, datetime(6) on the target)",
                        "g (generated)",
                        "old (not on the target)",
                        "new (not on the source)");
    }

    @Test
    void nullsAreCountedWhereEitherSideTakesThem() {
        assertThat(plan(
                                table("id int", "a int null", "b int", "c int", "d int null"),
                                table("id bigint", "a int null", "b int null", "c int"),
                                NOTHING)
                        .nullable())
                .containsExactly("a", "b");
    }

    @Test
    void groupsAreMadeAlikeOnBothSides() {
        Plan plan = plan(
                table("id int", "Version varchar(9) utf8mb3", "n int", "made datetime"),
                table("id bigint", "version varchar(9) utf8mb4", "n bigint unsigned", "made datetime(6)"),
                audit(List.of("version", "n", "made"), List.of("made")));
        assertThat(plan.groupings())
                .extracting(Plan.Grouping::name)
                .containsExactly("day of made", "Version", "n", "made");
        assertThat(plan.groupings().get(2).onSource())
                .isEqualTo("CAST(CAST(CAST(`n` AS SIGNED) AS CHAR CHARACTER SET utf8mb4) AS BINARY)");
        assertThat(plan.groupings().get(2).onTarget()).contains("AS UNSIGNED");
        assertThat(plan.groupings().get(3).onSource())
                .isEqualTo(plan.groupings().get(3).onTarget())
                .contains("DATETIME(6)");
    }

    @Test
    void everySettingThatNamesNoColumnOfThatKindIsRefusedAtOnce() {
        Plan.Planned planned = Plan.of(
                table("id int", "v varchar(9)", "blob blob", "made datetime"),
                table("id bigint", "v varchar(9)", "blob blob"),
                audit(List.of("blob", "nowhere"), List.of("v", "made")));
        assertThat(planned.plan()).isEqualTo(Optional.empty());
        assertThat(planned.problems())
                .extracting(Object::toString)
                .containsExactly(
                        "AUDIT_COLUMN at audit.by-day: column v is varchar(9) on the source and varchar(9) on the target, which has no such"
                                + " groups; fix: name a column that is a date on both sides",
                        "AUDIT_COLUMN at audit.by-day: the target table has no column made; fix: name a column of both tables",
                        "AUDIT_COLUMN at audit.group-by: column blob is blob on the source and blob on the target, which has no such"
                                + " groups; fix: name a column that is a number, a time or a text on both sides",
                        "AUDIT_COLUMN at audit.group-by: the source table has no column nowhere; fix: name a column of both tables");
    }

    @Test
    void aTableWithoutOneIntegerKeyIsRefused() {
        assertThat(Plan.of(table("id varchar(9)"), table("id bigint"), NOTHING).problems())
                .singleElement()
                .asString()
                .contains("primary key is not one integer column");
        assertThat(Plan.of(table("id int"), table("key bigint", "id text"), NOTHING)
                        .problems())
                .singleElement()
                .asString()
                .contains("the target table has no integer column id");
    }
}
