package dev.widekey.flags;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.flags.outlet.MemoryOutlet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The steps of the routing through journal and outlet, cut off and crossed by each other between any two accesses. */
class RelayedRoutingTest {

    private static final FlagName WRITE = FlagName.of("ENABLE_CSMH_EXTENDED", true);
    private static final FlagName READ = FlagName.of("ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES", false);

    private enum Step {
        INITIALISE(Stage.BEFORE, Stage.BEFORE, (r, who) -> r.initialise(who, "test")),
        MOVE_WRITES(Stage.BEFORE, Stage.WRITES_MOVED, (r, who) -> r.moveWrites(who, "test")),
        MOVE_READS(Stage.WRITES_MOVED, Stage.READS_MOVED, (r, who) -> r.moveReads(who, "test")),
        RETURN_READS(Stage.READS_MOVED, Stage.WRITES_MOVED, (r, who) -> r.returnReads(who, "test")),
        RETURN_WRITES(Stage.WRITES_MOVED, Stage.BEFORE, (r, who) -> r.returnWrites(who, "test"));

        private final Stage from;
        private final Stage to;
        private final Move move;

        Step(Stage from, Stage to, Move move) {
            this.from = from;
            this.to = to;
            this.move = move;
        }
    }

    private interface Move {
        void run(Routing routing, String who);
    }

    /** The process dies here. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Journal and outlet, and what happens at one of the accesses to them. */
    private static final class World {
        private final InMemoryFlagStore journal = new InMemoryFlagStore();
        private final MemoryOutlet outlet = new MemoryOutlet();
        private int accesses;
        private int chosen = -1;
        private Runnable then = () -> {};

        World(Stage stage) {
            if (stage != Stage.BEFORE) {
                process().initialise("setup", "test");
                process().moveWrites("setup", "test");
            }
            if (stage == Stage.READS_MOVED) {
                process().moveReads("setup", "test");
            }
            journal.hook(moment -> access());
            outlet.hook(moment -> access());
        }

        Routing process() {
            return new Routing(
                    new RelayedFlagStore(
                            journal, this::access, outlet, List.of(WRITE, READ), Duration.ZERO, System::nanoTime),
                    WRITE,
                    READ);
        }

        void at(int access, Runnable what) {
            accesses = 0;
            chosen = access;
            then = what;
        }

        private void access() {
            if (accesses++ == chosen) {
                chosen = -1;
                then.run();
            }
        }

        boolean hasHappened() {
            return chosen == -1;
        }

        void requireNoForbiddenPair() {
            for (Map<String, Boolean> values : outlet.past()) {
                boolean write = values.getOrDefault(WRITE.name(), WRITE.defaultValue()) == WRITE.targetWhen();
                boolean read = values.getOrDefault(READ.name(), READ.defaultValue()) == READ.targetWhen();
                assertThat(Stage.of(write, read)).as("%s", outlet.past()).isPresent();
            }
        }
    }

    private static boolean attempt(Consumer<Void> work) {
        try {
            work.accept(null);
            return true;
        } catch (FlagException | Crash failure) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void crashBetweenAnyTwoAccessesIsRepairedByTheSameStep(Step step) {
        int access = 0;
        for (boolean crashed = true; crashed; access++) {
            World world = new World(step.from);
            if (step == Step.MOVE_WRITES) {
                world.process().initialise("setup", "test");
            }
            world.at(access, () -> {
                throw new Crash();
            });
            attempt(nothing -> step.move.run(world.process(), "first"));
            crashed = world.hasHappened();
            world.requireNoForbiddenPair();
            world.at(-1, () -> {});
            step.move.run(world.process(), "second");
            assertThat(world.process().stage()).as("crash at access %s", access).isEqualTo(step.to);
            assertThat(world.journal.readAll().get(WRITE.name()).enabled())
                    .isEqualTo(step.to.writesToTarget() == WRITE.targetWhen());
            world.requireNoForbiddenPair();
        }
        assertThat(access).isGreaterThan(6);
    }

    @Test
    void stepsThatCrossEachOtherAnywhereNeverMakeTheForbiddenPair() {
        int crossings = 0;
        for (Stage stage : Stage.values()) {
            for (Step one : Step.values()) {
                for (Step other : Step.values()) {
                    crossings += cross(stage, one, other);
                }
            }
        }
        assertThat(crossings).isGreaterThan(200);
    }

    private static int cross(Stage stage, Step one, Step other) {
        int access = 0;
        for (boolean crossed = true; crossed; access++) {
            World world = new World(stage);
            if (stage == Stage.BEFORE) {
                world.process().initialise("setup", "test");
            }
            world.at(access, () -> attempt(nothing -> other.move.run(world.process(), "other")));
            attempt(nothing -> one.move.run(world.process(), "one"));
            crossed = world.hasHappened();
            world.requireNoForbiddenPair();
            // Whatever is left half done, one of the two can be finished.
            boolean finished = attempt(nothing -> one.move.run(world.process(), "one"))
                    || attempt(nothing -> other.move.run(world.process(), "other"))
                    || stage == world.process().stage();
            assertThat(finished)
                    .as("%s crossed by %s from %s at %s", one, other, stage, access)
                    .isTrue();
            world.requireNoForbiddenPair();
        }
        return access;
    }

    /** The other process dies too, so that its write is cut off while the first one goes on. */
    @Test
    void stepCrossedByOneThatDiesNeverMakesTheForbiddenPair() {
        for (Step one : List.of(Step.MOVE_READS, Step.RETURN_WRITES)) {
            Step other = one == Step.MOVE_READS ? Step.RETURN_WRITES : Step.MOVE_READS;
            int met = 0;
            for (int access = 0; access < 16; access++) {
                for (int death = 0; death < 16; death++) {
                    World world = new World(Stage.WRITES_MOVED);
                    int dies = death;
                    world.at(access, () -> {
                        world.at(dies, () -> {
                            throw new Crash();
                        });
                        attempt(nothing -> other.move.run(world.process(), "other"));
                        world.at(-1, () -> {});
                    });
                    attempt(nothing -> one.move.run(world.process(), "one"));
                    world.requireNoForbiddenPair();
                    met += world.hasHappened() ? 1 : 0;
                    world.at(-1, () -> {});
                    attempt(nothing -> other.move.run(world.process(), "third"));
                    attempt(nothing -> one.move.run(world.process(), "fourth"));
                    world.requireNoForbiddenPair();
                }
            }
            assertThat(met).isGreaterThan(50);
        }
    }
}
