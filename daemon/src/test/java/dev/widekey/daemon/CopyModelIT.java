package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model of the copy protocol, {@code docs/models/Copy.tla}, checked by TLC: with every rule it holds, and without any one of them it does not.
 */
class CopyModelIT {
    private static final List<String> RULES = List.of(
            "VisibilityWait",
            "WaitForDelivered",
            "StartFromExecuted",
            "OpenBeforeRead",
            "Tombstones",
            "UnmarkOnUpsert",
            "MarkBeforeApply",
            "InsertAbsent",
            "DropRowsOnFailure",
            "OverflowStartsOver",
            "ForgetWhenKnown",
            "EpochCheck",
            "PositionWithRows",
            "RedeliverUnfinished",
            "RereadWaits",
            "RepairWaits",
            "RepairMarksNothing",
            "EntryHolds",
            "EntryOnlyIfAbsent",
            "EntryOnlyIfAlive",
            "EntryEnds",
            "DeliveredSurvives",
            "SeenIsStored",
            "ComparedAfterFailover");

    /** State spaces in which every rule is on. */
    enum Space {
        ONE_CHUNK_WITH_A_CRASH(Map.of("MaxChanges", "3", "MaxCrashes", "1")),
        ONE_CHUNK_WITH_REDELIVERY(Map.of("MaxChanges", "3", "MaxRedeliveries", "1")),
        TWO_CHUNKS(Map.of("Chunks", "{{1}, {2}}", "MaxChanges", "2")),
        ONE_KEY_WITH_TWO_CRASHES(Map.of("Keys", "{1}", "Chunks", "{{1}}", "MaxChanges", "3", "MaxCrashes", "2")),
        KEYS_AHEAD_OF_THE_POSITION_WITH_A_CRASH(Map.of("Parallel", "TRUE", "MaxChanges", "2", "MaxCrashes", "1")),
        KEYS_AHEAD_OF_THE_POSITION_AND_ANOTHER_SERVER(
                Map.of("Parallel", "TRUE", "MaxFailovers", "1", "MaxChanges", "2", "MaxCrashes", "1")),
        ROWS_READ_AGAIN(Map.of("Reread", "TRUE", "MaxChanges", "3")),
        ROWS_READ_AGAIN_WITH_A_CRASH(Map.of("Reread", "TRUE", "MaxChanges", "2", "MaxCrashes", "1")),
        A_REPAIR(Map.of("MaxDamages", "1", "MaxChanges", "2")),
        A_REPAIR_WITH_A_CRASH(Map.of("MaxDamages", "1", "MaxChanges", "1", "MaxCrashes", "1")),
        A_REFUSED_ROW(Map.of("Refused", "{100}", "MaxChanges", "2")),
        A_REFUSED_CHANGE(Map.of("Refused", "{1}", "MaxChanges", "3")),
        A_REFUSED_CHANGE_WITH_A_CRASH(
                Map.of("Refused", "{1}", "Parallel", "TRUE", "MaxChanges", "2", "MaxCrashes", "1")),
        A_REFUSED_CHANGE_AND_A_REPAIR(Map.of("Refused", "{1}", "MaxDamages", "1", "MaxChanges", "2")),
        ANOTHER_SERVER_AND_A_CRASH(Map.of("MaxFailovers", "1", "MaxChanges", "2", "MaxCrashes", "1")),
        ANOTHER_SERVER_AND_ROWS_READ_AGAIN(Map.of("MaxFailovers", "1", "MaxChanges", "2", "Reread", "TRUE"));

        private final Map<String, String> sizes;

        Space(Map<String, String> sizes) {
            this.sizes = sizes;
        }
    }

    /** State spaces for {@code deploy/model}: minutes each, and more in an hour than the build can give. */
    enum LargeSpace {
        ONE_CHUNK_WITH_A_CRASH_AND_REDELIVERY(Map.of("MaxChanges", "3", "MaxCrashes", "1", "MaxRedeliveries", "1")),
        FOUR_CHANGES_WITH_REDELIVERY(Map.of("MaxChanges", "4", "MaxRedeliveries", "1")),
        TWO_CHUNKS(Map.of("Chunks", "{{1}, {2}}", "MaxChanges", "3")),
        KEYS_AHEAD_OF_THE_POSITION(Map.of("Parallel", "TRUE", "MaxChanges", "3", "MaxCrashes", "1")),
        TWO_CHUNKS_WITH_A_CRASH(Map.of("Chunks", "{{1}, {2}}", "MaxChanges", "2", "MaxCrashes", "1")),
        ANOTHER_SERVER(Map.of("MaxFailovers", "1", "MaxChanges", "3")),
        ANOTHER_SERVER_WITH_TWO_CHUNKS(Map.of("MaxFailovers", "1", "Chunks", "{{1}, {2}}", "MaxChanges", "2")),
        ONE_KEY_FIVE_CHANGES_TWO_CRASHES(
                Map.of("Keys", "{1}", "Chunks", "{{1}}", "MaxChanges", "5", "MaxCrashes", "2", "MaxRedeliveries", "1")),
        REPAIRS_WITH_A_CRASH(Map.of("MaxDamages", "2", "MaxChanges", "3", "MaxCrashes", "1")),
        REFUSED_ROWS_WITH_A_CRASH_AND_REDELIVERY(
                Map.of("Refused", "{100, 2}", "MaxChanges", "3", "MaxCrashes", "1", "MaxRedeliveries", "1")),
        ROWS_READ_AGAIN_WITH_A_CRASH_AND_REDELIVERY(
                Map.of("Reread", "TRUE", "MaxChanges", "3", "MaxCrashes", "1", "MaxRedeliveries", "1"));

