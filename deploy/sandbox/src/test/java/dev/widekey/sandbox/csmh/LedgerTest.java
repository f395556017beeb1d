package dev.widekey.sandbox.csmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.csmh.Ledger.Status;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void rowIsPresentOnlyWhileNothingIsUnderWay() {
        ledger.inserted(Side.OLD, row(1, "a"));
        assertThat(ledger.present(List.of(9L))).containsOnlyKeys(1L);

        ledger.changing(1);
        assertThat(ledger.present(List.of(9L))).isEmpty();

        ledger.unchanged(1);
        assertThat(ledger.present(List.of(9L))).containsOnlyKeys(1L);

        ledger.changing(1);
        ledger.deleted(1);
        assertThat(ledger.present(List.of(9L))).isEmpty();
        assertThat(ledger.entry(1)).get().extracting(Ledger.Entry::status).isEqualTo(Status.DELETED);
    }

    @Test
    void updateKeepsTheOlderImage() {
        ledger.inserted(Side.EXTENDED, row(1, "a"));
        ledger.updated(row(1, "b"));

        Ledger.Entry entry = ledger.entry(1).orElseThrow();
        assertThat(entry.digest()).isEqualTo(row(1, "b").digest());
        assertThat(entry.older()).isEqualTo(row(1, "a").digest());
    }

    @Test
    void keyGivenOutByBothTablesIsNoticedUnlessTheFirstWasRolledBack() {
        ledger.failed(Side.OLD, row(1, "a"));
        ledger.inserted(Side.EXTENDED, row(1, "a"));
        ledger.inserted(Side.OLD, row(2, "a"));
        ledger.inserted(Side.EXTENDED, row(2, "a"));

        assertThat(ledger.takenTwice()).containsExactly(2L);
    }

    @Test
    void loadedRowsAreNotTheApplications() {
        ledger.loaded(row(1, "a"));
        ledger.inserted(Side.OLD, row(2, "a"));

        assertThat(ledger.written(Side.OLD)).isEqualTo(1);
        assertThat(ledger.written(Side.EXTENDED)).isZero();
    }

    @Test
    void digestKnowsNullFromEmptyCaseAndTrailingSpace() {
        assertThat(List.of("", "a", "A", "a ").stream().map(text -> row(1, text).digest()))
                .doesNotHaveDuplicates()
                .doesNotContain(new HistoryRow(1, 9, null, TIME, null, 0.0, 1.0).digest());
    }

    private static final LocalDateTime TIME = LocalDateTime.of(2016, 1, 1, 0, 0);

    private static HistoryRow row(long id, String state) {
        return HistoryRow.written(id, 9, TIME, state, 0.0, 1.0);
    }
}
