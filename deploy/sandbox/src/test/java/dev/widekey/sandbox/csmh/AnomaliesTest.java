package dev.widekey.sandbox.csmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.csmh.StudentModule.Use;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnomaliesTest {
    private static final int OVERSIZED = 100_000;
    private static final Generator HISTORY = new Generator(1, 5_000);
    private static final Anomalies ANOMALIES = new Anomalies(1, HISTORY, OVERSIZED);

    private static long count(Predicate<HistoryRow> which) {
        return ANOMALIES.rows().stream().filter(which).count();
    }

    private static int size(HistoryRow row) {
        return row.state() == null ? -1 : row.state().remaining();
    }

    @Test
    void everyKindIsThereAsOftenAsItShouldBe() {
        assertThat(count(row -> row.state() == null)).isEqualTo(200);
        assertThat(count(row -> size(row) == 0)).isEqualTo(50);
        assertThat(count(row -> size(row) > 1_000_000 && size(row) < 2_000_000)).isEqualTo(5);
        assertThat(count(row -> size(row) > 4_000_000)).isEqualTo(2);
        assertThat(count(row -> row.created().equals(HistoryRow.ZERO_DATE))).isEqualTo(3);
        assertThat(count(row -> row.version() != null)).isEqualTo(100);
        assertThat(count(row -> row.studentModule() > 1_000_000_000)).isEqualTo(500);
        assertThat(count(row -> Double.valueOf(0).equals(row.maxGrade()))).isEqualTo(100);
        assertThat(count(row -> row.id() == 0)).isEqualTo(1);
    }

    @Test
    void keysAreDifferentAndLieBehindAHole() {
        assertThat(ANOMALIES.rows()).extracting(HistoryRow::id).doesNotHaveDuplicates();
        assertThat(count(row -> row.id() > 0 && row.id() <= HISTORY.lastId() + Anomalies.HOLE))
                .isZero();
    }

    @Test
    void thoseThatFitNowhereBelongToModulesNobodyReads() {
        assertThat(ANOMALIES.unfit()).containsExactlyInAnyOrder(Anomalies.NEGATIVE_ID, ANOMALIES.oversizedId());
        assertThat(ANOMALIES.rows())
                .filteredOn(row -> ANOMALIES.unfit().contains(row.id()))
                .allMatch(row -> row.studentModule() > HISTORY.modules());
    }

    @Test
    void allOthersBelongToModulesNobodyDeletesOrCleansUp() {
        assertThat(ANOMALIES.rows())
                .filteredOn(row -> row.studentModule() <= HISTORY.modules())
                .allMatch(row -> new StudentModule(row.studentModule(), 1).use() == Use.HELD);
    }

    @Test
    void someRegularRowsAreMovedInTime() {
        long moved = IntStream.range(0, HISTORY.rows())
                .mapToObj(HISTORY::row)
                .filter(row -> !ANOMALIES.touch(row).equals(row))
                .count();
        assertThat(moved).isBetween(60L, 140L);
    }
}