        private final Map<String, String> sizes;

        LargeSpace(Map<String, String> sizes) {
            this.sizes = sizes;
        }
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Space.class)
    void holdsWithEveryRule(Space space) throws Exception {
        assertThat(check(space.sizes)).contains("No error has been found");
    }

    @ParameterizedTest
    @EnumSource(LargeSpace.class)
    @EnabledIfSystemProperty(
            named = "model.large",
            matches = "true",
            disabledReason = "takes longer than the build may; deploy/model runs it")
    void holdsInALargeSpace(LargeSpace space) throws Exception {
        assertThat(check(space.sizes)).contains("No error has been found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VisibilityWait",
                "WaitForDelivered",
                "OpenBeforeRead",
                "Tombstones",
                "UnmarkOnUpsert",
                "MarkBeforeApply",
                "InsertAbsent",
                "DropRowsOnFailure",
                "OverflowStartsOver"
            })
    void breaksWithoutARuleOfTheMerge(String rule) throws Exception {
        assertThat(check(Map.of(rule, "FALSE"))).contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenTheStreamStartsAtTheEndOfTheLog() throws Exception {
        // Waiting for what was delivered cannot help: what lies before the start is never delivered.
        assertThat(check(Map.of("StartFromExecuted", "FALSE", "VisibilityWait", "FALSE")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenAWindowIsForgottenBeforeItsCommitIsKnown() throws Exception {
        assertThat(check(Map.of("ForgetWhenKnown", "FALSE", "MaxLates", "1"))).contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenAnOldOwnerMayWrite() throws Exception {
        assertThat(check(Map.of("EpochCheck", "FALSE", "MaxCrashes", "1"))).contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenThePositionRunsAheadOfTheRows() throws Exception {
        assertThat(check(Map.of("PositionWithRows", "FALSE", "MaxCrashes", "1")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenAFinishedTransactionIsDeliveredTwice() throws Exception {
        // A tombstone out of the past takes a row away that the position has passed already; a crash then makes that
        // last.
        assertThat(check(Map.of("RedeliverUnfinished", "FALSE", "MaxRedeliveries", "1", "MaxCrashes", "1")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenAServerIsFollowedThatLacksWhatWasDelivered() throws Exception {
        assertThat(check(Map.of("DeliveredSurvives", "FALSE", "MaxFailovers", "1", "MaxChanges", "2")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenWhatWasDeliveredIsForgottenInACrash() throws Exception {
        assertThat(check(Map.of("SeenIsStored", "FALSE", "MaxFailovers", "1", "MaxCrashes", "1", "MaxChanges", "2")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenWhatWasReadOnAFormerServerIsTakenForProven() throws Exception {
        assertThat(check(Map.of("ComparedAfterFailover", "FALSE", "MaxFailovers", "1", "MaxChanges", "2")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenARowIsReadAgainBeforeItsChangeIsReadable() throws Exception {
        assertThat(check(Map.of("Reread", "TRUE", "RereadWaits", "FALSE"))).contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenARowIsRepairedFromAnOlderStateThanTheOneApplied() throws Exception {
        assertThat(check(Map.of("RepairWaits", "FALSE", "MaxDamages", "1", "MaxChanges", "2")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenARepairTakesATombstoneAway() throws Exception {
        // The deletion is behind it in the log of nobody: a chunk that read the row earlier brings it back for good.
        assertThat(check(Map.of("RepairMarksNothing", "FALSE", "MaxDamages", "1", "MaxChanges", "2")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenAChunkInsertsARowWhoseChangeWasRefused() throws Exception {
        // The refused change leaves no row behind, so the chunk would insert the row it replaced.
        assertThat(check(Map.of("EntryHolds", "FALSE", "Refused", "{1}", "MaxChanges", "1")))
                .contains("Invariant Parity is violated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EntryOnlyIfAbsent", "EntryOnlyIfAlive"})
    void breaksWhenAChunkMakesAnEntryForARowTheStreamHasDealtWith(String rule) throws Exception {
        assertThat(check(Map.of(rule, "FALSE", "Refused", "{100}", "MaxChanges", "1")))
                .contains("Invariant Parity is violated");
    }

    @Test
    void breaksWhenAnEntryOutlivesItsRow() throws Exception {
        assertThat(check(Map.of("EntryEnds", "FALSE", "Refused", "{1}", "MaxChanges", "2")))
                .contains("Invariant Parity is violated");
    }

    private String check(Map<String, String> changes) throws Exception {
        Map<String, String> constants = new LinkedHashMap<>(Map.of(
                "Keys", "{1, 2}",
                "Chunks", "{{1, 2}}",
                "Reread", "FALSE",
                "Parallel", "FALSE",
                "MaxChanges", "3",
                "MaxCrashes", "0",
                "MaxRedeliveries", "0",
                "MaxLates", "0",
                "MaxFailovers", "0",
                "MaxDamages", "0"));
        constants.put("Refused", "{}");
        RULES.forEach(rule -> constants.put(rule, "TRUE"));
        constants.putAll(changes);
        return Tlc.check(folder, "Copy", List.of("Parity"), constants, changes);
    }
}
