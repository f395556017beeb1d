package dev.widekey.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store of flags does. */
abstract class FlagStoreContract {

    /** A store without flags. */
    abstract FlagStore emptyStore() throws Exception;

    /** How a write ends that came too late; any other failure is one. */
    boolean isDefeat(FlagException failure) {
        return failure instanceof FlagConflictException;
    }

    @Test
    void flagIsAbsentUntilWritten() throws Exception {
        FlagStore store = emptyStore();
        assertThat(store.read("a")).isEmpty();
        assertThat(store.readAll()).isEmpty();
        assertThat(store.history()).isEmpty();
    }

    @Test
    void createdFlagIsReadBackAsWritten() throws Exception {
        FlagStore store = emptyStore();
        Flag flag = store.create("a", true, "daemon-1", "because Ω 🙂");
        assertThat(flag.version()).isEqualTo(1);
        assertThat(flag.enabled()).isTrue();
        assertThat(flag.owner()).isEqualTo("daemon-1");
        assertThat(flag.reason()).isEqualTo("because Ω 🙂");
        assertThat(store.read("a")).contains(flag);
        assertThat(store.readAll()).containsOnlyKeys("a").containsValue(flag);
    }

    @Test
    void createRefusesAFlagThatExists() throws Exception {
        FlagStore store = emptyStore();
        Flag first = store.create("a", true, "one", "r");
        assertThatThrownBy(() -> store.create("a", false, "two", "r"))
                .isInstanceOf(FlagConflictException.class)
                .hasMessageContainingAll("a", "expected no such flag", "true in version 1 by one");
        assertThat(store.read("a")).contains(first);
        assertThat(store.history()).containsExactly(first);
    }

    @Test
    void compareAndSetReplacesTheExpectedVersion() throws Exception {
        FlagStore store = emptyStore();
        Flag first = store.create("a", false, "one", "r1");
        Flag second = store.compareAndSet(first, true, "two", "r2");
        assertThat(second.version()).isEqualTo(2);
        assertThat(store.read("a")).contains(second);
        assertThat(store.history()).containsExactly(first, second);
    }

    @Test
    void compareAndSetRefusesAnOldVersion() throws Exception {
        FlagStore store = emptyStore();
        Flag first = store.create("a", false, "one", "r");
        Flag second = store.compareAndSet(first, true, "two", "r");
        Flag third = store.compareAndSet(second, false, "three", "r");
        assertThatThrownBy(() -> store.compareAndSet(first, true, "late", "r"))
                .isInstanceOf(FlagConflictException.class)
                .hasMessageContainingAll("version 1 by one", "version 3 by three");
        assertThat(store.read("a")).contains(third);
        assertThat(store.history()).hasSize(3);
    }

    @Test
    void writingTheSameValueIsANewVersion() throws Exception {
        FlagStore store = emptyStore();
        Flag first = store.create("a", true, "one", "r");
        assertThat(store.compareAndSet(first, true, "one", "again").version()).isEqualTo(2);
    }

    @Test
    void compareAndSetRefusesWhenAnotherFlagItRestsOnHasChanged() throws Exception {
        FlagStore store = emptyStore();
        Flag a = store.create("a", false, "one", "r");
        Flag b = store.create("b", false, "one", "r");
        Flag changed = store.compareAndSet(b, true, "two", "r");
        assertThatThrownBy(() -> store.compareAndSet(a, true, "one", "r", List.of(b)))
                .isInstanceOf(FlagConflictException.class)
                .hasMessageContaining("flag b");
        assertThat(store.read("a")).contains(a);
        assertThat(store.compareAndSet(a, true, "one", "r", List.of(changed)).enabled())
                .isTrue();
    }

    @Test
    void namesDifferInCase() throws Exception {
        FlagStore store = emptyStore();
        store.create("flag", true, "one", "r");
        store.create("FLAG", false, "one", "r");
        assertThat(store.read("flag")).get().extracting(Flag::enabled).isEqualTo(true);
        assertThat(store.read("Flag")).isEmpty();
    }

    @Test
    void longReasonIsCut() throws Exception {
        FlagStore store = emptyStore();
        Flag flag = store.create("a", true, "one", "x".repeat(1000));
        assertThat(flag.reason()).hasSize(Flag.MAX_REASON);
        assertThat(store.read("a")).contains(flag);
    }

    @Test
    void oneOfManyConcurrentWritersWinsEachVersion() throws Exception {
        FlagStore store = emptyStore();
        int writers = 4;
        int rounds = 20;
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try {
            for (int round = 0; round < rounds; round++) {
                List<Callable<Boolean>> calls = new ArrayList<>();
                var seen = store.read("a");
                for (int writer = 0; writer < writers; writer++) {
                    String owner = "writer-" + writer;
                    calls.add(() -> {
                        try {
                            if (seen.isEmpty()) {
                                store.create("a", true, owner, "r");
                            } else {
                                store.compareAndSet(seen.get(), !seen.get().enabled(), owner, "r");
                            }
                            return true;
                        } catch (FlagException e) {
                            return lost(e);
                        }
                    });
                }
                int winners = 0;
                for (Future<Boolean> outcome : pool.invokeAll(calls)) {
                    winners += outcome.get() ? 1 : 0;
                }
                assertThat(winners).as("winners of round %s", round).isEqualTo(1);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(store.history())
                .extracting(Flag::version)
                .doesNotHaveDuplicates()
                .hasSize(rounds);
    }

    @Test
    void oppositeStepsFromOneStageNeverBothSucceed() throws Exception {
        for (int round = 0; round < 10; round++) {
            FlagStore store = emptyStore();
            Flag write = store.create("write", true, "one", "r");
            Flag read = store.create("read", true, "one", "r");
            ExecutorService pool = Executors.newFixedThreadPool(2);
            try {
                List<Callable<Boolean>> calls = List.of(
                        () -> succeeds(() -> store.compareAndSet(write, false, "back", "r", List.of(read))),
                        () -> succeeds(() -> store.compareAndSet(read, false, "on", "r", List.of(write))));
                int winners = 0;
                for (Future<Boolean> outcome : pool.invokeAll(calls)) {
                    winners += outcome.get() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
            } finally {
                pool.shutdownNow();
            }
        }
    }

    private boolean succeeds(Runnable write) {
        try {
            write.run();
            return true;
        } catch (FlagException e) {
            return lost(e);
        }
    }

    private boolean lost(FlagException failure) {
        if (!isDefeat(failure)) {
            throw failure;
        }
        return false;
    }
}
