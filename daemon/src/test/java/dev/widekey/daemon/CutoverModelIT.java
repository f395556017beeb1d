package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The model of the fenced cutover and of the way back, {@code docs/models/Cutover.tla}, checked by TLC: with every rule it holds, and without any one
 * of them it does not.
 */
class CutoverModelIT {
    private static final List<String> INVARIANTS =
            List.of("NothingLost", "NothingStale", "OneWriter", "NoCircle", "FlagRight");

    private static final List<String> RULES = List.of(
            "DbFence",
            "FenceWaits",
            "EndUnderFence",
            "TargetShut",
            "FlipAfterDrain",
            "OneFeed",
            "ReverseBeforeOpen",
            "ForwardBeforeOpen",
            "PositionOnce",
            "FlagIsRead",
            "FlipChecksEpoch",
            "SessionsEnded");

    /** State spaces in which every rule is on. */
    enum Space {
        TWO_APPLICATIONS(Map.of("MaxWrites", "4", "MaxCutovers", "2", "MaxCrashes", "2")),
        THREE_APPLICATIONS(Map.of("Apps", "{a1, a2, a3}", "MaxWrites", "5", "MaxCutovers", "2", "MaxCrashes", "2"));

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
        assertThat(check(space.sizes)).contains("No error has been found");
    }

    @ParameterizedTest
    @CsvSource({
        "DbFence, OneWriter",
        "FenceWaits, NothingLost",
        "EndUnderFence, NothingLost",
        "TargetShut, NothingLost",
        "FlipAfterDrain, NothingLost",
        "OneFeed, NoCircle",
        "ReverseBeforeOpen, NothingLost",
        "ForwardBeforeOpen, NothingLost",
        "PositionOnce, NothingLost",
        "FlagIsRead, FlagRight",
        "FlipChecksEpoch, FlagRight",
        "SessionsEnded, FlagRight"
    })
    void breaksWithoutARule(String rule, String broken) throws Exception {
        assertThat(check(Map.of(rule, "FALSE", "MaxCutovers", "2"))).contains("Invariant " + broken + " is violated");
    }

    private String check(Map<String, String> changes) throws Exception {
        Map<String, String> constants = new LinkedHashMap<>(
                Map.of("Apps", "{a1, a2}", "MaxWrites", "3", "MaxCutovers", "1", "MaxCrashes", "1"));
        RULES.forEach(rule -> constants.put(rule, "TRUE"));
        constants.putAll(changes);
        return Tlc.check(folder, "Cutover", INVARIANTS, constants, changes);
    }
}
