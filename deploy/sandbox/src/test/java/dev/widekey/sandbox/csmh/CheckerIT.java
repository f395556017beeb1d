package dev.widekey.sandbox.csmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.csmh.CheckReport.Finding;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckerIT {
    private static final World WORLD = World.named(TestServers.source(), TestServers.target(), "checker");
    private static final Generator GENERATOR = new Generator(11, 400);
    private static final long FIRST_NEW = 100_000;
    private static final long FULL_ROW = GENERATOR.row(200).id();

    private final Ledger ledger = new Ledger();

    @BeforeAll
    static void load() throws Exception {
        WORLD.create();
        WORLD.load(GENERATOR, new Ledger());
    }

    @AfterAll
    static void drop() throws Exception {
        WORLD.drop();
    }

    @BeforeEach
    void copy() throws Exception {
        for (int i = 0; i < GENERATOR.rows(); i++) {
            ledger.loaded(GENERATOR.row(i));
        }
        WORLD.target().execute("DELETE FROM " + WORLD.targetSchema() + "." + World.EXTENDED_TABLE);
        CrudeCopy.run(WORLD, FIRST_NEW);
    }

    @Test
    void faithfulCopyIsEqual() throws Exception {
        CheckReport report = Checker.check(WORLD, ledger);

        assertThat(report.counts()).isEmpty();
        assertThat(report.isEqual()).isTrue();
        assertThat(report.targetRows()).isEqualTo(400);
    }

    @Test
    void emptyComparisonIsNotEqual() throws Exception {
        assertThat(new CheckReport(0, 0, 0, Map.of(), Map.of()).isEqual()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE FROM %s WHERE id = %d                                        | LOST",
                "UPDATE %s SET state = CONCAT(state, ' ') WHERE id = %d              | DIFFERENT",
                "UPDATE %s SET state = UPPER(state) WHERE id = %d                    | DIFFERENT",
                "UPDATE %s SET state = REPLACE(state, '\"seed\": 1', '\"seed\": 2') WHERE id = %d | DIFFERENT",
                "UPDATE %s SET state = NULL WHERE id = %d                            | DIFFERENT",
                "UPDATE %s SET version = '' WHERE id = %d                            | DIFFERENT",
                "UPDATE %s SET grade = grade + 1e-15 WHERE id = %d                   | DIFFERENT",
                "UPDATE %s SET max_grade = NULL WHERE id = %d                        | DIFFERENT",
                "UPDATE %s SET created = created + INTERVAL 1 MICROSECOND WHERE id = %d | DIFFERENT",
                "UPDATE %s SET student_module_id = student_module_id + 4294967296 WHERE id = %d | DIFFERENT",
            })
    void plantedDifferenceIsFoundWithItsKey(String sql, Finding finding) throws Exception {
        onTarget(sql);

        CheckReport report = Checker.check(WORLD, ledger);

        assertThat(report.counts()).containsExactly(Map.entry(finding, 1L));
        assertThat(report.examples().get(finding)).containsExactly(FULL_ROW);
        assertThat(report.isEqual()).isFalse();
    }

    @Test
    void extraRowIsOneThatNobodyKnows() throws Exception {
        WORLD.target()
                .execute("INSERT INTO " + WORLD.targetSchema() + "." + World.EXTENDED_TABLE
                        + " (id, student_module_id, created) VALUES (5000000000, 1, NOW())");

        assertThat(Checker.check(WORLD, ledger).examples())
                .containsExactly(Map.entry(Finding.EXTRA, List.of(5_000_000_000L)));
    }

    @Test
    void rowLeftBehindIsOnTheSourceAloneAndNothingElseMayBe() throws Exception {
        assertThat(Checker.check(WORLD, ledger, Set.of(FULL_ROW)).examples())
                .containsExactly(Map.entry(Finding.EXTRA, List.of(FULL_ROW)));
        onTarget("DELETE FROM %s WHERE id = %d");
        assertThat(Checker.check(WORLD, ledger, Set.of(FULL_ROW)).isEqual()).isTrue();
        assertThat(Checker.check(WORLD, ledger, Set.of(FULL_ROW + 1_000_000)).examples())
                .containsExactly(Map.entry(Finding.LOST, List.of(FULL_ROW)));
    }

    @Test
    void acknowledgedTargetRowsMustBeThereAsWritten() throws Exception {
        HistoryRow kept = writeExtended("kept");
        HistoryRow lost = writeExtended("lost");
        HistoryRow ghost = writeExtended("ghost");
        HistoryRow stale = writeExtended("stale");
        HistoryRow unsure = writeExtended("unsure");
        WORLD.target()
                .execute("DELETE FROM " + WORLD.targetSchema() + "." + World.EXTENDED_TABLE + " WHERE id = "
                        + lost.id());
        ledger.deleted(ghost.id());
        ledger.updated(HistoryRow.written(stale.id(), 1, kept.created(), "newer", 0.0, 1.0));
        ledger.unknown(unsure.id());

        CheckReport report = Checker.check(WORLD, ledger);

        assertThat(report.examples())
                .containsOnly(
                        Map.entry(Finding.LOST, List.of(lost.id())),
                        Map.entry(Finding.GHOST, List.of(ghost.id())),
                        Map.entry(Finding.STALE, List.of(stale.id())));
        assertThat(report.unknown()).isEqualTo(1);
        assertThat(report.summary()).contains("LOST 1 like [" + lost.id() + "]").contains("left out 1");
    }

    @Test
    void rolledBackRowMustNotShowUp() throws Exception {
        HistoryRow row = writeExtended("x");
        ledger.failed(Side.OLD, row);

        assertThat(Checker.check(WORLD, ledger).examples())
                .containsExactly(Map.entry(Finding.GHOST, List.of(row.id())));
    }

    @Test
    void sourceThatIsNotAsAcknowledgedIsReported() throws Exception {
        ledger.updated(HistoryRow.written(FULL_ROW, 1, LocalDateTime.of(2016, 1, 1, 0, 0), "{}", 0.0, 1.0));

        assertThat(Checker.check(WORLD, ledger).counts())
                .containsOnly(Map.entry(Finding.SOURCE_WRONG, 1L), Map.entry(Finding.STALE, 1L));
    }

    private static void onTarget(String sql) throws SQLException {
        WORLD.target().execute(sql.formatted(WORLD.targetSchema() + "." + World.EXTENDED_TABLE, FULL_ROW));
    }

    private HistoryRow writeExtended(String state) throws SQLException {
        try (Connection target = WORLD.targetConnection()) {
            HistoryRow draft =
                    HistoryRow.written(0, 1, LocalDateTime.of(2016, 1, 1, 0, 0, 0, 123_456_000), state, 0.5, 1.0);
            HistoryRow row = draft.withId(HistorySql.insert(target, Side.EXTENDED, draft));
            ledger.inserted(Side.EXTENDED, row);
            return row;
        }
    }
}
