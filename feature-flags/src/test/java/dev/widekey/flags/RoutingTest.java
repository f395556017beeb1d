package dev.widekey.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.InMemoryFlagStore.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RoutingTest {

    private static final FlagName WRITE = FlagName.of("ENABLE_CSMH_EXTENDED", true);
    private static final FlagName READ = FlagName.of("ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES", false);

    /** The four steps, each with the stages between which it moves. */
    private enum Step {
        MOVE_WRITES(Stage.BEFORE, Stage.WRITES_MOVED, r -> r.moveWrites("daemon", "test")),
        MOVE_READS(Stage.WRITES_MOVED, Stage.READS_MOVED, r -> r.moveReads("daemon", "test")),
        RETURN_READS(Stage.READS_MOVED, Stage.WRITES_MOVED, r -> r.returnReads("daemon", "test")),
        RETURN_WRITES(Stage.WRITES_MOVED, Stage.BEFORE, r -> r.returnWrites("daemon", "test"));

        private final Stage from;
        private final Stage to;
        private final Consumer<Routing> move;

        Step(Stage from, Stage to, Consumer<Routing> move) {
            this.from = from;
            this.to = to;
            this.move = move;
        }
    }

    /** The process dies here. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final InMemoryFlagStore store = new InMemoryFlagStore();
    private final Routing routing = new Routing(store, WRITE, READ);

    @Test
    void missingFlagsMeanTheApplicationsDefault() {
        assertThat(routing.stage()).isEqualTo(Stage.BEFORE);
        assertThat(routing.pair().isExplicit()).isFalse();
        assertThat(routing.pair().toString())
                .contains("ENABLE_CSMH_EXTENDED=false (never written, default) (writes: source)")
                .contains("ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES=true (never written, default)");
    }

    @Test
    void wholeCutoverIsThreePairs() {
        assertThat(routing.initialise("daemon", "start")).isEqualTo(Stage.BEFORE);
        routing.moveWrites("daemon", "parity");
        routing.moveReads("daemon", "quiet");
        assertThat(routing.stage()).isEqualTo(Stage.READS_MOVED);
        assertThat(store.history())
                .extracting(f -> f.name() + "=" + f.enabled())
                .containsExactly(
                        READ.name() + "=true", WRITE.name() + "=false", WRITE.name() + "=true", READ.name() + "=false");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void everyPolarityEndsInTheTarget(boolean writeTarget, boolean readTarget) {
        Routing any = new Routing(store, FlagName.of("w", writeTarget), FlagName.of("r", readTarget));
        any.initialise("daemon", "start");
        any.moveWrites("daemon", "r");
        any.moveReads("daemon", "r");
        assertThat(store.read("w")).get().extracting(Flag::enabled).isEqualTo(writeTarget);
        assertThat(store.read("r")).get().extracting(Flag::enabled).isEqualTo(readTarget);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void stepMovesFromItsOwnStageOnly(Step step) {
        for (Stage stage : Stage.values()) {
            InMemoryFlagStore fresh = at(stage);
            Routing there = new Routing(fresh, WRITE, READ);
            int writes = fresh.history().size();
            if (stage == step.from) {
                step.move.accept(there);
                assertThat(there.stage()).isEqualTo(step.to);
                assertThat(fresh.history()).hasSize(writes + 1);
            } else if (stage == step.to) {
                step.move.accept(there);
                assertThat(there.stage()).as("%s repeated", step).isEqualTo(stage);
                assertThat(fresh.history()).hasSize(writes);
            } else {
                assertThatThrownBy(() -> step.move.accept(there))
                        .isInstanceOf(RoutingException.class)
                        .hasMessageContaining(WRITE.name() + "=" + stage.writesToTarget())
                        .hasMessageContaining(READ.name() + "=" + !stage.readsTargetOnly())
                        .hasMessageContaining("nothing was changed");
                assertThat(fresh.history()).hasSize(writes);
            }
        }
    }

    @Test
    void stepRefusesWhileAFlagIsNotStored() {
        store.create(WRITE.name(), false, "daemon", "r");
        assertThatThrownBy(() -> routing.moveWrites("daemon", "r"))
                .isInstanceOf(RoutingException.class)
                .hasMessageContaining("never written");
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void forbiddenPairIsNamedAndLeftAlone(Step step) {
        store.create(WRITE.name(), false, "somebody", "by hand");
        store.create(READ.name(), false, "somebody", "by hand");
        assertThat(routing.pair().stage()).isEmpty();
        assertThatThrownBy(routing::stage).isInstanceOf(RoutingException.class);
        assertThatThrownBy(() -> step.move.accept(routing)).isInstanceOf(RoutingException.class);
        assertThatThrownBy(() -> routing.initialise("daemon", "r"))
                .isInstanceOf(RoutingException.class)
                .hasMessageContaining("ENABLE_CSMH_EXTENDED=false (writes: source)");
        assertThat(store.history()).hasSize(2);
    }

    @Test
    void initialisingRefusesDefaultsThatWouldMoveTheApplication() {
        Routing shipped = new Routing(store, new FlagName("w", true, true), READ);
        assertThatThrownBy(() -> shipped.initialise("daemon", "r"))
                .isInstanceOf(RoutingException.class)
                .hasMessageContaining("w=true (never written, default) (writes: target)");
        assertThat(store.history()).isEmpty();
    }

    @Test
    void initialisingAgainKeepsWhatIsThere() {
        InMemoryFlagStore moved = at(Stage.WRITES_MOVED);
        int writes = moved.history().size();
        assertThat(new Routing(moved, WRITE, READ).initialise("daemon", "restart"))
                .isEqualTo(Stage.WRITES_MOVED);
        assertThat(moved.history()).hasSize(writes);
    }

    @Test
    void sameNameForBothFlagsIsRefused() {
        assertThatThrownBy(() -> new Routing(store, FlagName.of("x", true), FlagName.of("x", false)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Every pair of crash points in a cutover and its repetition, each followed by a run to the end. */
    @Test
    void crashAtAnyAccessLeavesALegalPairAndRepeatingFinishes() {
        int accesses = countAccesses();
        assertThat(accesses).isGreaterThan(10);
        for (int first = 0; first < accesses; first++) {
            for (int second = 0; second < accesses; second++) {
                InMemoryFlagStore fresh = new InMemoryFlagStore();
                for (int crash : List.of(first, second, Integer.MAX_VALUE)) {
                    runUntilCrash(fresh, crash);
                    assertLegal(fresh);
                }
                assertThat(new Routing(fresh, WRITE, READ).stage()).isEqualTo(Stage.READS_MOVED);
                assertThat(fresh.history())
                        .as("every flag value is written once")
                        .hasSize(4);
            }
        }
    }

    /**
     * Two processes, each with any step, from any stage, the second running as a whole at any access of the first. Reads have
     * no effect, so every other order of their accesses equals one of these.
     */
    @Test
    void twoProcessesNeverReachTheForbiddenPairTogether() {
        int bothSucceeded = 0;
        for (Stage stage : Stage.values()) {
            for (Step outer : Step.values()) {
                for (Step inner : Step.values()) {
                    for (int access = 0; access < 3; access++) {
                        InMemoryFlagStore shared = at(stage);
                        boolean both = interleave(shared, outer, inner, access);
                        bothSucceeded += both ? 1 : 0;
                        assertLegal(shared);
                    }
                }
            }
        }
        assertThat(bothSucceeded).isPositive();
    }

    private static boolean interleave(InMemoryFlagStore shared, Step outer, Step inner, int access) {
        List<Boolean> outcomes = new ArrayList<>();
        int[] seen = {0};
        shared.hook(moment -> {
            if (seen[0]++ == access) {
                outcomes.add(attempt(shared, inner));
            }
        });
        outcomes.add(attempt(shared, outer));
        shared.hook(moment -> {});
        return outcomes.equals(List.of(true, true));
    }

    private static boolean attempt(InMemoryFlagStore shared, Step step) {
        try {
            step.move.accept(new Routing(shared, WRITE, READ));
            return true;
        } catch (RoutingException | FlagConflictException refused) {
            return false;
        }
    }

    private static int countAccesses() {
        InMemoryFlagStore counted = new InMemoryFlagStore();
        int[] accesses = {0};
        counted.hook(moment -> accesses[0]++);
        cutover(counted);
        return accesses[0];
    }

    private static void runUntilCrash(InMemoryFlagStore fresh, int crash) {
        int[] seen = {0};
        fresh.hook(moment -> {
            if (seen[0]++ == crash) {
                throw new Crash();
            }
        });
        try {
            cutover(fresh);
        } catch (Crash expected) {
            assertThat(crash).isNotEqualTo(Integer.MAX_VALUE);
        } finally {
            fresh.hook((Moment moment) -> {});
        }
    }

    /** The steps in the order of a cutover, entered where the stage says, as a restarted process does. */
    private static void cutover(InMemoryFlagStore store) {
        Routing routing = new Routing(store, WRITE, READ);
        Stage found = routing.initialise("daemon", "start");
        if (found == Stage.BEFORE) {
            routing.moveWrites("daemon", "parity");
        }
        if (found != Stage.READS_MOVED) {
            routing.moveReads("daemon", "quiet");
        }
    }

    private static InMemoryFlagStore at(Stage stage) {
        InMemoryFlagStore fresh = new InMemoryFlagStore();
        fresh.create(READ.name(), !stage.readsTargetOnly(), "setup", "r");
        fresh.create(WRITE.name(), stage.writesToTarget(), "setup", "r");
        return fresh;
    }

    /** Replays the history from the application's defaults and looks at every pair there has been. */
    private static void assertLegal(InMemoryFlagStore store) {
        boolean writesToTarget = false;
        boolean readsTargetOnly = false;
        for (Flag flag : store.history()) {
            if (flag.name().equals(WRITE.name())) {
                writesToTarget = flag.enabled();
            } else {
                readsTargetOnly = !flag.enabled();
            }
            if (!flag.owner().equals("setup")) {
                assertThat(Stage.of(writesToTarget, readsTargetOnly))
                        .as("pair after %s in %s", flag, store.history())
                        .isNotEqualTo(Optional.empty());
            }
        }
    }
}
