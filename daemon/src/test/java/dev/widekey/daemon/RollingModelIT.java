package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The model of the rolling cutover and of its way back, {@code docs/models/Rolling.tla}, checked by TLC: with every rule it holds, and without any one of
 * them it does not.
 */
class RollingModelIT {
    private static final List<String> RIGHT = List.of("ReadsRight", "IdsOnce", "Equal");

    private static final List<String> RULES = List.of(
            "GapReserved",
            "Followed",
            "Sealed",
            "SealWaits",
            "EndUnderSeal",
            "DrainedFirst",
            "ReverseBeforeFlip",
            "OneFeed",
            "ReturningSaid",
            "ReadersFirst",
            "ForwardBeforeOpen",
            "TripWire");

    /** State spaces in which every rule is on. */
    enum Space {
        THREE_WRITES(Map.of("MaxWrites", "3")),
        TWO_MOVES(Map.of("MaxMoves", "2")),
        THREE_APPLICATIONS(Map.of("Apps", "{a1, a2, a3}"));

        private final Map<String, String> sizes;

        Space(Map<String, String> sizes) {
            this.sizes = sizes;
        }
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Space.class)
    void holdsWithEveryRule(Space space) throws Exception {
        assertThat(check(everything(), space.sizes)).contains("No error has been found");
    }

    @ParameterizedTest
    @CsvSource({
        "GapReserved, IdsOnce",
        "Followed, NoInsertRefused",
        "Sealed, ReadsRight",
        "SealWaits, ReadsRight",
        "EndUnderSeal, ReadsRight",
        "DrainedFirst, ReadsRight",
        "ReverseBeforeFlip, Equal",
        "OneFeed, ReadsRight",
        "ReturningSaid, ReadsRight",
        "ReadersFirst, LateReadersRight",
        "ForwardBeforeOpen, Equal"
    })
    void breaksWithoutARule(String rule, String broken) throws Exception {
        assertThat(check(everything(), Map.of(rule, "FALSE"))).contains("Invariant " + broken + " is violated");
    }

    /** Nobody who has seen the flips trips the wire; it is for those who go on without. */
    @Test
    void theTripWireStopsWhomNobodyWaitedFor() throws Exception {
        assertThat(check(RIGHT, Map.of("Followed", "FALSE", "ReadersFirst", "FALSE")))
                .contains("No error has been found");
    }

    @Test
    void breaksWithoutTheTripWireWhenNobodyIsWaitedFor() throws Exception {
        assertThat(check(RIGHT, Map.of("Followed", "FALSE", "ReadersFirst", "FALSE", "TripWire", "FALSE")))
                .contains("Invariant ReadsRight is violated");
    }

    private static List<String> everything() {
        List<String> all = new ArrayList<>(RIGHT);
        all.addAll(List.of("NoInsertRefused", "LateReadersRight"));
        return all;
    }

    private String check(List<String> invariants, Map<String, String> changes) throws Exception {
        Map<String, String> constants =
                new LinkedHashMap<>(Map.of("Apps", "{a1, a2}", "MaxWrites", "2", "MaxMoves", "1", "MaxCrashes", "1"));
        RULES.forEach(rule -> constants.put(rule, "TRUE"));
        constants.putAll(changes);
        return Tlc.check(folder, "Rolling", invariants, constants, changes);
    }
}
