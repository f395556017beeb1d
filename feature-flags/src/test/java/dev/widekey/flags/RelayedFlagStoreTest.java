package dev.widekey.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.OutletException.Kind;
import dev.widekey.flags.outlet.MemoryOutlet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RelayedFlagStoreTest extends FlagStoreContract {

    /** The names the contract uses, all of them relayed. */
    static final List<FlagName> NAMES = Stream.of("a", "b", "flag", "FLAG", "Flag", "write", "read")
            .map(name -> FlagName.of(name, true))
            .toList();

    private final InMemoryFlagStore journal = new InMemoryFlagStore();
    private final MemoryOutlet outlet = new MemoryOutlet();
    private final AtomicLong now = new AtomicLong();
    private final RelayedFlagStore store = store(Duration.ZERO, () -> {});

    private RelayedFlagStore store(Duration maxAge, RelayedFlagStore.Fence fence) {
        return new RelayedFlagStore(journal, fence, outlet, NAMES, maxAge, now::get);
    }

    @Override
    FlagStore emptyStore() {
        return new RelayedFlagStore(
                new InMemoryFlagStore(), () -> {}, new MemoryOutlet(), NAMES, Duration.ZERO, System::nanoTime);
    }

    @Test
    void writesReachTheOutlet() throws OutletException {
        Flag flag = store.create("a", false, "one", "r");
        assertThat(outlet.past()).containsExactly(Map.of("a", false));
        store.compareAndSet(flag, true, "one", "r");
        assertThat(outlet.past()).containsExactly(Map.of("a", false), Map.of("a", true));
    }

    @Test
    void otherFlagsKnowNothingOfTheOutlet() {
        outlet.failToRead(new OutletException(Kind.UNREACHABLE, "down"));
        Flag pause = store.create("widekey.pause", true, "one", "r");
        store.compareAndSet(pause, false, "one", "r");
        assertThat(store.read("widekey.pause")).get().extracting(Flag::enabled).isEqualTo(false);
        assertThat(store.readAll()).containsOnlyKeys("widekey.pause");
        assertThat(outlet.reads() + outlet.writes()).isZero();
    }

    @Test
    void flagSetByHandIsSeenAndIsAConflict() {
        Flag flag = store.create("a", false, "one", "r");
        outlet.set("a", true);
        Flag found = store.read("a").orElseThrow();
        assertThat(found.enabled()).isTrue();
        assertThat(found.version()).isEqualTo(1);
        assertThat(found.owner()).isEqualTo("somebody in memory");
        assertThat(found.reason()).isEqualTo("the journal says false, by one");
        assertThat(store.readAll()).containsEntry("a", found);
        assertThatThrownBy(() -> store.compareAndSet(flag, true, "two", "r"))
                .isInstanceOf(FlagConflictException.class)
                .hasMessageContaining(
                        "expected false in version 1 by one, found true in version 1 by somebody in memory");
        assertThat(journal.history()).hasSize(1);
        store.compareAndSet(found, false, "two", "back");
        assertThat(outlet.past()).last().isEqualTo(Map.of("a", false));
    }

    @Test
    void flagSetByHandIsAConflictForWhatRestsOnIt() {
        Flag a = store.create("a", false, "one", "r");
        Flag b = store.create("b", false, "one", "r");
        outlet.set("b", true);
        assertThatThrownBy(() -> store.compareAndSet(a, true, "one", "r", List.of(b)))
                .isInstanceOf(FlagConflictException.class)
                .hasMessageContaining("flag b");
        Flag byHand = store.read("b").orElseThrow();
        assertThatThrownBy(() -> store.compareAndSet(a, true, "one", "r", List.of(byHand)))
                .isInstanceOf(FlagConflictException.class)
                .hasMessageContaining("flag b");
        assertThat(outlet.past()).last().isEqualTo(Map.of("a", false, "b", true));
    }

    @Test
    void flagTakenOutCountsWithTheDefault() {
        Flag flag = store.create("a", true, "one", "r");
        outlet.remove("a");
        assertThat(store.read("a")).get().extracting(Flag::enabled).isEqualTo(false);
        assertThatThrownBy(() -> store.compareAndSet(flag, false, "one", "r"))
                .isInstanceOf(FlagConflictException.class);
    }

    @Test
    void flagFoundInTheOutletIsTakenOverOnlyWithTheSameValue() {
        outlet.set("a", false);
        assertThat(store.read("a")).isEmpty();
        assertThatThrownBy(() -> store.create("a", true, "one", "r"))
                .isInstanceOf(FlagConflictException.class)
                .hasMessageContaining("found false in version 1 by somebody in memory");
        assertThat(journal.history()).isEmpty();
        store.create("a", false, "one", "r");
        assertThat(outlet.writes()).isZero();
    }

    @Test
    void unreachableOutletIsNeitherAnAnswerNorAChange() {
        Flag flag = store.create("a", false, "one", "r");
        OutletException down = new OutletException(Kind.UNREACHABLE, "down");
        for (int i = 0; i < 3; i++) {
            outlet.failToRead(down);
        }
        assertThatThrownBy(() -> store.read("a"))
                .isInstanceOf(FlagStoreException.class)
                .hasMessage("the application's flags cannot be read in memory: down")
                .hasCause(down);
        assertThatThrownBy(store::readAll).isInstanceOf(FlagStoreException.class);
        assertThatThrownBy(() -> store.compareAndSet(flag, true, "one", "r")).isInstanceOf(FlagStoreException.class);
        assertThat(journal.history()).hasSize(1);
        assertThat(outlet.past()).hasSize(1);
    }

    @Test
    void lostAnswerIsSettledByReading() {
        Flag flag = store.create("a", false, "one", "r");
        outlet.failBehind(new OutletException(Kind.LOST, "lost"));
        assertThat(store.compareAndSet(flag, true, "one", "r").version()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void writeThatDidNotHappenIsFinishedByTheSameStep(Kind kind) {
        Flag flag = store.create("a", false, "one", "r");
        outlet.failInstead(new OutletException(kind, "no"));
        boolean unknown = kind == Kind.LOST || kind == Kind.WAITING;
        assertThatThrownBy(() -> store.compareAndSet(flag, true, "one", "r"))
                .isInstanceOf(unknown ? AmbiguousFlagException.class : FlagStoreException.class)
                .hasMessageContainingAll("flag a", "no");
        Flag pending = store.read("a").orElseThrow();
        assertThat(pending.enabled()).isFalse();
        assertThat(pending.version()).isEqualTo(2);
        assertThat(store.compareAndSet(pending, true, "one", "r").version()).isEqualTo(2);
        assertThat(store.read("a")).get().extracting(Flag::enabled).isEqualTo(true);
        assertThat(journal.history()).hasSize(2);
    }

    @Test
    void anotherOwnerFinishesAWriteInAVersionOfItsOwn() {
        Flag flag = store.create("a", false, "one", "r");
        outlet.failInstead(new OutletException(Kind.REFUSED, "no"));
        assertThatThrownBy(() -> store.compareAndSet(flag, true, "one", "r")).isInstanceOf(FlagStoreException.class);
        Flag done = store.compareAndSet(store.read("a").orElseThrow(), true, "two", "r");
        assertThat(done.version()).isEqualTo(3);
        assertThat(done.owner()).isEqualTo("two");
    }

    @Test
    void lostAnswerThatCannotBeReadIsAmbiguous() {
        Flag flag = store.create("a", false, "one", "r");
        outlet.failBehind(new OutletException(Kind.LOST, "lost"));
        int before = outlet.reads();
        outlet.hook(moment -> {
            if (outlet.reads() > before && moment.equals("before a read")) {
                outlet.failToRead(new OutletException(Kind.UNREACHABLE, "down"));
            }
        });
        assertThatThrownBy(() -> store.compareAndSet(flag, true, "one", "r"))
                .isInstanceOf(AmbiguousFlagException.class)
                .hasMessageContaining("flag a may or may not have become true in version 2: down");
    }

    @Test
    void outletThatDoesNotKeepAValueIsAmbiguous() {
        Flag flag = store.create("a", false, "one", "r");
        outlet.hook(moment -> {
            if (moment.equals("after a write")) {
                outlet.set("a", false);
            }
        });
        assertThatThrownBy(() -> store.compareAndSet(flag, true, "one", "r"))
                .isInstanceOf(AmbiguousFlagException.class)
                .hasMessageContaining("memory took the value and does not show it");
    }

    @Test
    void whatIsWaitedForIsSaidUntilItIsThere() {
        Flag flag = store.create("a", false, "one", "r");
        assertThat(store.waitsFor()).isEmpty();
        outlet.failInstead(new OutletException(Kind.WAITING, "set it"));
        assertThatThrownBy(() -> store.compareAndSet(flag, true, "one", "r"))
                .isInstanceOf(AmbiguousFlagException.class);
        assertThat(store.waitsFor()).contains("set it");
        outlet.set("a", true);
        store.read("a");
        assertThat(store.waitsFor()).isEmpty();
    }

    @Test
    void processThatLostOwnershipDoesNotReachTheOutlet() {
        Flag flag = store.create("a", false, "one", "r");
        RelayedFlagStore fenced = store(Duration.ZERO, () -> {
            throw new IllegalStateException("this process is no longer the owner");
        });
        assertThatThrownBy(() -> fenced.compareAndSet(flag, true, "one", "r"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(outlet.past()).hasSize(1);
    }

    @Test
    void intentThatSomebodyReplacedDoesNotReachTheOutlet() {
        Flag flag = store.create("a", false, "one", "r");
        RelayedFlagStore late = store(
                Duration.ZERO,
                () -> journal.compareAndSet(journal.read("a").orElseThrow(), false, "two", "taken back"));
        assertThatThrownBy(() -> late.compareAndSet(flag, true, "one", "r")).isInstanceOf(FlagConflictException.class);
        assertThat(outlet.past()).hasSize(1);
    }

    @Test
    void readingsAreUsedAgainWithinTheirAgeAndNeverForAWrite() {
        RelayedFlagStore lazy = store(Duration.ofSeconds(10), () -> {});
        Flag flag = lazy.create("a", false, "one", "r");
        int before = outlet.reads();
        lazy.readAll();
        lazy.read("a");
        assertThat(outlet.reads()).isEqualTo(before);
        outlet.set("a", true);
        assertThat(lazy.read("a")).contains(flag);
        assertThatThrownBy(() -> lazy.compareAndSet(flag, true, "one", "r")).isInstanceOf(FlagConflictException.class);
        outlet.set("a", false);
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(lazy.read("a")).contains(flag);
        assertThat(outlet.reads()).isGreaterThan(before);
    }
}
