package dev.widekey.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationRecordIT {
    private OwnedTarget target;
    private MigrationRecord record;

    @BeforeEach
    void create() throws Exception {
        target = new OwnedTarget();
        record = target.record();
    }

    @AfterEach
    void drop() throws Exception {
        target.close();
    }

    @Test
    void aMigrationThatWasNeverStartedHasNoRow() throws Exception {
        assertThat(record.read()).isEmpty();
        assertThat(new MigrationRecord(
                                target.database, new StateSchema("no_such_schema"), "m", Retry.ofDefaults("state"))
                        .readIfAny())
                .isEmpty();
        target.schema.execute("DROP TABLE migration");
        assertThat(record.readIfAny()).isEmpty();
        assertThatThrownBy(record::read).hasMessageContaining("doesn't exist");
    }

    @Test
    void theFirstStartCreatesTheRowAndLaterOnesFindIt() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        record.require(target.ownership, "a.t", "b.t");
        assertThat(record.read())
                .contains(new MigrationRecord.Row(
                        "a.t",
                        "b.t",
                        Phase.IDLE,
                        target.ownership.epoch(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(record.history()).hasSize(1);
    }

    @Test
    void otherTablesAreRefused() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        assertThatThrownBy(() -> record.require(target.ownership, "a.other", "b.t"))
                .isInstanceOf(HaltException.class)
                .hasMessageContaining("moves a.t to b.t, but the configuration says a.other to b.t");
        assertThatThrownBy(() -> record.require(target.ownership, "a.t", "b.T")).isInstanceOf(HaltException.class);
    }

    @Test
    void aMoveIsMadeOnceHoweverOftenItIsAskedFor() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        Instant before = Instant.now();
        for (int i = 0; i < 3; i++) {
            record.move(target.ownership, Phase.IDLE, Phase.PREPARE, "started");
        }
        assertThat(record.read().orElseThrow().phase()).isEqualTo(Phase.PREPARE);
        assertThat(record.history())
                .extracting(MigrationRecord.Entry::phase)
                .containsExactly(Phase.IDLE, Phase.PREPARE);
        MigrationRecord.Entry last = record.history().get(1);
        assertThat(last.detail()).isEqualTo("started");
        assertThat(last.epoch()).isEqualTo(target.ownership.epoch());
        assertThat(last.at()).isBetween(before.minus(Duration.ofMinutes(1)), before.plus(Duration.ofMinutes(10)));
    }

    @Test
    void aMoveFromAPhaseTheMigrationIsNotInIsRefused() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        assertThatThrownBy(() -> record.move(target.ownership, Phase.BACKFILL, Phase.CATCH_UP, ""))
                .isInstanceOf(HaltException.class)
                .hasMessage("the migration stands in phase IDLE and cannot move from BACKFILL to CATCH_UP");
        assertThat(record.read().orElseThrow().phase()).isEqualTo(Phase.IDLE);
        assertThat(record.history()).hasSize(1);
    }

    @Test
    void aMoveThatDoesNotExistIsRefused() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        assertThatThrownBy(() -> record.move(target.ownership, Phase.IDLE, Phase.DONE, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(record.read().orElseThrow().phase()).isEqualTo(Phase.IDLE);
    }

    @Test
    void aProcessThatLostTheMigrationMovesNothing() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        target.loseOwnership();
        assertThatThrownBy(() -> record.move(target.ownership, Phase.IDLE, Phase.PREPARE, ""))
                .isInstanceOf(HaltException.class);
        assertThatThrownBy(() -> record.reserveGap(target.ownership, 7)).isInstanceOf(HaltException.class);
        assertThatThrownBy(() -> record.halt(target.ownership, new HaltException(HaltException.Reason.FAILED, "")))
                .isInstanceOf(HaltException.class);
        assertThatThrownBy(() -> record.parity(target.ownership, "all", "EQUAL", 1, "p", ""))
                .isInstanceOf(HaltException.class);
        assertThat(record.read().orElseThrow())
                .matches(row -> row.phase() == Phase.IDLE
                        && row.gapStart().isEmpty()
                        && row.halt().isEmpty());
        assertThat(target.schema.value("SELECT COUNT(*) FROM parity")).contains("0");
    }

    @Test
    void theGapIsRemembered() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        record.reserveGap(target.ownership, 3_000_000_000L);
        assertThat(record.read().orElseThrow().gapStart()).contains(3_000_000_000L);
    }

    @Test
    void aHaltIsRememberedUntilTheNextMove() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        record.halt(target.ownership, new HaltException(HaltException.Reason.TRUNCATED, "somebody truncated it"));
        assertThat(record.read().orElseThrow())
                .matches(row -> row.halt().equals(Optional.of("TRUNCATED")))
                .matches(row -> row.haltMessage().equals(Optional.of("somebody truncated it")));
        record.move(target.ownership, Phase.IDLE, Phase.PREPARE, "");
        assertThat(record.read().orElseThrow().halt()).isEmpty();
    }

    @Test
    void longTextsAreKeptAsFarAsTheyFit() throws Exception {
        record.require(target.ownership, "a.t", "b.t");
        String endless = "é".repeat(100_000);
        record.move(target.ownership, Phase.IDLE, Phase.PREPARE, endless);
        assertThat(record.history().get(1).detail()).isEqualTo(endless.substring(0, 1000));
        record.halt(target.ownership, new HaltException(HaltException.Reason.FAILED, endless));
        assertThat(record.read().orElseThrow().haltMessage().orElseThrow()).startsWith("ééé");
        record.parity(target.ownership, "all", "DIVERGENT", 7, "p", endless);
        assertThat(target.schema.value("SELECT compared FROM parity")).contains("7");
    }
}
